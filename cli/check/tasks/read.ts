import { lessonsAmong, pageOf, shortName } from "../../../components/lessons/catalog";
import type { TaskSpec } from "../../../components/lessons/tasks/task";
import type { Settings } from "../../../config";
import { noteDone, readRecord } from "../../stack/task-record";
import { probeOf } from "../probes";
import type { Context } from "../probes/probe";
import { installedTasks, seatId, type TaskSource, type TaskState } from "./state";

/**
 * Asks a seat for the tasks that are not done yet, and notes those that are done now. It only reads objects, so that
 * no request passes the mesh.
 * @throws where the seat's own cluster cannot be asked, or the record is broken
 */
export async function readTasks(source: TaskSource, now: () => Date = () => new Date()): Promise<TaskState[]> {
  const { stack, settings, seat } = source;
  const tasks = installedTasks(source);
  if (tasks.length === 0) return [];
  const id = await seatId(seat);
  const before = readRecord(stack, id).done;
  const answers = new Map<string, Asked>();
  const isDone = (name: string) => Object.hasOwn(before, name) || answers.get(name)?.ok === true;
  const isNext = ({ name, after }: TaskSpec) =>
    !isDone(name) && !answers.has(name) && (after === undefined || isDone(after));
  // A task that is done now opens the one after it.
  for (let next = tasks.filter(isNext); next.length > 0; next = tasks.filter(isNext)) {
    const asked = await Promise.all(next.map((task) => ask(task, seat)));
    next.forEach(({ name }, index) => answers.set(name, asked[index]!));
  }
  const turned = [...answers].flatMap(([name, { ok }]) => (ok ? [name] : []));
  const { done } = noteDone(stack, id, turned, now());
  return tasks.map((task) => ({ ...placeOf(task, settings), ...stateOf(task.name, done, answers) }));
}

interface Asked {
  readonly ok: boolean;
  readonly seen: string;
  readonly isUnknown?: true;
}

/** Asks for all that a task wants. It is done where each fact is so; else the first other fact tells why not. */
async function ask(task: TaskSpec, seat: TaskSource["seat"]): Promise<Asked> {
  const { also = [], ...main } = task;
  const asked = await Promise.all(
    [main, ...also.map((fact) => ({ ...main, ...fact }))].map((one) => askOne(one, seat)),
  );
  return asked.find(({ ok }) => !ok) ?? asked[0]!;
}

async function askOne(task: TaskSpec, seat: TaskSource["seat"]): Promise<Asked> {
  const { namespace, section: _, after: __, hints: ___, ...kind } = task;
  const spec = { ...kind, about: { namespace, services: [], aspects: [] }, lookAt: "", images: [] };
  const probe = probeOf(spec.kind);
  try {
    // The kinds that a task may have only read objects.
    return probe.evaluate(spec, await probe.look(spec, { seat } as Context));
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return { ok: false, seen: (error as Error).message, isUnknown: true };
  }
}

function placeOf({ name, lesson, title, section }: TaskSpec, { lessons }: Settings) {
  const page = lessonsAmong(lessons).find((one) => shortName(one) === lesson)!;
  return { lesson, task: name, title, page: pageOf(page), ...(section !== undefined && { section }) };
}

function stateOf(
  name: string,
  done: Readonly<Record<string, string>>,
  answers: ReadonlyMap<string, Asked>,
): Pick<TaskState, "state" | "done" | "seen"> {
  if (Object.hasOwn(done, name)) return { state: "done", done: done[name]! };
  const answer = answers.get(name);
  if (answer === undefined) return { state: "later" };
  return { state: answer.isUnknown ? "unknown" : "open", seen: answer.seen };
}
