import { randomUUID } from "node:crypto";
import type { DynamicOperations } from "../module-shim";

/**
 * Generates the id of a seat in somebody's cluster; module-shim.ts loads it. The id exists before the guard creates
 * anything. After a killed run the guard therefore recognises what it left.
 */
export const seatId: DynamicOperations = {
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: randomUUID(), outs: inputs }),
  read: async (id, props) => ({ id, props }),
  update: async (_id, _olds, news) => ({ outs: news }),
  delete: async () => undefined,
};
