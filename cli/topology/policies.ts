import type { KubeObject } from "../../kube";
import type { Policy } from "./model";

interface Rule {
  from?: { source?: Record<string, string[]> }[];
  to?: { operation?: Record<string, string[]> }[];
  when?: { key: string; values?: string[]; notValues?: string[] }[];
}

/** Describes an AuthorizationPolicy in a few words. */
export function policyOf({ metadata, spec }: KubeObject): Policy {
  const action = (spec?.action ?? "ALLOW") as Policy["action"];
  const rules = (spec?.rules ?? []) as Rule[];
  return { name: metadata.name, action, rules: rules.length === 0 ? "nobody" : rules.map(wordsOf).join("; ") };
}

/** `frontend: GET, POST`. Identities are shown without the part that is the same in all of them. */
function wordsOf({ from = [], to = [], when = [] }: Rule): string {
  const who = from.flatMap(({ source = {} }) =>
    Object.entries(source).map(
      ([field, values]) => `${field.startsWith("not") ? "not " : ""}${values.map(shortIdentity(field)).join(", ")}`,
    ),
  );
  const what = to.flatMap(({ operation = {} }) =>
    Object.entries(operation).map(([field, values]) => `${field.startsWith("not") ? "not " : ""}${values.join(", ")}`),
  );
  const how = when.map(
    ({ key, values, notValues }) => `${key} ${values ? values.join(", ") : `not ${(notValues ?? []).join(", ")}`}`,
  );
  const conditions = [...what, ...how].join(", ");
  return [who.join(", ") || "anybody", conditions].filter(Boolean).join(": ");
}

const shortIdentity = (field: string) => (value: string) => {
  const account = /^[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(value);
  if (account) return account[2]!;
  return /namespaces/i.test(field) ? `namespace ${value}` : value;
};
