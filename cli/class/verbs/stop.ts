import { openClass } from "../open";
import { type ManyOptions, runOptionsOf } from "../run/options";
import { exitCodeOf, outcomeJson, outcomeText } from "../run/outcome";
import { stopClass } from "../run/power-class";
import { withEngine } from "../run/prepare";

export interface StopOptions extends ManyOptions {
  json?: boolean;
}

/** `class stop`: turns the seats' machines off, and says what they go on costing. */
export async function stop(options: StopOptions): Promise<void> {
  const cls = await withEngine(openClass(options, "any"));
  const { outcomes, cost } = await stopClass(cls, runOptionsOf(cls, options));
  const json = { class: cls.roster.name, verb: "stop", seats: outcomes.map(outcomeJson), cost };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(json, null, 2)}\n`
      : `${[...cost, ...expiries(outcomes), outcomeText(outcomes, "stopped")].join("\n")}\n`,
  );
  process.exitCode = exitCodeOf(outcomes);
}

/** Reminds of seats that expire: `class expire` destroys them whether they run or not. */
function expiries(outcomes: Awaited<ReturnType<typeof stopClass>>["outcomes"]): string[] {
  const times = outcomes.flatMap(({ status, seat }) => (status === "done" && seat.expires ? [seat.expires] : []));
  if (times.length === 0) return [];
  const first = new Date(Math.min(...times.map((time) => time.getTime())));
  return [`The expiry goes on while they are off: the first of them expires at ${first.toISOString()}.`];
}
