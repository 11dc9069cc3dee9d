import { setTimeout as sleep } from "node:timers/promises";
import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { lessonCalled } from "../../components/lessons/catalog";
import { ingressNamespace } from "../../components/mesh/gateway";
import { systemNamespace } from "../../components/mesh/system-namespace";
import { type Api, ApiError, type KubeObject, unlessMissing } from "../../kube";
import { takeAway, untilGone, type DeletionTarget } from "../drift/put-back";
import { diff, differencesIn, inNamespace, type SeatDrift } from "../drift/model";
import { isGoing, namespacesOf, readSeat, refOf, type SeatReading } from "../drift/read";
import { apiOf } from "../seat/api";
import { mapsAt } from "../seat/json";
import type { StackSeat } from "../seat/stack-outputs";
import { tryToApply, putBack } from "./apply";
import { isEmpty, type Placed, type Plan, planOf } from "./plan";
import { restart, untilReady, whileTaken } from "./rollout";

/** Runs Pulumi on some resources of the stack. */
export interface Engine {
  /** Does what comes before each run: settles what a killed run left, and asks the preflight. */
  ready(): Promise<void>;
  refresh(urns: readonly string[], signal: AbortSignal): Promise<void>;
  up(urns: readonly string[], signal: AbortSignal): Promise<void>;
}

export interface RepairWish {
  readonly seat: StackSeat;
  /** Only this lesson. @default the whole seat */
  readonly lesson?: string;
  /** Leave what was added. @default false */
  readonly leaveAdded?: boolean;
}

/** How long a controller may take to react: after scaling, a Deployment has to count its pods. */
const SETTLE_MS = 20_000;
/** How long istiod may take to sign its webhooks, and the API server to take up a kind. */
const TAKE_UP_MS = 20_000;
/** A first round may bring back what a second one needs, such as a kind and then its objects. */
const ROUNDS = 3;

/**
 * What a seat needs, as read now, and the namespace of the lesson that alone is to be repaired.
 * @throws UserError where the seat lacks the lesson
 */
export async function readRepair({
  seat,
  lesson,
  leaveAdded,
}: RepairWish): Promise<{ reading: SeatReading; plan: Plan; drift: SeatDrift; namespace?: string }> {
  const called = lesson === undefined ? undefined : lessonCalled(lesson, seat.installed);
  if (lesson !== undefined && called === undefined)
    throw new UserError(
      `--lesson ${lesson}: seat ${seat.stack} has no such lesson; it has ${seat.installed.join(", ") || "none"}.`,
    );
  const reading = await readSeat(seat);
  const namespace = called === undefined ? undefined : namespacesOf([called])[0];
  return {
    reading,
    plan: planOf(reading, { namespace, leaveAdded }),
    drift: namespace === undefined ? reading.drift : inNamespace(reading.drift, namespace),
    ...(namespace !== undefined && { namespace }),
  };
}

/**
 * Carries a plan out, and then what only shows after it: the objects of a kind that is back, proxies with another root.
 * Nothing is deleted besides what the first plan named.
 * @throws UserError with what is still not as it was made, and why
 */
export async function repairSeat(
  wish: RepairWish,
  first: Plan,
  engine: Engine,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const api = apiOf(wish.seat.kubeconfig);
  let plan = first;
  const restarted = new Set<string>();
  for (let round = 1; round <= ROUNDS && !isEmpty(plan); round++) {
    await carryOut(api, plan, engine, say, signal, restarted);
    const next = await readRepair(wish);
    plan = { ...next.plan, takeAway: [], restart: next.plan.restart.filter(({ path }) => !restarted.has(path)) };
  }
  await requireAsMade(wish, signal);
}

async function carryOut(
  api: Api,
  { releases, putBack: steps, makeAnew, takeAway: added, restart: restarts }: Plan,
  engine: Engine,
  say: (line: string) => void,
  signal: AbortSignal,
  restarted: Set<string>,
): Promise<void> {
  const going: DeletionTarget[] = added.map(({ path, uid }) => ({ path, uid }));
  if (going.length > 0) {
    say(`Taking away ${going.length === 1 ? added[0]!.object : `${going.length} objects`}.`);
    await takeAway(api, going);
    await untilGone(api, going, signal);
  }
  const ofCharts = steps.filter(({ entry }) => entry.owner.by !== "pulumi").map(({ entry }) => entry);
  const ofPulumi = steps.filter(({ entry }) => entry.owner.by === "pulumi").map(({ entry }) => entry);
  const held = [...steps.map(({ entry }) => entry), ...makeAnew].flatMap(({ path, live }) =>
    path !== undefined && live?.metadata.uid !== undefined && isGoing(live) ? [{ path, uid: live.metadata.uid }] : [],
  );
  await untilGone(api, held, signal);
  await putBackAll(api, ofCharts, say);
  await untilTakenUp(api, ofCharts, signal);
  // What istiod reads at its start comes before what istiod checks.
  const [ofMesh, others] = [
    restarts.filter(({ namespace }) => MESH.has(namespace)),
    restarts.filter(({ namespace }) => !MESH.has(namespace)),
  ];
  await restartAll(api, ofMesh, say, restarted);
  await untilReady(api, [...workloadsIn(ofCharts), ...ofMesh.map(({ path }) => path)], signal);
  const refused = await putBackAll(api, ofPulumi, say, "delete what cannot be changed");
  await untilGone(api, refused, signal);
  const anew = [...makeAnew, ...ofPulumi.filter(({ path }) => refused.some((one) => one.path === path))];
  const urns = [
    ...releases.map(({ urn }) => urn),
    ...anew.flatMap(({ owner }) => (owner.by === "cluster" ? [] : [owner.urn])),
  ];
  if (urns.length > 0) {
    say(`Pulumi recreates: ${urns.map((urn) => urn.split("::").at(-1)).join(", ")}.`);
    await engine.ready();
    await engine.refresh(urns, signal);
    const workloads = makeAnew.flatMap(({ path, made }) =>
      path !== undefined && ["Deployment", "StatefulSet"].includes(made.kind) ? [path] : [],
    );
    await whileTaken(api, workloads, signal, (bounded) => engine.up(urns, bounded));
  }
  await restartAll(api, others, say, restarted);
  await untilReady(api, [...workloadsIn(ofPulumi), ...others.map(({ path }) => path)], signal);
}

