import { randomUUID } from "node:crypto";
import type { DynamicOperations } from "../module-shim";

/**
 * The id of a seat in a cluster that is somebody's, loaded by module-shim.ts. It is drawn before the guard makes anything: what a killed guard has left is found
 * by it again.
 */
export const seatId: DynamicOperations = {
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: randomUUID(), outs: inputs }),
  read: async (id, props) => ({ id, props }),
  update: async (_id, _olds, news) => ({ outs: news }),
  delete: async () => undefined,
};
