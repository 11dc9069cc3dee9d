import type { AddonName } from "../../../components/addons/catalog";
import type { Registered } from "../components/graph";
import { config, runProgram } from "../components/program";

/** What an API server would be told of these addons; the node port and the claims among it, and nothing of the mesh. */
export async function addonObjects(
  addons: readonly AddonName[],
  changes: Record<string, unknown> = {},
): Promise<Registered[]> {
  const { resources } = await runProgram(config({ lessons: [], addons, ...changes }));
  return resources.filter(({ type, name }) => type.startsWith("kubernetes:") && !/^(istio|front)-/.test(name));
}

/** `Service istio-system/kiali`; a Helm release has its name elsewhere. */
export function idOf({ inputs }: Registered): string {
  const { kind = "Release", metadata = inputs } = inputs;
  return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
}

/** The only one with this id. */
export function object(objects: readonly Registered[], id: string): any {
  const found = objects.filter((one) => idOf(one) === id);
  if (found.length !== 1)
    throw new Error(`${found.length} objects are ${id}; there are ${objects.map(idOf).join(", ")}`);
  return found[0]!.inputs;
}

/** The first container of a Deployment's pod. */
export function containerOf(workload: any): any {
  return workload.spec.template.spec.containers[0];
}
