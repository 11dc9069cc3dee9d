/** Version → share of the traffic in percent, whole numbers that sum to 100. */
export type Weights = Readonly<Record<string, number>>;

/** Something wrong with a map of weights; `version` is the offending entry, or undefined when it is the map as a whole. */
export interface WeightProblem {
  version?: string;
  text: string;
}

/**
 * Reads `given`, as it is in the config, as a split of `service` over `versions`. The weights are right when there are no problems.
 * Istio itself no longer refuses weights that do not sum to 100, so this is the only guard.
 */
export function readWeights(service: string, versions: readonly string[], given: unknown): { weights: Weights; problems: WeightProblem[] } {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return { weights: {}, problems: [{ text: `${shown(given)} is not a map of versions to weights; valid is for instance ${example(versions)}` }] };
  }
  const entries = Object.entries(given).map(([version, weight]) => [version, numberIn(weight)] as const);
  const weights = Object.fromEntries(entries) as Weights;
  if (entries.length === 0) return { weights, problems: [{ text: `is an empty map; name weights that sum to 100, for instance ${example(versions)}` }] };
  const problems = entries.flatMap(([version, weight]) => {
    if (!versions.includes(version)) return [{ version, text: `${service} has no version ${version}; valid: ${versions.join(", ")}` }];
    const text = weightProblem(weight);
    return text === undefined ? [] : [{ version, text }];
  });
  return { weights, problems: problems.length > 0 ? problems : sumProblem(Object.entries(weights)) };
}

/**
 * A number written as text counts as that number: `pulumi config set --path` stores 20.5 as text, and from then on, because it keeps the type of what was
 * there, 20 as well.
 */
function numberIn(value: unknown): unknown {
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
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

function sumProblem(entries: [string, number][]): WeightProblem[] {
  const sum = entries.reduce((total, [, weight]) => total + weight, 0);
  if (sum === 100) return [];
  const terms = entries.map(([version, weight]) => `${version} ${weight}`).join(" + ");
  return [{ text: `${terms} ${entries.length > 1 ? "sum to" : "makes"} ${sum}; they must sum to 100` }];
}

function example(versions: readonly string[]): string {
  const [first, second] = [versions[0], versions.at(-1)];
  return first === second ? `{${first}: 100}` : `{${first}: 50, ${second}: 50}`;
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
