import * as path from "node:path";
import { require as load } from "tsx/cjs/api";
import { projectRoot } from "../../base/paths";

/**
 * Loads embedded/node/seat as the lab's dynamic resources do. It loads its parts only when needed, which vitest's
 * loader cannot follow.
 */
export const seats = (): typeof import("../../embedded/node/seat") =>
  load(path.join(projectRoot, "embedded/node/seat.ts"), __filename);
