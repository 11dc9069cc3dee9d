import { ApiError, type Api } from "../../../components/cluster/existing/api";
import type { Deployment } from "../../stack/stack";

/** An object that a stack has made in a cluster. */
export interface Made {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** Of a namespace that was there before: what was put on it. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The Kubernetes objects that a stack's state knows; those of Helm releases are not among them. */
export function objectsIn({ resources }: Pick<Deployment, "resources">): Made[] {
  return resources.flatMap(({ type, inputs, outputs }) => {
    const { apiVersion, kind, metadata } = (outputs ?? {}) as { apiVersion?: string; kind?: string; metadata?: { name?: string; namespace?: string } };
    if (!type.startsWith("kubernetes:") || type.endsWith(":Release") || !apiVersion || !kind || !metadata?.name) return [];
    const labels = type.endsWith("Patch") ? ((inputs?.metadata as { labels?: Record<string, string> } | undefined)?.labels ?? {}) : undefined;
    return [{ apiVersion, kind, name: metadata.name, ...(metadata.namespace && { namespace: metadata.namespace }), ...(labels && { labels }) }];
  });
}

/** Those of the objects that the cluster still has, as `VirtualService default/reviews`. */
export async function objectsLeft(api: Api, objects: readonly Made[]): Promise<string[]> {
  const kinds = new Map<string, Promise<Map<string, string>>>();
  const left = await Promise.all(
    objects.map(async (object) => {
      const known = kinds.get(object.apiVersion) ?? pluralsOf(api, object.apiVersion);
      kinds.set(object.apiVersion, known);
      const plural = (await known).get(object.kind);
      // Without its kind nothing of it can be there.
      return plural !== undefined && (await there(api, pathOf(object, plural))) ? [nameOf(object)] : [];
    }),
  );
  return left.flat();
}

/** The labels that namespaces of others still have from the stack. */
export async function labelsLeft(api: Api, namespaces: readonly Made[]): Promise<string[]> {
  const left = await Promise.all(
    namespaces.map(async ({ name, labels = {} }) => {
      const found = await there<{ metadata: { labels?: Record<string, string> } }>(api, `/api/v1/namespaces/${name}`);
      return Object.entries(labels).flatMap(([label, value]) => (found?.metadata.labels?.[label] === value ? [`${name}: ${label}=${value}`] : []));
    }),
  );
  return left.flat();
}

/** Kind → plural of a version of the API; empty where the cluster does not know it any more. */
async function pluralsOf(api: Api, apiVersion: string): Promise<Map<string, string>> {
  const known = await there<{ resources: { kind: string; name: string }[] }>(api, base(apiVersion));
  return new Map((known?.resources ?? []).filter(({ name }) => !name.includes("/")).map(({ kind, name }) => [kind, name]));
}

async function there<T>(api: Api, path: string): Promise<T | undefined> {
  try {
    return await api.get<T>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function base(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function pathOf({ apiVersion, name, namespace }: Made, plural: string): string {
  return `${base(apiVersion)}${namespace ? `/namespaces/${namespace}` : ""}/${plural}/${name}`;
}

function nameOf({ kind, name, namespace }: Made): string {
  return `${kind} ${[namespace, name].filter(Boolean).join("/")}`;
}
