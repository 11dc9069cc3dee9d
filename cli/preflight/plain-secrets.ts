import { onStack } from "../../base/advice";
import { secretsIn } from "../stack/secret-values";
import { fileConfig } from "../stack/stack";
import { localName } from "../../base/names";
import type { Finding } from "./finding";

/**
 * Secrets that stand in a stack's file in plain text. They work, so they are only a notice. No message shows their
 * value.
 */
export function plainSecretFindings(stack: string): Finding[] {
  return Object.entries(fileConfig(stack))
    .flatMap(([key, value]) => secretsIn(key, value))
    .map((path) => ({
      name: "secret",
      status: "notice",
      seen: `Pulumi.${localName(stack)}.yaml has istio-lab:${path} in plain text: whoever may read the file, or gets it with the checkout, has it`,
      todo: `lock it, from a file that has it: ${onStack(stack, `npm run -s pulumi -- config set --secret --path istio-lab:${path} < FILE`)}`,
    }));
}
