import { systemNamespace } from "../../../components/mesh/system-namespace";
import { ingressNamespace } from "../../../components/mesh/gateway";
import { type Change, touches } from "../../preview/changes";
import { type ProgramChanges, WHY_PROGRAM } from "../../preview/program";
import { changeText } from "../../preview/text";
import type { Beside, CheckResult, Hint } from "../result";
import { firstOf } from "./objects";

/** How many changes a sentence names. */
const NAMED = 4;
const LOOK = "npm run -s pulumi -- preview --diff";
const FIX = "npm run up";

/** The hint of a check for which the cluster shows no cause: what the program would change for it. */
export function programHint({ failure, hint }: CheckResult, { changes, unknown }: ProgramChanges): Hint {
  if (unknown !== undefined)
    return { ...hint!, cause: `${hint!.cause} What the program would change is unknown: ${unknown}` };
  const { namespace, beyond = [] } = failure!.check.about;
  const here = changes.filter((change) => touches(change, [namespace, ...beyond, systemNamespace, ingressNamespace]));
  return here.length === 0 ? hint! : { cause: causeOf(here), look: LOOK, fix: FIX };
}

/** The changes, where no failed check has them as its cause. */
export function programBeside(results: readonly CheckResult[], { changes = [] }: ProgramChanges): readonly Beside[] {
  const isTold = results.some(({ hint }) => hint?.look === LOOK);
  return changes.length === 0 || isTold ? [] : [{ cause: causeOf(changes), look: LOOK, fix: FIX, mayExplain: [] }];
}

function causeOf(changes: readonly Change[]): string {
  return `The program would still change the seat: ${firstOf(changes.map(changeText), NAMED)}. ${WHY_PROGRAM}`;
}
