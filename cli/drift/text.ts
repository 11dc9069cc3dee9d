import { isMap } from "../../base/values";
import type { Field } from "./fields";

/** Returns e.g. `1 VirtualService` or `2 NetworkPolicies`. */
export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}${/s$/.test(noun) ? "es" : "s"}`}`;
}

/** A destination's share: its rule, its service, and its version if it has one. */
export const SHARE = /^(.*)\.(?:route|backendRefs)\[(\S+)(?: (\S+))?\](\.weight)?$/;

/** An object's differences, with the shares of each service first and together: `reviews v1 90 → 75, v3 10 → 25`. */
export function fieldTexts({ fields }: { readonly fields: readonly Field[] }): string[] {
  const shares = new Map<string, string[]>();
  const rest: string[] = [];
  const told = new Set(
    fields.flatMap(({ path }) =>
      path.endsWith(".weight") && SHARE.test(path) ? [path.slice(0, -".weight".length)] : [],
    ),
  );
  for (const field of fields) {
    const [, rule, service, version, weight] = SHARE.exec(field.path) ?? [];
    if (rule !== undefined && weight) {
      const of = `${service}${conditionOf(rule)}`;
      shares.set(of, [...(shares.get(of) ?? []), `${version ? `${version} ` : ""}${arrow(field)}`]);
    } else if (!(told.has(field.path) && (field.before === undefined || field.after === undefined))) {
      // The share already tells that the destination came or went.
      rest.push(`${field.path} ${arrow(field)}`);
    }
  }
  return [...[...shares].map(([of, texts]) => `${of} ${texts.join(", ")}`), ...rest];
}

/** Returns e.g. ` for jason`, where the rule has a condition. */
function conditionOf(rule: string): string {
  const match = /\[(.*)\]$/.exec(rule)?.[1];
  return match === undefined || match === "*" || /^\d+$/.test(match) ? "" : ` for ${short(match)}`;
}

function arrow({ before, after }: Field): string {
  if ([before, after].some((value) => typeof value === "string" && value.includes("\n"))) return "changed";
  if (before === after) return "changed";
  return `${said(before)} → ${said(after)}`;
}

/** A value in a few words. */
function said(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return value === "" ? '""' : short(value);
  return short(isMap(value) || Array.isArray(value) ? JSON.stringify(value) : String(value));
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
