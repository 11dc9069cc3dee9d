import { randomBytes, randomUUID } from "node:crypto";
import type { DynamicOperations } from "../cluster/module-shim";

/** What module-shim.ts loads in Pulumi's dynamic plugin. The program itself never loads it. */
export const signingKey: DynamicOperations<object, { key: string }> = {
  diff: async () => ({ changes: false }),
  // 32 characters: Kiali takes 16, 24 or 32.
  create: async () => ({ id: randomUUID(), outs: { key: randomBytes(16).toString("hex") } }),
  // Nothing but the state knows it.
  read: async (id, props) => ({ id, props }),
  update: async () => {
    throw new Error("Nothing of this resource changes.");
  },
  delete: async () => {},
};
