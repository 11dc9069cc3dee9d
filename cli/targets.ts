import type { Target } from "../config";
import { UserError } from "./errors";
import { preconditions as embeddedPreconditions } from "./preconditions";
import type { Finding, PreflightContext } from "./preflight/finding";
import type { Stage } from "./progress";
import type { RawConfig } from "./stack-config";
import { targetOf } from "./stack";
import { embeddedStagesFor, stagesElsewhere } from "./steps";

/** What the commands do otherwise from target to target. */
export interface TargetCommands {
  /** What this machine must have before anything is built. @throws UserError that names all that is missing. */
  preconditions(): void;
  /** What is built or fetched, once, for a stack with this config. */
  stages(config: RawConfig["config"]): Stage[];
  /** Asked by `npm run preflight`, and by `npm run up` before anything is made; undefined where a seat's machine is asked by `preconditions` alone. */
  findings?(context: PreflightContext): Promise<Finding[]>;
}

// Each preflight is loaded when it is asked: `up` of another target must not wait for its libraries.
const elsewhere = { preconditions: () => undefined, stages: stagesElsewhere };
const targets: Record<Target, TargetCommands> = {
  azure: { ...elsewhere, findings: (context) => (require("./preflight/azure") as typeof import("./preflight/azure")).findings(context) },
  minikube: { ...elsewhere, findings: (context) => (require("./preflight/minikube") as typeof import("./preflight/minikube")).findings(context) },
  existing: { ...elsewhere, findings: (context) => (require("./preflight/existing") as typeof import("./preflight/existing")).findings(context) },
  embedded: { preconditions: embeddedPreconditions, stages: embeddedStagesFor },
};

/** The target of a stack by its config file. @throws UserError when the file names none, or one that is none. */
export function requireTarget(stack: string): Target {
  const target = targetOf(stack);
  if (target !== undefined && Object.hasOwn(targets, target)) return target as Target;
  const valid = Object.keys(targets).join(", ");
  throw new UserError(
    target === undefined
      ? `Stack ${stack}: Pulumi.${stack}.yaml does not say where the cluster comes from. Set istio-lab:target there to one of ${valid}.`
      : `Stack ${stack}: ${target} (istio-lab:target in Pulumi.${stack}.yaml) is no target; valid: ${valid}.`,
  );
}

/** What the commands do for a stack's target. @throws UserError like `requireTarget`. */
export function commandsOf(stack: string): TargetCommands {
  return targets[requireTarget(stack)];
}

/** The same by the target, for a stack that has no config file yet. */
export function commandsFor(target: Target): TargetCommands {
  return targets[target];
}
