import * as path from "node:path";

/** The stack files that the project ships. Those in the checkout's root are the user's to change, and `npm run up` changes them. */
export const shippedStacks = ["embedded", "dev"] as const;

/** A shipped stack file as no user has changed it. */
export function stackFile(stack: (typeof shippedStacks)[number]): string {
  return path.join(__dirname, "stacks", `Pulumi.${stack}.yaml`);
}
