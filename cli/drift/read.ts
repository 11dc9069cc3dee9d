import { lessonOf, lessonsAmong } from "../../components/lessons/catalog";
import { ingressNamespace } from "../../components/mesh/gateway";
import { systemNamespace } from "../../components/mesh/system-namespace";
import type { KubeObject } from "../../kube";
import { apiOf } from "../seat/api";
import {
  kinds,
  repairCommandOf,
  restartCommandOf,
  type SnapshotKind,
  type TakenSnapshot,
  takeSnapshot,
} from "../check";
import { type Entry, differences, fieldsByHand, groupOf, type Inventory, unreadIn } from "../inventory";
import { at } from "../seat/json";
import { takenOver } from "../preview/taken-over";
import { LiveSeat } from "../seat/live-seat";
import type { StackSeat } from "../seat/stack-outputs";
import { exportStack, type StateResource } from "../stack/stack";
import { type Field, fieldsOf } from "./fields";
import { addedObjects, placesOf, requireSameCluster } from "./added";
import { everythingIn, isClaim, stateUids, type StateUids, namespaceUids } from "./listed";
import type { Changed, Missing, NotAsked, SeatDrift } from "./model";

/** What was read of a seat, for its drift and for its repair. */
export interface SeatReading {
  readonly drift: SeatDrift;
  readonly snapshot: TakenSnapshot;
  readonly resources: readonly StateResource[];
  /** Namespaces that the seat did not make. */
  readonly shared: readonly string[];
}

/**
 * Compares a live seat with what its owners made: Pulumi and the charts. Added objects, which previews and refreshes do
 * not show, are searched in the namespaces of the lessons and of the mesh. Only reads.
 * @throws UserError where another cluster than the seat's answers
 */
export async function readSeat({
  workspace,
  stack,
  kubeconfig,
  gatewayUrl,
  installed,
}: StackSeat): Promise<SeatReading> {
  const namespaces = [...new Set([...namespacesOf(installed), systemNamespace, ingressNamespace])];
  const api = apiOf(kubeconfig);
  const [{ resources }, uids] = await Promise.all([exportStack(workspace, stack), namespaceUids(api)]);
  requireSameCluster(stack, resources, uids);
  const places = placesOf(resources, namespaces, uids);
  const shared = namespaces.filter((name) => places.get(name)!.whose === "somebody's");
  const [taken, { objects, notAsked }] = await Promise.all([
    takeSnapshot({
      seat: new LiveSeat(kubeconfig, gatewayUrl),
      resources,
      namespaces: namespacesOf(installed),
      repairCommand: repairCommandOf(stack),
      restartCommand: restartCommandOf(stack, resources),
    }),
    everythingIn(
      api,
      namespaces.filter((name) => uids.has(name)),
    ),
  ]);
  const entries = taken.inventory.entries.map((entry) => (isSomebodys(entry, shared) ? shareOf(entry) : entry));
  const snapshot = { ...taken, inventory: { ...taken.inventory, entries } };
  const drift = {
    changed: changedObjects(snapshot, stateUids(resources)),
    missing: missingObjects(snapshot),
    ...addedObjects(objects, resources, places, snapshot.inventory),
    notAsked: [...notAsked, ...unasked(snapshot)],
    shared,
  };
  return { drift, snapshot, resources, shared };
}

/** Whether Pulumi only patches the object, in a cluster that is somebody's. */
function isSomebodys({ owner, made }: Entry, shared: readonly string[]): boolean {
  return owner.by === "pulumi" && owner.isPatch && shared.includes(placeOfEntry({ made }));
}

/** The entry without the record of who else wrote to it. */
function shareOf({ live, ...entry }: Entry): Entry {
  if (live === undefined) return { ...entry, isShared: true };
  const { managedFields: _, ...metadata } = live.metadata;
  return { ...entry, live: { ...live, metadata }, isShared: true };
}

/** The drift alone, with what a refresh has taken over into the state. */
export async function readDrift(seat: StackSeat): Promise<SeatDrift> {
  const [{ drift }, taken] = await Promise.all([readSeat(seat), takenOver(seat.workspace, seat.stack)]);
  return taken.unknown === undefined
    ? { ...drift, ...(taken.lines.length > 0 && { takenOver: taken.lines }) }
    : { ...drift, notAsked: [...drift.notAsked, { what: "what a refresh has taken over", why: taken.unknown }] };
}

/** What nobody could say of the seat's own objects. */
function unasked({ inventory: { entries, releases } }: TakenSnapshot): NotAsked[] {
  return [
    ...entries.flatMap((entry) =>
      entry.unknown === undefined ? [] : [{ what: refOf(entry), why: entry.unknown, namespace: placeOfEntry(entry) }],
    ),
    ...unreadIn(releases),
  ];
}

