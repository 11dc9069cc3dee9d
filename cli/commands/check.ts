import { isProved, json, junit, ProgressLine, readTasks, runChecks, table, tasksJson, tasksTable } from "../check";
import { exitCodeOf, heedFirst } from "../terminal/ending/signals";
import { Interrupted, UserError } from "../../base/errors";
import { requireFolder, writeAsked } from "../terminal/output-file";
import { besideResult, saying } from "../terminal/say";
import { lessonCalled, shortName } from "../../components/lessons/catalog";
import { LiveSeat } from "../seat/live-seat";
import { readStack } from "../seat/stack-outputs";
import { takenStack } from "../stack/taken";

export interface CheckCommandOptions {
  stack?: string;
  progress?: boolean;
  lesson?: string[];
  json?: boolean;
  junit?: string;
}

/** Columns where the terminal's width is unknown. */
const WIDTH = 140;

/**
 * `npm run check`: measures on the live seat what the lessons teach. Exit code 1 when a check failed or none passed.
 */
export async function check(options: CheckCommandOptions): Promise<void> {
  if (options.progress) return progress(options);
  const abort = new AbortController();
  heedFirst((ending) =>
    abort.abort(
      new Interrupted(
        "Interrupted. Everything that the checks had created on the seat is removed.",
        exitCodeOf(ending),
      ),
    ),
  );
  if (options.junit !== undefined) requireFolder("--junit", options.junit);
  const stack = await takenStack(options.stack, { to: "use", say: saying(besideResult(options.json)) });
  const report = await runChecks({
    stack,
    lessons: options.lesson,
    signal: abort.signal,
    progress: new ProgressLine(process.stderr),
  });
  const { stdout } = process;
  stdout.write(
    options.json
      ? json(report)
      : table(report, { width: stdout.columns ?? WIDTH, colours: Boolean(stdout.isTTY) && !process.env.NO_COLOR }),
  );
  process.exitCode = isProved(report.results) ? 0 : 1;
  if (options.junit !== undefined) writeAsked("--junit", options.junit, junit(report));
}

/** `npm run check -- --progress`: lists the tasks of the lessons' pages. It sends no request through the mesh. */
async function progress({ stack: named, lesson, json, junit }: CheckCommandOptions): Promise<void> {
  if (junit !== undefined) throw new UserError("--junit: --progress writes no JUnit; --json prints the tasks as data.");
  const stack = await takenStack(named, { to: "use", say: saying(besideResult(json)) });
  const of = await readStack(stack);
  const wanted = lesson?.map((name) => {
    const found = lessonCalled(name, of.installed);
    if (found === undefined)
      throw new UserError(
        `--lesson ${name}: stack ${stack} has no such lesson. It has: ${of.installed.join(", ") || "none"}.`,
      );
    return shortName(found);
  });
  const all = await readTasks({ ...of, seat: new LiveSeat(of.kubeconfig, of.gatewayUrl) });
  const states = all.filter((state) => wanted === undefined || wanted.includes(state.lesson));
  if (states.length === 0)
    throw new UserError(`No page of ${(wanted ?? of.installed).join(", ") || "no lesson"} has a task.`);
  process.stdout.write(json ? tasksJson(stack, states) : tasksTable(stack, states, new Date()));
  process.exitCode = states.some(({ state }) => state === "unknown") ? 1 : 0;
}
