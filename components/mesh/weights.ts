import { isMap } from "../../base/values";
import { numberIn, shown, type Given } from "../given";

/** Version → share of the traffic in percent, whole numbers that sum to 100. */
export type Weights = Readonly<Record<string, number>>;

/**
 * Reads a split of `service` over `versions`.
 * Istio itself no longer refuses weights that do not sum to 100, so this is the only guard.
 */
export function readWeights(service: string, versions: readonly string[], given: Given): Weights {
  if (!isMap(given.value)) return given.refuse((shown) => `${shown} is not a map of versions to weights; valid is for instance ${example(versions)}`) ?? {};
  const entries = Object.entries(given.value).map(([version, weight]) => [version, numberIn(weight, true)] as const);
  if (entries.length === 0) return given.refuse(() => `is an empty map; name weights that sum to 100, for instance ${example(versions)}`) ?? {};
  const problems = entries.flatMap(([version, weight]) => {
    const text = versions.includes(version) ? weightProblem(weight) : `${service} has no version ${version}; valid: ${versions.join(", ")}`;
    return text === undefined ? [] : [{ version, text }];
  });
  const valid = `a map of ${versions.join(", ")} to weights that sum to 100`;
  for (const { version, text } of problems) given.chosen(version).refuse(text, valid);
  const weights = Object.fromEntries(entries) as Weights;
  if (problems.length === 0) checkSum(given, Object.entries(weights));
  return weights;
}

function weightProblem(weight: unknown): string | undefined {
  const rule = "a weight is a whole number from 0 to 100";
  if (typeof weight === "string") return `${shown(weight)} is text; ${rule}`;
  if (typeof weight !== "number" || Number.isNaN(weight)) return `${shown(weight)} is no number; ${rule}`;
  if (weight < 0) return `${weight} is negative; ${rule}`;
  if (!Number.isInteger(weight)) return `${weight} is not whole; ${rule}`;
  if (weight > 100) return `${weight} is more than 100; ${rule}`;
  return undefined;
}

function checkSum(given: Given, entries: [string, number][]): void {
  const sum = entries.reduce((total, [, weight]) => total + weight, 0);
  if (sum === 100) return;
  const terms = entries.map(([version, weight]) => `${version} ${weight}`).join(" + ");
  given.refuse(`${terms} ${entries.length > 1 ? "sum to" : "makes"} ${sum}; they must sum to 100`, "weights that sum to 100");
}

function example(versions: readonly string[]): string {
  const [first, second] = [versions[0], versions.at(-1)];
  return first === second ? `{${first}: 100}` : `{${first}: 50, ${second}: 50}`;
}
