import * as path from "node:path";
import { require as load } from "tsx/cjs/api";
import { projectRoot } from "../../base/paths";

/** embedded/node/seat, loaded as the lab's dynamic resources load it: it loads its parts when they are needed, which vitest's loader does not follow. */
export const seats = (): typeof import("../../embedded/node/seat") =>
  load(path.join(projectRoot, "embedded/node/seat.ts"), __filename);
