import { isMap } from "../../../base/values";
import { brief, yamlFile } from "../../config-file";

/** A rule of Prometheus' `metric_relabel_configs` (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config). */
export type RelabelConfig = Readonly<Record<string, unknown>>;

/** Actions of a rule. Those of the first list write into `target_label`. */
const writing = ["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"];
const actions = [...writing, "keep", "drop", "labelmap", "labeldrop", "labelkeep"];
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

const fields: Readonly<Record<string, { valid: string; is: (value: unknown) => boolean }>> = {
  source_labels: {
    valid: "a list of labels",
    is: (value) => Array.isArray(value) && value.every((label) => typeof label === "string" && LABEL.test(label)),
  },
  separator: { valid: "a text", is: (value) => typeof value === "string" },
  regex: { valid: "a regular expression of RE2", is: (value) => typeof value === "string" && isRe2(value) },
  modulus: { valid: "a whole number above 0", is: (value) => Number.isInteger(value) && Number(value) > 0 },
  target_label: {
    valid: "a label",
    is: (value) => typeof value === "string" && LABEL.test(value.replace(/\$\{?\w+\}?/g, "x")),
  },
  replacement: { valid: "a text", is: (value) => typeof value === "string" },
  action: { valid: actions.join(", "), is: (value) => actions.includes(value as string) },
};

/**
 * The schema of `istio.metricRelabelConfigs`. Prometheus would not start with an unknown rule, and nobody would see
 * why.
 */
export const metricRelabelConfigs = yamlFile<RelabelConfig>(
  "a list of Prometheus' metric_relabel_configs",
  (value, refuse) => {
    if (!Array.isArray(value)) {
      refuse(`is not a list; valid is a list of Prometheus' metric_relabel_configs`);
      return [];
    }
    return value.filter((rule, index): rule is RelabelConfig => {
      const problems = problemsOf(rule);
      problems.forEach((problem) => refuse(`[${index}]: ${problem}`));
      return problems.length === 0;
    });
  },
);

function problemsOf(rule: unknown): string[] {
  if (!isMap(rule)) return [`${brief(rule)} is not a map`];
  const known = Object.entries(rule).map(([key, value]) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) return `${brief(key)} is not a key; valid: ${Object.keys(fields).join(", ")}`;
    return field.is(value) ? undefined : `${key} ${brief(value)} is not valid; valid: ${field.valid}`;
  });
  const action = rule.action ?? "replace";
  const target =
    writing.includes(action as string) && rule.target_label === undefined
      ? [`action ${String(action)} needs target_label`]
      : [];
  const modulus = action === "hashmod" && rule.modulus === undefined ? ["action hashmod needs modulus"] : [];
  return [...known.filter((problem) => problem !== undefined), ...target, ...modulus];
}

/**
 * Whether Go would accept the pattern, as far as JavaScript can tell. RE2 has no lookahead, lookbehind or
 * backreferences.
 */
function isRe2(pattern: string): boolean {
  const plain = pattern.replace(/\\[\\]/g, "");
  if (/\(\?(=|!|<=|<!)|\\[1-9]/.test(plain)) return false;
  try {
    new RegExp(
      pattern
        .replace(/\(\?[imsU]+\)/g, "")
        .replace(/\(\?[imsU]+:/g, "(?:")
        .replace(/\(\?P</g, "(?<"),
    );
    return true;
  } catch {
    return false;
  }
}
