import { azure } from "./azure";
import { embedded } from "./embedded";
import { existing } from "./existing";
import { minikube } from "./minikube";
import type { TargetDefinition } from "./target";

/** Where a cluster may come from: one line each. */
export const targets = { minikube, azure, existing, embedded } satisfies Record<string, TargetDefinition>;

export type Target = keyof typeof targets;

export const targetNames = Object.keys(targets) as Target[];
