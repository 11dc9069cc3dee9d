import * as pulumi from "@pulumi/pulumi";
import { contextIn, KubeconfigError, type ChosenContext, type Surroundings } from "../../../kube";
import type { ExistingSettings } from "./settings";

/**
 * Reads the chosen context out of the user's kubeconfig. Changes to its other contexts then do not change the stack,
 * and the state holds enough to take the seat down.
 * @throws {pulumi.RunError} that names the config key, where the file or context does not exist
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
