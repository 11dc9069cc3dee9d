import type { Target } from "../../../config";
import { quote } from "../../../embedded/node/scripts";
import { UserError } from "../../../base/errors";
import type { Finding } from "../../preflight/finding";
import { plainSecretFindings } from "../../preflight/plain-secrets";
import { isRefused, lines } from "../../preflight/report";
import { commandsFor } from "../../targets";
import type { Class } from "../class";
import type { Overlay } from "../model";
import { factsOf, peopleFindings } from "./facts";

/** What is in the way of a class as a whole. What is in the way of one seat alone, `up` asks for each. */
export interface ClassFindings {
  /** How many seats of the class there are by target, and how many of them are there already. */
  readonly seats: readonly { readonly target: Target; readonly number: number; readonly there: number }[];
  readonly findings: readonly Finding[];
}

/** Asks what may be in the way of the class. Changes nothing. */
export async function classFindings(of: Pick<Class, "roster" | "workspace">, overlay: Overlay = {}): Promise<ClassFindings> {
  const facts = await factsOf(of, overlay);
  const targets = [...new Set(facts.map(({ settings }) => settings.target))];
  const groups = targets.map((target) => ({ target, seats: facts.filter(({ settings }) => settings.target === target) }));
  const found: Finding[] = [...facts.flatMap(({ seat }) => plainSecretFindings(seat.seat)), ...peopleFindings(facts)];
  for (const { target, seats } of groups) found.push(...(await commandsFor(target).classFindings(seats)));
  return { seats: groups.map(({ target, seats }) => ({ target, number: seats.length, there: seats.filter(({ there }) => there).length })), findings: found };
}

/** Before `class up`: says what is to be known and goes on, or ends with all that refuses. @throws UserError */
export async function requireClassPreflight(of: Pick<Class, "roster" | "workspace">, overlay: Overlay, say: (line: string) => void): Promise<void> {
  const { findings } = await classFindings(of, overlay);
  if (isRefused(findings)) {
    const trouble = lines(findings.filter(({ status }) => status !== "ok"));
    throw new UserError([`Class ${of.roster.name} cannot be made as it is; nothing has been changed:`, ...trouble, `\`npm run class -- preflight --roster ${quote(of.roster.file)}\` asks again.`].join("\n"));
  }
  lines(findings.filter(({ status, name }) => status === "notice" || name === "price")).forEach(say);
}
