import type { Target } from "../../../config";
import { quote } from "../../../base/quote";
import { UserError } from "../../../base/errors";
import { type Finding, plainSecretFindings, isRefused, lines } from "../../preflight/finding";
import { commandsFor } from "../../targets";
import type { Class, Overlay } from "../model";
import { factsOf, peopleFindings } from "./facts";

/** Problems of the class as a whole. `up` checks each seat's own problems. */
export interface ClassFindings {
  /** The class' number of seats by target, and how many exist already. */
  readonly seats: readonly { readonly target: Target; readonly number: number; readonly there: number }[];
  readonly findings: readonly Finding[];
}

/** Checks what could stop the class. Changes nothing. */
export async function classFindings(
  cls: Pick<Class, "roster" | "workspace">,
  overlay: Overlay = {},
): Promise<ClassFindings> {
  const facts = await factsOf(cls, overlay);
  const targets = [...new Set(facts.map(({ settings }) => settings.target))];
  const groups = targets.map((target) => ({
    target,
    seats: facts.filter(({ settings }) => settings.target === target),
  }));
  const found: Finding[] = [...facts.flatMap(({ seat }) => plainSecretFindings(seat.seat)), ...peopleFindings(facts)];
  for (const { target, seats } of groups) found.push(...(await commandsFor(target).classFindings(seats)));
  return {
    seats: groups.map(({ target, seats }) => ({
      target,
      number: seats.length,
      there: seats.filter(({ there }) => there).length,
    })),
    findings: found,
  };
}

/** Runs before `class up`: prints notes and continues, or stops with all problems. @throws UserError */
export async function requireClassPreflight(
  cls: Pick<Class, "roster" | "workspace">,
  overlay: Overlay,
  say: (line: string) => void,
): Promise<void> {
  const { findings } = await classFindings(cls, overlay);
  if (isRefused(findings)) {
    const trouble = lines(findings.filter(({ status }) => status !== "ok"));
    throw new UserError(
      [
        `Class ${cls.roster.name} cannot be made yet. Nothing has been changed:`,
        ...trouble,
        `\`npm run class -- preflight --roster ${quote(cls.roster.file)}\` checks again.`,
      ].join("\n"),
    );
  }
  lines(findings.filter(({ status, name }) => status === "notice" || name === "price")).forEach(say);
}