const MESH = new Set([systemNamespace, ingressNamespace]);

function workloadsIn(entries: readonly Placed[]): string[] {
  return entries
    .filter(({ made }) => made.kind === "Deployment" || made.kind === "StatefulSet")
    .map(({ path }) => path);
}

/**
 * Applies each object, after a dry run of all of them: what the API server refuses is said before anything is changed.
 * @returns objects that had to be deleted, because a field of theirs cannot be changed
 */
async function putBackAll(
  api: Api,
  entries: readonly Placed[],
  say: (line: string) => void,
  otherwise?: "delete what cannot be changed",
): Promise<DeletionTarget[]> {
  const fixed = new Set<Placed>();
  const attempt = async (entry: Placed, run: () => Promise<void>) => {
    try {
      await throughWebhook(run);
    } catch (error) {
      if (otherwise === undefined || !isFixed(error) || entry.live?.metadata.uid === undefined)
        throw refusalOf(entry, error);
      fixed.add(entry);
    }
  };
  for (const entry of entries) await attempt(entry, () => tryToApply(api, entry));
  for (const entry of entries) {
    if (fixed.has(entry)) continue;
    say(`Restoring ${refOf(entry)}.`);
    await attempt(entry, () => putBack(api, entry));
  }
  const targets = [...fixed].map(({ path, live }) => ({ path, uid: live!.metadata.uid! }));
  await takeAway(api, targets);
  return targets;
}

/** Whether the API server refuses because a field cannot be changed. */
function isFixed(error: unknown): boolean {
  return error instanceof ApiError && error.code === 422 && /immutable|may not change/i.test(error.message);
}

function refusalOf(entry: Placed, error: unknown): unknown {
  return error instanceof ApiError
    ? new UserError(`The API server refuses ${refOf(entry)} as it was made: ${error.message}`)
    : error;
}

/** Repeats a request while a webhook's server does not answer yet, for some seconds. */
async function throughWebhook<T>(run: () => Promise<T>): Promise<T> {
  const end = Date.now() + TAKE_UP_MS;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ApiError) || !error.webhookAbsent || Date.now() > end) throw error;
      await sleep(1000);
    }
  }
}

/** Waits until kinds are served, and webhooks are signed by istiod. */
async function untilTakenUp(api: Api, entries: readonly Placed[], signal: AbortSignal): Promise<void> {
  const end = Date.now() + TAKE_UP_MS;
  for (const entry of entries.filter(({ made }) => isTakenUp[made.kind] !== undefined)) {
    for (;;) {
      const live = await unlessMissing(api.get<KubeObject>(entry.path));
      if ((live !== undefined && isTakenUp[entry.made.kind]!(live)) || Date.now() > end) break;
      await sleep(500, undefined, { signal });
    }
  }
}

const isSigned = (live: KubeObject) =>
  ((live.webhooks ?? []) as { clientConfig?: { caBundle?: string } }[]).every(
    ({ clientConfig }) => (clientConfig?.caBundle ?? "") !== "",
  );
const isTakenUp: Readonly<Record<string, (live: KubeObject) => boolean>> = {
  CustomResourceDefinition: ({ status }) =>
    mapsAt(status, "conditions").some((condition) => condition.type === "Established" && condition.status === "True"),
  MutatingWebhookConfiguration: isSigned,
  ValidatingWebhookConfiguration: isSigned,
};

async function restartAll(
  api: Api,
  restarts: Plan["restart"],
  say: (line: string) => void,
  restarted: Set<string>,
): Promise<void> {
  for (const one of restarts) {
    say(`Restarting ${one.kind} ${one.namespace}/${one.name}: ${one.why}.`);
    await restart(api, one);
    restarted.add(one.path);
  }
}

/** @throws UserError with what still differs */
async function requireAsMade(wish: RepairWish, signal: AbortSignal): Promise<void> {
  const end = Date.now() + SETTLE_MS;
  for (;;) {
    const { drift } = await readRepair(wish);
    const left = wish.leaveAdded ? { ...drift, added: [], notAsked: [] } : drift;
    if (differencesIn(left) + left.notAsked.length === 0) return;
    if (Date.now() > end) {
      const { stack } = wish.seat;
      const what = wish.lesson === undefined ? `Seat ${stack}` : `Lesson ${wish.lesson} of seat ${stack}`;
      throw new UserError(
        `${what} is still not as it was made:\n${diff(left).join("\n")}\n\`${onStack(stack, "npm run check")}\` says what that breaks.`,
      );
    }
    await sleep(1000, undefined, { signal });
  }
}
