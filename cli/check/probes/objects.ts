import type { ObjectsCheck } from "../../../components/lessons/checks/check";
import type { KubeObject } from "../../../kube";
import { at } from "../../seat/json";
import { holds } from "./answer";
import { beginning, type Probe } from "./probe";

/** Each object; undefined where it does not exist. */
export type ObjectsSeen = (KubeObject | undefined)[];

/** Reads objects, and compares the fields that a lesson wants. */
export const objects: Probe<ObjectsCheck, ObjectsSeen> = {
  expected: ({ wanted }) =>
    wanted.map(({ object, fields }) => [object, ...Object.entries(fields).map(pair)].join(" ")).join("; "),
  look: ({ wanted }, { seat }) => Promise.all(wanted.map(({ path }) => seat.get(path))),
  evaluate({ wanted, about }, seen) {
    const wrong = wanted.flatMap(({ object, fields }, index): string[] => {
      const found = seen[index];
      if (found === undefined) return [`${object} does not exist in namespace ${about.namespace}`];
      const differing = Object.entries(fields).filter(([path, value]) => !holds(at(found, ...keysOf(path)), value));
      return differing.map(([path]) => `${object}: ${path} is ${shown(at(found, ...keysOf(path)))}`);
    });
    if (wrong.length > 0) return { ok: false, seen: wrong.join("; ") };
    return { ok: true, seen: wanted.map(({ object }) => `${object} is as wanted`).join("; ") };
  },
};

function keysOf(path: string): string[] {
  return path.split(".");
}

function pair([path, value]: [string, unknown]): string {
  return `${path}: ${shown(value)}`;
}

function shown(value: unknown): string {
  return value === undefined ? "not set" : beginning(JSON.stringify(value), 80);
}
