import { isProved, json, junit, ProgressLine, runChecks, table } from "../check";
import { exitCodeOf, heedFirst } from "../terminal/ending/signals";
import { Interrupted } from "../../base/errors";
import { requireFolder, writeAsked } from "../terminal/output-file";
import { besideResult, saying } from "../terminal/say";
import { takenStack } from "../stack/taken";

export interface CheckCommandOptions {
  stack?: string;
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
