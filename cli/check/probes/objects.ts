import type { ObjectsCheck } from "../../../components/lessons/checks/check";
import type { KubeObject } from "../../../kube";
import { at, listAt } from "../../seat/json";
import { holds } from "./answer";
import { beginning, type Probe } from "./probe";

/** Each object; undefined where it does not exist. */
export type ObjectsSeen = (KubeObject | undefined)[];

/** Reads objects, and compares the fields that a lesson wants. */
export const objects: Probe<ObjectsCheck, ObjectsSeen> = {
  expected: ({ wanted }) =>
    wanted
      .map(({ object, fields, isAbsent }) =>
        isAbsent ? `no ${object}` : [object, ...Object.entries(fields).map(pair)].join(" "),
      )
      .join("; "),
  look: ({ wanted }, { seat }) => Promise.all(wanted.map(({ path }) => seat.get(path))),
  evaluate({ wanted, about }, seen) {
    const wrong = wanted.flatMap(({ object, fields, isAbsent }, index): string[] => {
      const found = seen[index];
      if (isAbsent) return found === undefined ? [] : [`${object} exists`];
      if (found === undefined) return [`${object} does not exist in namespace ${about.namespace}`];
      return Object.entries(fields).flatMap(([path, value]) => {
        const values = valuesAt(found, path.split("."));
        if (values.some((one) => holds(one ?? null, value))) return [];
        return [`${object}: ${path} is ${values.length === 0 ? "not set" : values.map(shown).join(" or ")}`];
      });
    });
    if (wrong.length > 0) return { ok: false, seen: wrong.join("; ") };
    return {
      ok: true,
      seen: wanted
        .map(({ object, isAbsent }) => `${object} ${isAbsent ? "does not exist" : "is as wanted"}`)
        .join("; "),
    };
  },
};

/** The values at a path; with `*`, those of every item of a list. */
function valuesAt(value: unknown, [key, ...rest]: readonly string[]): readonly unknown[] {
  if (key === undefined) return [value];
  return (key === "*" ? listAt(value) : [at(value, key)]).flatMap((inner) => valuesAt(inner, rest));
}

function pair([path, value]: [string, unknown]): string {
  return `${path}: ${shown(value)}`;
}

function shown(value: unknown): string {
  return value === undefined ? "not set" : beginning(JSON.stringify(value), 80);
}
