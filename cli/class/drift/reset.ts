import { setTimeout as sleep } from "node:timers/promises";
import { onStack } from "../../../base/advice";
import { UserError } from "../../../base/errors";
import { apiOf } from "../../seat/api";
import { readStack, type StackSeat } from "../../seat/stack-outputs";
import { readyForUp } from "../../stack/ready";
import { type Deployment, exportStack } from "../../stack/stack";
import type { Class } from "../model";
import { stackOf } from "../engine";
import { operation } from "../run/operation";
import type { SeatLine } from "../run/over-seats";
import { diff, differencesIn, inNamespace, type SeatDrift } from "./model";
import { byHand, takeAway, untilGone } from "./put-back";
import { namespacesOf, readDrift } from "./read";

/** How long a controller may take to react: after scaling, a Deployment has to count its pods. */
const SETTLE_MS = 20_000;

/** One lesson of a live seat, with its drift. */
interface LessonDrift {
  readonly lesson: string;
  readonly drift: SeatDrift;
}

/** @throws UserError where the seat does not answer, or lacks the lesson */
export async function readLesson(seat: string, lesson: string): Promise<LessonDrift> {
  const stack = await readStack(seat);
  if (!stack.installed.includes(lesson))
    throw new UserError(
      `--lesson ${lesson}: seat ${seat} has no such lesson; it has ${stack.installed.join(", ") || "none"}.`,
    );
  return { lesson, drift: await lessonDrift(stack, lesson) };
}

/**
 * Resets a seat's lesson to what Pulumi created. Deletes what was added by hand, then refreshes and updates only the
 * lesson's resources. The refresh adopts objects that somebody recreated under one of their names. Besides them, only
 * the drift's `added` objects are deleted.
 * @throws UserError with the remaining differences
 */
export async function resetLesson(
  { workspace }: Pick<Class, "workspace">,
  seat: string,
  { lesson, drift }: LessonDrift,
  leaveAdded: boolean,
  line: SeatLine,
  signal: AbortSignal,
): Promise<void> {
  const stackSeat = await readStack(seat);
  const env = await readyForUp(workspace, seat, (text) => line.log(`${text}\n`));
  const target = lessonUrns((await exportStack(workspace, seat)).resources, lesson);
  if (target.length === 0)
    throw new UserError(
      `Stack ${seat} has nothing of lesson ${lesson} in its state: \`${onStack(seat, "npm run up")}\` makes it.`,
    );
  line.doing("taking away what was added");
  const api = apiOf(stackSeat.kubeconfig);
  const going = byHand(leaveAdded ? { ...drift, added: [] } : drift);
  await takeAway(api, going, signal);
  const stack = await stackOf({ ...workspace, env }, seat);
  await operation(line, signal, (operating) => stack.refresh({ ...operating, target }));
  await operation(line, signal, (operating) => stack.up({ ...operating, target }));
  line.doing("waiting until what was added is gone");
  await untilGone(api, going.added, signal);
  line.doing("looking again");
  await requireAsMade(stackSeat, lesson, leaveAdded, signal);
}

async function requireAsMade(
  stack: StackSeat,
  lesson: string,
  leaveAdded: boolean,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + SETTLE_MS;
  for (;;) {
    const found = await lessonDrift(stack, lesson);
    const left = leaveAdded ? { ...found, added: [], notAsked: [] } : found;
    if (differencesIn(left) + left.notAsked.length === 0) return;
    if (Date.now() > end)
      throw new UserError(
        `Lesson ${lesson} of seat ${stack.stack} is still not as it was made:\n${diff(left).join("\n")}`,
      );
    await sleep(1000, undefined, { signal });
  }
}

async function lessonDrift(stack: StackSeat, lesson: string): Promise<SeatDrift> {
  return inNamespace(await readDrift(stack), namespacesOf([lesson])[0]!);
}

/** Every resource of a lesson in a stack's state: its component and everything below it. */
export function lessonUrns(resources: Deployment["resources"], lesson: string): string[] {
  const component = resources.find(
    ({ type, urn }) => type.startsWith("istio-lab:lessons:") && typesIn(urn) === type && urn.endsWith(`::${lesson}`),
  );
  return component === undefined
    ? []
    : resources
        .filter(({ urn }) => urn === component.urn || typesIn(urn).startsWith(`${component.type}$`))
        .map(({ urn }) => urn);
}

/** The types from the topmost component down. */
function typesIn(urn: string): string {
  return urn.split("::")[2]!;
}
