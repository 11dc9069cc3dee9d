import { randomBytes, randomUUID } from "node:crypto";
import type { DynamicOperations } from "../cluster/module-shim";

/** The operations that module-shim.ts loads in Pulumi's dynamic plugin. The program itself never loads them. */
export const signingKey: DynamicOperations<object, { key: string }> = {
  diff: async () => ({ changes: false }),
  // 32 characters: Kiali accepts 16, 24 or 32.
  create: async () => ({ id: randomUUID(), outs: { key: randomBytes(16).toString("hex") } }),
  // Only the state knows the key.
  read: async (id, props) => ({ id, props }),
  update: async () => {
    throw new Error("Nothing of this resource changes.");
  },
  delete: async () => {},
};
