import { type ManyOptions, runOptionsOf } from "../run/options";
import { openClass } from "../open";
import { readOverlay } from "../roster/overlay";
import { exitCodeOf, outcomeJson, outcomeText } from "../run/outcome";
import { upClass } from "../run/up-class";

export interface UpOptions extends ManyOptions {
  set?: string[];
  html?: string;
  json?: boolean;
}

/** `class up`: creates or updates the seats. */
export async function up(options: UpOptions): Promise<void> {
  const cls = openClass(options);
  const outcomes = await upClass(cls, readOverlay(options.set, cls.roster), runOptionsOf(cls, options));
  const json = { class: cls.roster.name, verb: "up", seats: outcomes.map(outcomeJson) };
  process.stdout.write(options.json ? `${JSON.stringify(json, null, 2)}\n` : `${outcomeText(outcomes, "up")}\n`);
  process.exitCode = exitCodeOf(outcomes);
}