/** The namespaces of a stack's lessons. */
export function namespacesOf(lessons: readonly string[]): string[] {
  return lessonsAmong(lessons).map((lesson) => lessonOf(lesson).namespace);
}

const names = Object.keys(kinds) as SnapshotKind[];

/**
 * Objects that differ from what their owner made, with each differing field. Includes objects that somebody recreated
 * under the same name, and releases that somebody upgraded.
 */
export function changedObjects({ inventory }: Pick<TakenSnapshot, "inventory">, uids: StateUids): Changed[] {
  return [
    ...inOrder(inventory).flatMap((entry) => changed(entry, uids)),
    ...inventory.releases.flatMap(({ name, namespace, record, said }) =>
      record === "other"
        ? [
            {
              object: `Release ${namespace}/${name}`,
              namespace,
              fields: [{ path: said, before: undefined, after: undefined }],
            },
          ]
        : [],
    ),
  ];
}

/** Objects that the seat is made of and that are gone. */
export function missingObjects({ inventory }: Pick<TakenSnapshot, "inventory">): Missing[] {
  return [
    ...inOrder(inventory)
      .filter(isMissing)
      .map((entry) => ({ object: refOf(entry), namespace: placeOfEntry(entry) })),
    ...inventory.releases.flatMap(({ name, namespace, record }) =>
      record === "gone" ? [{ object: `Release ${namespace}/${name}`, namespace }] : [],
    ),
  ];
}

/** Whether the cluster lacks the object, or is about to. */
export function isMissing({ live, unknown }: Entry): boolean {
  return unknown === undefined && (live === undefined || isGoing(live));
}

/** Whether somebody has deleted the object, and something still holds it. */
export function isGoing({ metadata: { deletionTimestamp } }: KubeObject): boolean {
  return deletionTimestamp !== undefined;
}

/** The kinds' own order, so that a Namespace comes before what is in it. */
function inOrder({ entries }: Inventory): readonly Entry[] {
  const rank = ({ made }: Entry) => {
    const found = names.findIndex((kind) => kinds[kind].kind === made.kind && kinds[kind].group === groupOf(made));
    return found < 0 ? names.length : found;
  };
  return [...entries].sort((a, b) => rank(a) - rank(b));
}

/** `Deployment blog/api-v1`. */
export function refOf({ made }: Pick<Entry, "made">): string {
  const { namespace, name } = made.metadata;
  const isGatewayApis = made.kind === "Gateway" && groupOf(made) === "gateway.networking.k8s.io";
  return `${made.kind}${isGatewayApis ? " (Gateway API)" : ""} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** The namespace where the object has its effect: for a Namespace itself, and the mesh's for what has none. */
export function placeOfEntry({ made }: Pick<Entry, "made">): string {
  return made.kind === "Namespace" ? made.metadata.name : (made.metadata.namespace ?? systemNamespace);
}

/** The fields in which an object differs, and whether some of them are beyond what its owner wrote. */
export function differencesOf({ made, live }: Entry): { fields: readonly Field[]; isBeyond: boolean } {
  if (live === undefined) return { fields: [], isBeyond: false };
  const all = differences(made.kind, live, made).map(({ path, was, is }): Field => ({ path, before: was, after: is }));
  const written = differences(made.kind, live, made, "written");
  const byHand = fieldsByHand(live, made)
    .map(({ path, value }): Field => ({ path, before: undefined, after: value }))
    .filter(({ path }) => !all.some((field) => path.startsWith(field.path)));
  // Shows a route's shares as a preview does, and its other fields as they are.
  const fields =
    made.kind === "VirtualService" && all.length > 0
      ? [...all.filter(({ path }) => !path.startsWith("spec")), ...fieldsOf(at(made, "spec"), at(live, "spec"), "spec")]
      : all;
  return { fields: [...fields, ...byHand], isBeyond: byHand.length > 0 || all.length > written.length };
}

function changed(entry: Entry, uids: StateUids): Changed[] {
  const { made, live, path, owner } = entry;
  if (live === undefined || isGoing(live)) return [];
  const { namespace, name, uid } = live.metadata;
  const known = owner.by === "pulumi" ? uids.uid(groupOf(made), made.kind, namespace, name) : undefined;
  const anew = known !== undefined && uid !== undefined && known !== uid;
  const { fields, isBeyond } = differencesOf(entry);
  if (fields.length === 0 && !anew) return [];
  return [
    {
      object: refOf(entry),
      namespace: placeOfEntry(entry),
      fields,
      ...(isBeyond && path !== undefined && { beyond: path }),
      ...(uid !== undefined && { uid }),
      ...(anew && { anew }),
      ...(isClaim({ group: groupOf(made), kind: made.kind }) && { claim: name }),
    },
  ];
}
