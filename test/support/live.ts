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

/** Returns the Kubernetes resources in the stack's state. */
export async function kubernetesResources(checkout: Checkout): Promise<StateResource[]> {
  const state = JSON.parse((await checkout.pulumi("stack", "export")).stdout) as {
    deployment: { resources?: StateResource[] };
  };
  return (state.deployment.resources ?? []).filter((resource) => resource.type.startsWith("kubernetes:"));
}

/**
 * Asserts on the cluster that the state's resources are there. Every object exists, every Deployment has all its pods
 * available, and every Helm release is deployed. Returns how many resources were checked.
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

/** Gets the objects by `kubectl get -f -`, which fails and names an object that does not exist. */
async function getAll(checkout: Checkout, objects: LiveObject[]): Promise<LiveObject[]> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  return (JSON.parse(await checkout.kubectlWith(list, "get", "-f", "-", "-o", "json")) as { items: LiveObject[] })
    .items;
}
