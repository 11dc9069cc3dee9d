import { onStack } from "../../base/advice";
import { ApiError, type Api } from "../../kube";
import { gatewayName, ingressNamespace } from "../../components/mesh/gateway";
import { UserError } from "../../base/errors";

/** The annotation that keeps the spec of a Service that was turned into ClusterIP. */
const KEPT = "istio-lab/released-spec";

interface Service {
  metadata: { name: string; namespace: string; annotations?: Record<string, string> };
  spec: Record<string, unknown> & { type?: string; ports?: { port: number; protocol?: string; nodePort?: number }[] };
}

/**
 * Turns a Service into ClusterIP to free its address and node ports. Keeps its spec in an annotation. Returns what was
 * done.
 * @throws UserError for a Service that does not exist, holds nothing, or is the seat's own
 */
export async function releaseLoadBalancer(api: Api, id: string, stack: string): Promise<string> {
  const service = await read(api, id);
  const { type = "ClusterIP" } = service.spec;
  if (id === `${ingressNamespace}/${gatewayName}`)
    throw new UserError(`--release-lb ${id}: this Service belongs to the seat's own gateway.`);
  if (service.metadata.annotations?.[KEPT] !== undefined)
    throw new UserError(`--release-lb ${id}: it is already released. \`--restore-lb ${id}\` restores it.`);
  if (type !== "LoadBalancer" && type !== "NodePort")
    throw new UserError(`--release-lb ${id}: a Service of type ${type} holds neither an address nor a node port.`);
  const spec: Service["spec"] = { ...service.spec, type: "ClusterIP" };
  // Only a LoadBalancer may have these fields. The API server itself drops the other fields of the type, such as node
  // ports.
  for (const key of [
    "loadBalancerSourceRanges",
    "loadBalancerIP",
    "loadBalancerClass",
    "allocateLoadBalancerNodePorts",
  ])
    delete spec[key];
  const annotations = { ...service.metadata.annotations, [KEPT]: JSON.stringify(service.spec) };
  await write(api, { ...service, metadata: { ...service.metadata, annotations }, spec });
  return `Service ${id} was of type ${type} and is now ClusterIP. Its annotation keeps its spec: ${KEPT}. \`${onStack(stack, `npm run preflight -- --restore-lb ${id}`)}\` restores it.`;
}

/**
 * Restores one released Service, or all of them. Returns what was done.
 * @throws UserError where none was released, or one of its ports is taken meanwhile
 */
export async function restoreLoadBalancers(api: Api, id?: string): Promise<string[]> {
  const all = id === undefined ? await api.list<Service>("/api/v1/services") : [await read(api, id)];
  const released = all.filter(({ metadata }) => metadata.annotations?.[KEPT] !== undefined);
  if (released.length === 0)
    throw new UserError(
      id === undefined
        ? "--restore-lb: this cluster has no released Service."
        : `--restore-lb ${id}: this Service is not released.`,
    );
  return Promise.all(released.map((service) => restore(api, service)));
}

async function restore(api: Api, service: Service): Promise<string> {
  const { [KEPT]: kept, ...annotations } = service.metadata.annotations!;
  const old = JSON.parse(kept!) as Service["spec"];
  // The Service still has its cluster address. A selector that was changed since the release is kept.
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
    throw new UserError(`${id} is not a Service's name: write NAMESPACE/NAME, as in kong/kong-proxy.`);
  return `/api/v1/namespaces/${namespace}/services/${name}`;
}

async function read(api: Api, id: string): Promise<Service> {
  return api.get<Service>(pathOf(id)).catch((error: unknown) => {
    throw error instanceof ApiError && error.code === 404 ? new UserError(`The cluster has no Service ${id}.`) : error;
  });
}

async function write(api: Api, service: Service): Promise<void> {
  const id = `${service.metadata.namespace}/${service.metadata.name}`;
  await api.request("PUT", pathOf(id), { body: service }).catch((error: unknown) => {
    throw error instanceof ApiError ? new UserError(`Service ${id} could not be changed: ${error.message}`) : error;
  });
}
