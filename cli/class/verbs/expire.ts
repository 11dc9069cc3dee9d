import * as fs from "node:fs";
import { configFile } from "../../stack";
import { expiryPlan, type ClassStack, type ExpiryPlan } from "../expiry";
import type { Class } from "../class";
import { openClass } from "../open";
import type { ManyOptions } from "../options";
import { destroyClass } from "../run/destroy-class";
import { withEngine } from "../run/engine-ready";
import { runOptionsOf } from "../run/options";
import { exitCodeOf } from "../run/outcome-text";
import { EXPIRES_TAG, stacksOfClass, tagOf } from "../run/owned";
import { destroyJson, destroyText } from "./destroy";

export interface ExpireOptions extends ManyOptions {
  dryRun?: boolean;
  json?: boolean;
}

/** `class expire`: takes away the seats whose time is past, without a question, so that a cron job can run it. */
export async function expire(options: ExpireOptions): Promise<void> {
  const of = await withEngine(openClass(options));
  const plan = expiryPlan(of.roster, await stacksThere(of, options.only), new Date());
  const say = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  planLines(plan, options.dryRun === true).forEach(say);
  if (options.dryRun || plan.due.length === 0) {
    const due = plan.due.map(({ seat, expires }) => ({ seat, expires }));
    if (options.json) process.stdout.write(`${JSON.stringify({ class: of.roster.name, verb: "expire", due, kept: plan.kept, seats: [] }, null, 2)}\n`);
    return;
  }
  const outcomes = await destroyClass(of, { ...runOptionsOf(of, options), seats: plan.due });
  process.stdout.write(options.json ? `${JSON.stringify({ ...destroyJson(of, outcomes), verb: "expire", kept: plan.kept }, null, 2)}\n` : `${destroyText(outcomes)}\n`);
  process.exitCode = exitCodeOf(outcomes);
}

/** The class' stacks; with `--only` those alone, which the roster has. */
async function stacksThere(of: Class, only: readonly string[] | undefined): Promise<ClassStack[]> {
  const names = await stacksOfClass(of);
  const wanted = only === undefined ? names : names.filter((name) => only.includes(name));
  return Promise.all(
    wanted.map(async (name) => {
      // The roster says it of its own seats.
      const expires = of.roster.seats.some(({ seat }) => seat === name) ? undefined : await tagOf(of.workspace, name, EXPIRES_TAG);
      return { name, ...(expires !== undefined && { expires }), hasFile: fs.existsSync(configFile(name)) };
    }),
  );
}

function planLines({ due, kept }: ExpiryPlan, isDry: boolean): string[] {
  return [
    ...kept.map(({ seat, why }) => `stays: ${seat}: ${why}`),
    ...due.map(({ seat, trainee, expires }) => `${isDry ? "would go" : "goes"}: ${seat} (${trainee}), past since ${expires!.toISOString()}`),
    ...(due.length === 0 ? ["No seat is past its time."] : []),
  ];
}
