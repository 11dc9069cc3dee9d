import { onStack } from "../../../base/advice";
import { ApiError, kubeconfigIn } from "../../../kube";
import { apiOf } from "../../seat/api";
import { textAt } from "../../seat/json";
import { addedObjects } from "../../drift/added";
import { everythingIn, namespaceUids, type Listed } from "../../drift/listed";
import type { NotAsked } from "../../drift/model";
import type { Deployment } from "../../stack/stack";

/** Objects of others that would be deleted with the namespaces that the stack has made. */
export interface Foreign {
  /** As `ConfigMap blog/notes`, with who made it and when. */
  readonly objects: readonly string[];
  readonly notAsked: readonly NotAsked[];
}

type Resources = Deployment["resources"];

/**
 * Looks into the namespaces that the stack has made. In older namespaces only the stack's own objects are deleted.
 * @throws UserError
 */
export async function foreignOf(kubeconfig: string, resources: Resources): Promise<Foreign> {
  const api = apiOf(kubeconfigIn(kubeconfig));
  try {
    const uids = await namespaceUids(api);
    const there = [...madeNamespaces(resources)].filter(([name]) => uids.has(name));
    const anew = there
      .filter(([name, uid]) => uids.get(name) !== uid)
      .map(([name]) => `Namespace ${name}, which is not the one that the stack made`);
    const { objects, notAsked } = await everythingIn(
      api,
      there.map(([name]) => name),
    );
    return { objects: [...anew, ...foreignAmong(objects, resources)], notAsked };
  } catch (error) {
    if (error instanceof ApiError) return { objects: [], notAsked: [{ what: "its namespaces", why: error.message }] };
    throw error;
  }
}

/**
 * The objects in these namespaces that were made neither by the stack, nor its releases, nor the cluster's own
 * controllers.
 */
export function foreignAmong(listed: readonly Listed[], resources: Resources): string[] {
  const places = new Map(listed.map(({ metadata }) => [metadata.namespace!, { whose: "ours" as const }]));
  const releases = recordsOf(resources);
  const others = listed.filter(
    ({ kind, metadata: { name, namespace, labels } }) =>
      !(
        kind === "Secret" &&
        labels?.owner === "helm" &&
        releases.some((record) => record.test(`${namespace}/${name}`))
      ),
  );
  const { added, unclear } = addedObjects(others, resources, places);
  const made = (since?: string, by?: string) => [by, since && `since ${since}`].filter(Boolean).join(", ");
  return [
    ...added.map(
      ({ object, claim, since, by }) => `${object}${claim === undefined ? "" : " with its data"} (${made(since, by)})`,
    ),
    ...unclear.map(({ object, since }) => `${object} (${made(since)})`),
  ].sort();
}

/** The namespaces that the stack has made, with their uids. */
export function madeNamespaces(resources: Resources): ReadonlyMap<string, string | undefined> {
  const made = resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
  return new Map(
    made.flatMap(({ outputs }) =>
      textAt(outputs, "metadata", "name") === undefined
        ? []
        : [[textAt(outputs, "metadata", "name")!, textAt(outputs, "metadata", "uid")]],
    ),
  );
}

/** Helm's record names of the stack's releases, as `istio-system/sh.helm.release.v1.istiod.v3`. */
function recordsOf(resources: Resources): RegExp[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:helm.sh/"))
    .map(
      ({ inputs }) =>
        new RegExp(
          `^${literal(textAt(inputs, "namespace") ?? "")}/sh\\.helm\\.release\\.v1\\.${literal(textAt(inputs, "name") ?? "")}\\.v\\d+$`,
        ),
    );
}

function literal(text: string): string {
  return text.replace(/[.\-]/g, "\\$&");
}

/** The message about these objects; undefined where there are none. */
export function foreignText(stack: string, { objects, notAsked }: Foreign): string | undefined {
  if (objects.length === 0 && notAsked.length === 0) return undefined;
  return [
    `Nothing has been deleted. Deleting the namespaces of stack ${stack} would also delete what it did not make:`,
    ...objects.map((object) => `  ${object}`),
    ...notAsked.map(({ what, why }) => `  unknown for ${what}: ${why}`),
    `Move it elsewhere, or delete it too: \`${onStack(stack, "npm run down -- --with-foreign")}\``,
  ].join("\n");
}
