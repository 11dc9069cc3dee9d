import { onStack } from "../../base/advice";
import { ApiError, type Api } from "../../kube";
import { gatewayName, ingressNamespace } from "../../components/mesh/gateway";
import { UserError } from "../../base/errors";

/** Where a Service that was turned to ClusterIP keeps what it was. */
const KEPT = "istio-lab/released-spec";

interface Service {
  metadata: { name: string; namespace: string; annotations?: Record<string, string> };
  spec: Record<string, unknown> & { type?: string; ports?: { port: number; protocol?: string; nodePort?: number }[] };
}

/**
 * Turns a Service to ClusterIP, so that its address and its node ports are free, and keeps its spec in an annotation of it. Returns what was done.
 * @throws UserError for a Service that is not there, holds nothing, or is the seat's own
 */
export async function releaseLoadBalancer(api: Api, id: string, stack: string): Promise<string> {
  const service = await read(api, id);
  const { type = "ClusterIP" } = service.spec;
  if (id === `${ingressNamespace}/${gatewayName}`)
    throw new UserError(`--release-lb ${id}: that is the Service before the seat's own gateway.`);
  if (service.metadata.annotations?.[KEPT] !== undefined)
    throw new UserError(`--release-lb ${id}: it is released already. \`--restore-lb ${id}\` puts it back.`);
  if (type !== "LoadBalancer" && type !== "NodePort")
    throw new UserError(`--release-lb ${id}: a Service of type ${type} holds neither an address nor a node port.`);
  const spec: Service["spec"] = { ...service.spec, type: "ClusterIP" };
  // These only a LoadBalancer may have; the API server drops the rest of what goes with the type by itself, node ports among it.
  for (const key of [
    "loadBalancerSourceRanges",
    "loadBalancerIP",
    "loadBalancerClass",
    "allocateLoadBalancerNodePorts",
  ])
    delete spec[key];
  const annotations = { ...service.metadata.annotations, [KEPT]: JSON.stringify(service.spec) };
  await write(api, { ...service, metadata: { ...service.metadata, annotations }, spec });
  return `Service ${id} was of type ${type} and is ClusterIP now; its spec is kept in its annotation ${KEPT}. \`${onStack(stack, `npm run preflight -- --restore-lb ${id}`)}\` puts it back.`;
}

/** Puts back one Service that was released, or all of them. Returns what was done. @throws UserError where there is none, or a port of it is taken meanwhile */
export async function restoreLoadBalancers(api: Api, id?: string): Promise<string[]> {
  const all = id === undefined ? await api.list<Service>("/api/v1/services") : [await read(api, id)];
  const released = all.filter(({ metadata }) => metadata.annotations?.[KEPT] !== undefined);
  if (released.length === 0)
    throw new UserError(
      id === undefined
        ? "--restore-lb: no Service of this cluster was released."
        : `--restore-lb ${id}: it was not released.`,
    );
  return Promise.all(released.map((service) => restore(api, service)));
}

async function restore(api: Api, service: Service): Promise<string> {
  const { [KEPT]: kept, ...annotations } = service.metadata.annotations!;
  const old = JSON.parse(kept!) as Service["spec"];
  // Its address in the cluster is still its own, and what was changed since then stays.
  const { clusterIP, clusterIPs, selector } = service.spec;
  await write(api, {
    ...service,
    metadata: { ...service.metadata, annotations },
    spec: { ...old, clusterIP, clusterIPs, selector },
  });
  return `Service ${service.metadata.namespace}/${service.metadata.name} is of type ${old.type} again.`;
}

function pathOf(id: string): string {
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(id) ?? [];
  if (name === undefined)
    throw new UserError(`${id} is no Service: it is named NAMESPACE/NAME, as in kong/kong-proxy.`);
  return `/api/v1/namespaces/${namespace}/services/${name}`;
}

async function read(api: Api, id: string): Promise<Service> {
  return api.get<Service>(pathOf(id)).catch((error: unknown) => {
    throw error instanceof ApiError && error.code === 404
      ? new UserError(`There is no Service ${id} in the cluster.`)
      : error;
  });
}

async function write(api: Api, service: Service): Promise<void> {
  const id = `${service.metadata.namespace}/${service.metadata.name}`;
  await api.request("PUT", pathOf(id), { body: service }).catch((error: unknown) => {
    throw error instanceof ApiError ? new UserError(`Service ${id} could not be changed: ${error.message}`) : error;
  });
}
