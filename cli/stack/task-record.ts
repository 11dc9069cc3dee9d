import * as fs from "node:fs";
import * as path from "node:path";
import * as z from "zod";
import { UserError } from "../../base/errors";
import { readIfThere, writeWhole } from "../../base/files";
import { makeLab } from "../../base/lab";
import { localName } from "../../base/names";
import { labRoot } from "../../base/paths";
import { quote } from "../../base/quote";

const schema = z.object({
  /** UID of the cluster's namespace kube-system. A record of another cluster says nothing about this seat. */
  seat: z.string(),
  /** Task → when somebody first saw it done, in ISO 8601. */
  done: z.record(z.string(), z.iso.datetime()),
  /** Task or check → how many steps of its hints were shown. */
  hints: z.record(z.string(), z.int().min(1)),
});

/** What is noted of a seat's tasks. It is in `.lab/progress`, and so on the machine that asked. */
export type TaskRecord = Readonly<z.infer<typeof schema>>;

/**
 * Reads a seat's record; an empty one where there is none, or where it is of an earlier seat of this name.
 * @throws UserError where the file is not a record
 */
export function readRecord(stack: string, seat: string): TaskRecord {
  const file = taskRecordFile(stack);
  const text = readIfThere(file);
  const empty = { seat, done: {}, hints: {} };
  if (text === undefined) return empty;
  const read = schema.safeParse(parsed(text));
  if (!read.success) throw new UserError(`${file} is not a record of tasks. \`rm ${quote(file)}\` begins a new one.`);
  return read.data.seat === seat ? read.data : empty;
}

/** Notes tasks as done at this time. An earlier time stays, which another command may have noted meanwhile. */
export function noteDone(stack: string, seat: string, tasks: readonly string[], at: Date): TaskRecord {
  const before = readRecord(stack, seat);
  const done = Object.fromEntries(tasks.map((task) => [task, at.toISOString()]));
  return tasks.length === 0 ? before : write(stack, { ...before, done: { ...done, ...before.done } });
}

/** Notes how many steps of a hint were shown. */
export function noteHint(stack: string, seat: string, name: string, shown: number): void {
  const before = readRecord(stack, seat);
  if (before.hints[name] !== shown) write(stack, { ...before, hints: { ...before.hints, [name]: shown } });
}

/** Removes a stack's record. Its seat is gone. */
export function forgetTasks(stack: string): void {
  fs.rmSync(taskRecordFile(stack), { force: true });
}

/** The file of a stack's record. */
export function taskRecordFile(stack: string): string {
  return path.join(labRoot(), "progress", `${localName(stack)}.json`);
}

function write(stack: string, record: TaskRecord): TaskRecord {
  makeLab();
  fs.mkdirSync(path.dirname(taskRecordFile(stack)), { recursive: true, mode: 0o700 });
  writeWhole(taskRecordFile(stack), `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
  return record;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
