import * as pulumi from "@pulumi/pulumi";
import { contextIn, KubeconfigError, type ChosenContext, type Surroundings } from "../../../kube";
import type { ExistingSettings } from "./settings";

/**
 * The context that the config means. A change elsewhere in the user's kubeconfig is then no change of the stack, and the state holds enough to take the
 * seat down again.
 * @throws {pulumi.RunError} naming the key, where there is no such file or context.
 */
export function chooseContext(
  settings: Pick<ExistingSettings, "kubeconfig" | "context">,
  from?: Surroundings,
): ChosenContext {
  try {
    return contextIn(settings, from);
  } catch (error) {
    throw error instanceof KubeconfigError
      ? new pulumi.RunError(`istio-lab:existing.${error.about}: ${error.message}`)
      : error;
  }
}
