import { isMap } from "../../check/diagnosis/json";
import type { Change } from "../model";
import type { Field } from "./fields";

/** A destination's share: the rule it is in, the service, and its version where it has one. */
const SHARE = /^(.*)\.(?:route|backendRefs)\[(\S+)(?: (\S+))?\](\.weight)?$/;

/** What is different in an object, shares of a service first and together: `reviews v1 90 → 75, v3 10 → 25`. */
export function fieldTexts({ fields }: Pick<Change, "fields">): string[] {
  const shares = new Map<string, string[]>();
  const rest: string[] = [];
  const told = new Set(fields.flatMap(({ path }) => (path.endsWith(".weight") && SHARE.test(path) ? [path.slice(0, -".weight".length)] : [])));
  for (const field of fields) {
    const [, rule, service, version, weight] = SHARE.exec(field.path) ?? [];
    if (rule !== undefined && weight) {
      const of = `${service}${conditionOf(rule)}`;
      shares.set(of, [...(shares.get(of) ?? []), `${version ? `${version} ` : ""}${arrow(field)}`]);
    } else if (!(told.has(field.path) && (field.before === undefined || field.after === undefined))) {
      // The destination itself, of one that came or went, is told by its share.
      rest.push(`${field.path} ${arrow(field)}`);
    }
  }
  return [...[...shares].map(([of, texts]) => `${of} ${texts.join(", ")}`), ...rest];
}

/** Whether its texts need no object's name before them: a share says itself of which service it is. */
export function saysWhose({ fields }: Pick<Change, "fields">): boolean {
  return fields.every(({ path }) => SHARE.test(path));
}

/** ` for jason`, where the rule is not for everybody. */
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
export function said(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return value === "" ? '""' : short(value);
  return short(isMap(value) || Array.isArray(value) ? JSON.stringify(value) : String(value));
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
