import type { Target } from "../../config";
import { UserError } from "../../base/errors";
import type { TargetProof } from "./proof";
import { targetOf } from "../stack/stack";
import { azure } from "./azure";
import { embedded } from "./embedded";
import { existing } from "./existing";
import { minikube } from "./minikube";
import type { TargetCommands } from "./target";

export type { ClusterStatus, TargetCommands } from "./target";

/** The existing targets: one line each. */
const targets: Record<Target, TargetCommands> = { azure, minikube, existing, embedded };

/** The target in a stack's config file. @throws UserError where the file names none or an unknown one */
export function requireTarget(stack: string): Target {
  const target = targetOf(stack);
  if (target !== undefined && Object.hasOwn(targets, target)) return target as Target;
  const valid = Object.keys(targets).join(", ");
  throw new UserError(
    target === undefined
      ? `Stack ${stack}: Pulumi.${stack}.yaml does not say where the cluster comes from. Set istio-lab:target there to one of ${valid}.`
      : `Stack ${stack}: ${target} (istio-lab:target in Pulumi.${stack}.yaml) is not a target; valid: ${valid}.`,
  );
}

/** The commands' behaviour on a stack's target. @throws UserError like `requireTarget`. */
export function commandsOf(stack: string): TargetCommands {
  return targets[requireTarget(stack)];
}

/** Like `commandsOf`, for a text that may name no target. */
export function commandsNamed(name: string | undefined): TargetCommands | undefined {
  return name !== undefined && Object.hasOwn(targets, name) ? targets[name as Target] : undefined;
}

/** Like `commandsOf`, for a stack that has no config file yet. */
export function commandsFor(target: Target): TargetCommands {
  return targets[target];
}

/** The proof that a seat on `target` is gone. */
export function proofOf(target: Target): TargetProof {
  return targets[target].proof();
}
