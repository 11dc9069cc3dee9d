import { azure } from "./azure";
import { embedded } from "./embedded";
import { existing } from "./existing";
import { minikube } from "./minikube";
import type { TargetDefinition } from "./target";

/** All targets that a cluster may come from, one entry each. */
export const targets = { minikube, azure, existing, embedded } satisfies Record<string, TargetDefinition>;

export type Target = keyof typeof targets;

export const targetNames = Object.keys(targets) as Target[];

/** Returns the definition of a target by its name, which may be any text. */
export function targetNamed(name: string | undefined): TargetDefinition | undefined {
  return name !== undefined && Object.hasOwn(targets, name) ? targets[name as Target] : undefined;
}
