import * as z from "zod";
import { mapOf, value, withRule } from "../config-schema";
import { numberIn, shown } from "../config-value";

/** Version → share of the traffic in percent. The shares are whole numbers that sum to 100. */
export type Weights = Readonly<Record<string, number>>;

/**
 * Returns the schema of the traffic split of `service` over `versions`. It is the only guard, because Istio itself no
 * longer refuses weights that do not sum to 100.
 */
export function weightsOf(service: string, versions: readonly string[]) {
  const weight = z
    .preprocess((given) => numberIn(given, true), value<number>())
    .meta({
      valid: "a whole number from 0 to 100; the weights of a service sum to 100",
      description: "Share of the traffic in percent.",
    });
  const says = {
    wrong: `is not a map of versions to weights; valid is for instance ${example(versions)}`,
    missing: "",
  };
  return withRule(mapOf(weight, "VERSION", says), (weights, report) => {
    const entries = Object.entries(weights);
    if (entries.length === 0)
      report([], () => `is an empty map; name weights that sum to 100, for instance ${example(versions)}`);
    const problems = entries.flatMap(([version, weight]) => {
      const text = versions.includes(version)
        ? weightProblem(weight)
        : `${service} has no version ${version}; valid: ${versions.join(", ")}`;
      return text === undefined ? [] : [{ version, text }];
    });
    for (const { version, text } of problems)
      report([version], text, { valid: `a map of ${versions.join(", ")} to weights that sum to 100` });
    if (problems.length > 0 || entries.length === 0) return;
    const sum = sumProblem(entries);
    if (sum !== undefined) report([], sum, { valid: "weights that sum to 100" });
  }).describe(`The weights of ${service}. A version that is not named gets nothing.`);
}

function weightProblem(weight: unknown): string | undefined {
  const rule = "a weight is a whole number from 0 to 100";
  if (typeof weight === "string") return `${shown(weight)} is text; ${rule}`;
  if (typeof weight !== "number" || Number.isNaN(weight)) return `${shown(weight)} is not a number; ${rule}`;
  if (weight < 0) return `${weight} is negative; ${rule}`;
  if (!Number.isInteger(weight)) return `${weight} is not whole; ${rule}`;
  if (weight > 100) return `${weight} is more than 100; ${rule}`;
  return undefined;
}

function sumProblem(entries: [string, number][]): string | undefined {
  const sum = entries.reduce((total, [, weight]) => total + weight, 0);
  if (sum === 100) return undefined;
  const terms = entries.map(([version, weight]) => `${version} ${weight}`).join(" + ");
  return `${terms} ${entries.length > 1 ? "sum to" : "makes"} ${sum}; they must sum to 100`;
}

function example(versions: readonly string[]): string {
  const [first, second] = [versions[0], versions.at(-1)];
  return first === second ? `{${first}: 100}` : `{${first}: 50, ${second}: 50}`;
}
