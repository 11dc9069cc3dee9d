import { isSecret } from "../../base/pulumi-marks";
import { isMap } from "../../base/values";
import type { Deployment } from "./stack";
import { pulumiOutput, type Workspace } from "./workspace";

/** A stack's outputs as index.ts exports them. A secret reads `[secret]`. */
export interface Outputs {
  readonly GATEWAY_URL?: string;
  readonly INGRESS_HOST?: string;
  readonly INGRESS_PORT?: number;
  readonly SECURE_INGRESS_PORT?: number;
  /** The lessons that the last `up` installed, with their URLs. */
  readonly lessons?: Readonly<Record<string, string>> | "[secret]";
  readonly KIALI_URL?: string;
  /** `GRAFANA_URL` and so on: an installed addon with web pages has one. */
  readonly [name: string]: unknown;
}

/**
 * Asks Pulumi for a stack's outputs, without secrets. Returns undefined if the stack does not exist.
 * @throws {PulumiFailed} where Pulumi cannot say
 */
export async function readOutputs(workspace: Workspace, stack: string): Promise<Outputs | undefined> {
  const text = await outputText(workspace, stack, ["--json"], /no stack named/i);
  return text === undefined ? undefined : (JSON.parse(text) as Outputs);
}

/**
 * Asks Pulumi for one secret output. Returns undefined if the stack or the output does not exist.
 * @throws {PulumiFailed} where Pulumi cannot say
 */
export async function readSecretOutput(
  workspace: Workspace,
  stack: string,
  name: "kubeconfig",
): Promise<string | undefined> {
  return outputText(workspace, stack, [name, "--show-secrets"], /no stack named|does not have output property/i);
}

/** Takes the outputs from a stack's state, in the form of `readOutputs`. */
export function outputsIn({ resources }: Pick<Deployment, "resources">): Outputs {
  const stack = resources.find((resource) => resource.type === "pulumi:pulumi:Stack" && !resource.delete);
  return hidden(stack?.outputs ?? {}) as Outputs;
}

async function outputText(
  workspace: Workspace,
  stack: string,
  words: readonly string[],
  none: RegExp,
): Promise<string | undefined> {
  try {
    return await pulumiOutput(workspace, ["stack", "output", ...words, "--stack", stack]);
  } catch (error) {
    if (none.test((error as Error).message)) return undefined;
    throw error;
  }
}

function hidden(value: unknown): unknown {
  if (isSecret(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(hidden);
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hidden(inner)])) : value;
}
