import * as fs from "node:fs";
import * as path from "node:path";
import { ask } from "../../terminal/ask";
import type { Class, Outcome } from "../model";
import { openClass } from "../open";
import { type ManyOptions, runOptionsOf } from "../run/options";
import { countsText, type Proof } from "../../targets/proof";
import { destroyClass } from "../run/destroy-class";
import { exitCodeOf, outcomeJson, outcomeText } from "../run/outcome";

export interface DestroyOptions extends ManyOptions {
  yes?: boolean;
  html?: string;
  json?: boolean;
}

/** `class destroy`: destroys the seats, and proves it. */
export async function destroy(options: DestroyOptions): Promise<void> {
  const cls = openClass(options, "any");
  const seats = cls.roster.seats.map(({ seat }) => seat);
  const asked = `Destroy ${seats.length === 1 ? "this seat" : `these ${seats.length} seats`} of class ${cls.roster.name} with everything in them: ${seats.join(", ")}?`;
  if (!options.yes && !(await ask(asked))) return;
  const outcomes = await destroyClass(cls, runOptionsOf(cls, options));
  process.stdout.write(
    options.json ? `${JSON.stringify(destroyJson(cls, outcomes), null, 2)}\n` : `${destroyText(outcomes)}\n`,
  );
  process.exitCode = exitCodeOf(outcomes);
}

/** Formats every outcome with its proof, including seats that still have something left. */
export function destroyJson(cls: Class, outcomes: readonly Outcome<Proof>[]): object {
  const proof = (outcome: Outcome<Proof>): Proof | undefined => {
    const file = path.join(cls.folder, "proof", `${outcome.seat.seat}.json`);
    return outcome.status === "done"
      ? outcome.result
      : outcome.status === "failed" && fs.existsSync(file)
        ? (JSON.parse(fs.readFileSync(file, "utf8")) as Proof)
        : undefined;
  };
  return {
    class: cls.roster.name,
    verb: "destroy",
    seats: outcomes.map((outcome) => {
      const { result: _, ...rest } = outcomeJson(outcome);
      const { queries, kept } = proof(outcome) ?? {};
      return {
        ...rest,
        proof: queries,
        ...(queries && {
          queries: queries.length,
          answered: queries.filter(({ unknown }) => unknown === undefined).length,
        }),
        ...(kept && { kept }),
      };
    }),
  };
}

/** Says how many queries prove it, and what they asked for; then lists failures. */
export function destroyText(outcomes: readonly Outcome<Proof>[]): string {
  const proofs = outcomes.flatMap((outcome) => (outcome.status === "done" ? [outcome.result] : []));
  const whats = [...new Set(proofs.flatMap(({ queries }) => queries.map(({ what }) => what)))];
  const queries = proofs.flatMap((proof) => proof.queries);
  const seconds = outcomes.flatMap((outcome) =>
    outcome.status === "done" ? [`${outcome.seat.seat} ${outcome.seconds.toFixed(1)} s`] : [],
  );
  const proof =
    proofs.length > 0
      ? [
          `Gone: ${seconds.join(", ")}.`,
          `Proof: ${queries.length} queries found nothing (${countsText(queries)}: ${whats.join(", ")}).`,
        ]
      : [];
  const kept = proofs.flatMap((one) => one.kept ?? []);
  return [...proof, ...kept, outcomeText(outcomes, "gone")].join("\n");
}
