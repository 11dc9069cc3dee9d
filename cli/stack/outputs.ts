import { isMap } from "../../base/values";
import { isSecret } from "../../base/pulumi-marks";
import type { Deployment } from "./stack";

/** The outputs that a stack's state has, as `pulumi stack output --json` prints them: a secret is `[secret]`. */
export function outputsIn({ resources }: Pick<Deployment, "resources">): Record<string, unknown> {
  const stack = resources.find((resource) => resource.type === "pulumi:pulumi:Stack" && !resource.delete);
  return hidden(stack?.outputs ?? {}) as Record<string, unknown>;
}

function hidden(value: unknown): unknown {
  if (isSecret(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(hidden);
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hidden(inner)])) : value;
}
