import { expect } from "vitest";
import type { Checkout } from "./checkout";

interface StateResource {
  urn: string;
  type: string;
  outputs?: {
    apiVersion?: string;
    kind?: string;
    metadata?: { name?: string; namespace?: string };
    name?: string;
    namespace?: string;
  };
}

/** The Kubernetes resources the stack's state holds. */
export async function kubernetesResources(checkout: Checkout): Promise<StateResource[]> {
  const state = JSON.parse((await checkout.pulumi("stack", "export")).stdout) as {
    deployment: { resources?: StateResource[] };
  };
  return (state.deployment.resources ?? []).filter((resource) => resource.type.startsWith("kubernetes:"));
}

/**
 * Asserts that what the state says is there in the cluster, by asking the cluster: every object exists, every
 * Deployment has all its pods available, every Helm release is deployed. Returns how many resources were asked for.
 *
 * @param expected the names of the seat's Helm releases
 */
export async function expectEverythingAlive(
  checkout: Checkout,
  expected: readonly string[] = ["istio-base", "istio-ingressgateway", "istiod"],
): Promise<number> {
  const resources = await kubernetesResources(checkout);
  const objects = resources.filter((resource) => resource.outputs?.kind);
  const releases = resources.filter((resource) => resource.type.endsWith(":Release"));
  expect(objects.length, "objects in the state").toBeGreaterThan(10);
  expect(releases.map((release) => release.outputs?.name).sort()).toEqual([...expected].sort());

  const wanted = objects.map(({ outputs }) => ({
    apiVersion: outputs!.apiVersion,
    kind: outputs!.kind,
    metadata: { name: outputs!.metadata?.name, namespace: outputs!.metadata?.namespace },
  }));
  const live = await getAll(checkout, wanted);
  expect(live.map(identity).sort()).toEqual(wanted.map(identity).sort());

  const deployments = JSON.parse(await checkout.kubectl("get", "deployments", "-A", "-o", "json")) as {
    items: { metadata: { name: string }; spec: { replicas: number }; status: { availableReplicas?: number } }[];
  };
  for (const { metadata, spec, status } of deployments.items)
    expect(status.availableReplicas ?? 0, `pods of ${metadata.name}`).toBe(spec.replicas);

  for (const release of releases) {
    const secrets = await checkout.kubectl(
      "get",
      "secrets",
      "-n",
      release.outputs!.namespace!,
      "-l",
      `owner=helm,name=${release.outputs!.name},status=deployed`,
      "-o",
      "name",
    );
    expect(secrets, `release ${release.outputs!.name}`).toMatch(/^secret\/sh\.helm\.release/);
  }
  return resources.length;
}

interface LiveObject {
  apiVersion?: string;
  kind?: string;
  metadata: { name?: string; namespace?: string };
}

function identity(object: LiveObject): string {
  return [object.apiVersion, object.kind, object.metadata.namespace ?? "", object.metadata.name].join(" ");
}

/** `kubectl get -f -` of the objects: a missing one is an error that names it. */
async function getAll(checkout: Checkout, objects: LiveObject[]): Promise<LiveObject[]> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  return (JSON.parse(await checkout.kubectlWith(list, "get", "-f", "-", "-o", "json")) as { items: LiveObject[] })
    .items;
}
