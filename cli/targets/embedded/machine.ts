import { preconditions } from "./preconditions";
import type { Finding } from "../../preflight/finding";

/**
 * The embedded target's checks. They concern only this machine, because the node is made here. `npm run up` runs the
 * same checks before it builds anything.
 */
export function machineFindings(): Finding[] {
  const name = "this machine";
  try {
    preconditions();
    return [
      {
        name,
        status: "ok",
        seen: "it has what an embedded seat needs: Linux on x86-64, root, Debian's packages, Go and room",
      },
    ];
  } catch (error) {
    return [{ name, status: "refused", seen: (error as Error).message }];
  }
}
