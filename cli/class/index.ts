/**
 * The class: one roster, many seats. `npm run class -- VERB` works on all of them at once. It deletes only stacks
 * that carry the class' id, or that it noted here before it created them. This file is the folder's public interface:
 * code outside of cli/class imports nothing else from it.
 */
export { classCommand } from "./commands";
export type { PreflightSeat } from "./preflight/facts";
