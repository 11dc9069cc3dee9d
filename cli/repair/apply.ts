import { isMap } from "../../base/values";
import { type Api, ApiError, type KubeObject, unlessMissing, type WholeObject } from "../../kube";
import { type Entry, isHand, isOwn } from "../inventory";
import { mapsAt } from "../seat/json";

const APPLY = "application/apply-patch+yaml";
const JSON_PATCH = "application/json-patch+json";

/** What kubectl notes for itself. A restart's note must stay: without it the pods would be made once more. */
const NOTES = /^f:kubectl\.kubernetes\.io\//;

/**
 * Asks the API server whether it would take what the owner wrote, and changes nothing.
 * @throws ApiError with the API server's sentence
 */
export async function tryToApply(api: Api, entry: Required<Pick<Entry, "path">> & Entry): Promise<void> {
  await applied(api, entry.path, bodyOf(entry), managerOf(entry), { dryRun: "All" });
}

/**
 * Applies what the owner wrote, in the owner's name, and takes back what others have changed. What others have added
 * is first made the owner's own: the API server then removes it, because what is applied does not have it.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership-between-managers
 */
export async function putBack(api: Api, entry: Required<Pick<Entry, "path">> & Entry): Promise<void> {
  const { path, isShared } = entry;
  const manager = managerOf(entry);
  for (let attempt = 1; !isShared; attempt++) {
    const live = await unlessMissing(api.get<KubeObject>(path));
    const patch = live && takeover(live, manager);
    if (patch === undefined) break;
    try {
      await api.request("PATCH", path, { body: patch, type: JSON_PATCH });
      break;
    } catch (error) {
      // A controller has written meanwhile.
      if (!(error instanceof ApiError) || ![409, 422].includes(error.code) || attempt === ATTEMPTS) throw error;
    }
  }
  await applied(api, path, bodyOf(entry), manager);
}

const ATTEMPTS = 5;

async function applied(
  api: Api,
  path: string,
  body: WholeObject,
  fieldManager: string,
  query: Record<string, string> = {},
): Promise<void> {
  await api.request("PATCH", path, { body, type: APPLY, query: { fieldManager, force: "true", ...query } });
}

function bodyOf({ made }: Entry): WholeObject {
  const { status: _, ...body } = made;
  const { resourceVersion: __, uid: ___, managedFields: ____, creationTimestamp: _____, ...metadata } = body.metadata;
  return { ...body, metadata };
}

/**
 * The name under which the owner writes. Helm takes that of the program that it runs in, which the live object has
 * noted.
 */
function managerOf({ owner, live }: Entry): string {
  if (owner.by === "pulumi") return owner.manager;
  const noted = mapsAt(live, "metadata", "managedFields")
    .map(({ manager }) => String(manager))
    .find((manager) => isOwn(manager));
  return noted ?? owner.manager;
}

/** The JSON patch that makes the fields of all hands the manager's own. Undefined where no hand has any. */
export function takeover(live: KubeObject, manager: string): object[] | undefined {
  const entries = mapsAt(live, "metadata", "managedFields");
  const hands = entries.filter(isHand);
  if (hands.length === 0) return undefined;
  const isOurs = (entry: (typeof entries)[number]) =>
    entry.manager === manager && entry.operation === "Apply" && !entry.subresource;
  const fieldsV1 = [...entries.filter(isOurs), ...hands].map((entry) => withoutNotes(entry.fieldsV1)).reduce(union, {});
  const taken = {
    manager,
    operation: "Apply",
    apiVersion: live.apiVersion,
    fieldsType: "FieldsV1",
    time: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    fieldsV1,
  };
  return [
    { op: "test", path: "/metadata/uid", value: live.metadata.uid },
    { op: "test", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion as string },
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: [...entries.filter((entry) => !isHand(entry) && !isOurs(entry)), taken],
    },
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function union(a: Fields, b: Fields): Fields {
  return Object.entries(b).reduce<Fields>((all, [key, value]) => {
    const before = all[key];
    return { ...all, [key]: isMap(before) && isMap(value) ? union(before, value) : (value ?? before) };
  }, a);
}

function withoutNotes(fields: unknown): Fields {
  if (!isMap(fields)) return {};
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([key]) => !NOTES.test(key) || key.includes("last-applied"))
      .map(([key, value]) => [key, withoutNotes(value)]),
  );
}
