import * as path from "node:path";
import { requireFolder, writeAsked } from "../../terminal/output-file";
import { checkClass } from "../check/check-class";
import { classJson, classJunit, classTable, isGreen } from "../check/report";
import { logFile } from "../model";
import { openClass } from "../open";
import { type ManyOptions, runOptionsOf, type TableOptions } from "../run/options";
import { sayWhose } from "../run/owned";

export interface CheckOptions extends ManyOptions, TableOptions {
  lesson?: string[];
}

/** The width in columns where no terminal gives one. */
const WIDTH = 140;

/** `class check`: runs the lessons' checks on every seat. */
export async function check(options: CheckOptions): Promise<void> {
  const cls = openClass(options);
  if (options.junit !== undefined) requireFolder("--junit", options.junit);
  if (options.html !== undefined) requireFolder("--html", options.html);
  await sayWhose(cls);
  const { seats, outcomes } = await checkClass(cls, options.lesson, runOptionsOf(cls, options));
  const { stdout } = process;
  const logOf = (seat: string) => path.relative(process.cwd(), logFile(cls, seat, "check"));
  const table = () =>
    classTable(seats, {
      width: stdout.columns ?? WIDTH,
      colours: Boolean(stdout.isTTY) && !process.env.NO_COLOR,
      logOf,
    });
  stdout.write(options.json ? classJson(cls.roster.name, seats) : table());
  process.exitCode = outcomes.some(({ status }) => status === "interrupted") ? 130 : isGreen(seats) ? 0 : 1;
  if (options.junit !== undefined) writeAsked("--junit", options.junit, classJunit(cls.roster.name, seats));
}
