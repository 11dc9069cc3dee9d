import { preconditions } from "./preconditions";
import type { Finding } from "../../preflight/finding";

/** What the embedded target asks: this machine alone, as its node is made here. `npm run up` asks the same before it builds anything. */
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
