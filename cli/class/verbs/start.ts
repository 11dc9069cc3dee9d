import * as path from "node:path";
import { requireFolder, writeAsked } from "../../terminal/output-file";
import { commandsFor } from "../../targets";
import { classJson, classJunit, classTable, isGreen } from "../check/report";
import { type Class, logFile } from "../model";
import { openClass } from "../open";
import { seatFileSettings } from "../roster/validate";
import { type ManyOptions, runOptionsOf, type TableOptions } from "../run/options";
import { startClass } from "../run/power-class";
import { withEngine } from "../run/prepare";

export type StartOptions = ManyOptions & TableOptions;

/** The width in columns where no terminal gives one. */
const WIDTH = 140;

/** `class start`: turns the seats' machines on again, and checks every seat. */
export async function start(options: StartOptions): Promise<void> {
  if (options.junit !== undefined) requireFolder("--junit", options.junit);
  if (options.html !== undefined) requireFolder("--html", options.html);
  const cls = await withEngine(openClass(options));
  const { seats, outcomes } = await startClass(cls, runOptionsOf(cls, options));
  const { stdout } = process;
  const logOf = (seat: string) => path.relative(process.cwd(), logFile(cls, seat, "start"));
  const colours = Boolean(stdout.isTTY) && !process.env.NO_COLOR;
  stdout.write(
    options.json
      ? classJson(cls.roster.name, seats, "start")
      : `${shutdowns(cls).join("")}${classTable(seats, { width: stdout.columns ?? WIDTH, colours, logOf })}`,
  );
  process.exitCode = outcomes.some(({ status }) => status === "interrupted") ? 130 : isGreen(seats) ? 0 : 1;
  if (options.junit !== undefined) writeAsked("--junit", options.junit, classJunit(cls.roster.name, seats));
}

/** Reminds of the daily shutdown, which goes on. */
function shutdowns({ roster }: Class): string[] {
  const times = roster.seats.map((seat) => {
    const { settings } = seatFileSettings(roster, seat);
    return commandsFor(settings.target).shutdown?.(settings);
  });
  return [...new Set(times.filter((time) => time !== undefined))].map(
    (time) => `Azure shuts the VMs down each day at ${time}.\n`,
  );
}
