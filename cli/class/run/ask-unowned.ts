import type { Class } from "../class";
import type { RosterSeat } from "../model";
import { countsText, type Proof, type Query } from "../proof/proof";
import { stackQueries } from "../proof/stack";
import type { SeatLine } from "./over-seats";
import { readFacts } from "./seat-facts";
import { askTargets, earlierProof, keepProof, keptFile, troublesIn, wantedTarget } from "./seat-proof";
import { SeatTrouble } from "./trouble";

/**
 * Asks what there is of a seat that has no stack of the class in this backend, and of which the class noted nothing for it. Deletes nothing: what is there was
 * not proved to be the class'. @throws SeatTrouble where something is there, nobody could be asked, or the stack is in another backend
 */
export async function askUnowned(of: Class, seat: RosterSeat, backend: string, line: SeatLine): Promise<Proof> {
  const stack = seat.seat;
  line.doing("no stack of the class: asking what is there");
  const facts = readFacts(of, stack);
  const elsewhere = facts.noted?.class === of.id ? facts.noted : undefined;
  const asked = await askTargets(of, seat, elsewhere?.targets ?? [wantedTarget(of, seat)], elsewhere ? facts : {});
  const local = await stackQueries({ stack, workspace: of.workspace }, of.id);
  const trouble = troublesIn(asked);
  const there = asked.flat().filter(({ left }) => left.length > 0);
  const earlier = earlierProof(of, stack);
  if (elsewhere === undefined && trouble !== undefined && there.length === 0 && earlier !== undefined) {
    line.doing(`gone since ${earlier.at}: ${countsText(earlier.queries)}`);
    return earlier;
  }
  const proof = keepProof(of, stack, [...asked.flat(), ...local.filter(({ left }) => left.length === 0)], [...local.flatMap(keptText), ...keptFile(stack)], line);
  if (elsewhere !== undefined) throw new SeatTrouble(elsewhereText(elsewhere.backend, backend, there));
  if (trouble !== undefined) throw new SeatTrouble(unownedText(backend, there, trouble));
  line.doing(`nothing of it is here: ${countsText(proof.queries)}`);
  return proof;
}

function unownedText(backend: string, there: readonly Query[], trouble: string): string {
  const found = there.length > 0 ? ` What is there: ${namesOf(there)}.` : ` Whether anything of it is left is unknown: ${trouble}.`;
  return `no stack of this class in backend ${backend}; nothing of it was noted here: nothing was deleted.${found}`;
}

function elsewhereText(made: string, backend: string, there: readonly Query[]): string {
  const found = there.length > 0 ? ` What is there: ${namesOf(there)}.` : "";
  return `its stack is in backend ${made}, and this is ${backend}: nothing was deleted.${found}`;
}

function namesOf(queries: readonly Query[]): string {
  return queries.map(({ what, left }) => `${what} ${left.join(", ")}`).join("; ");
}

/** What this machine keeps of a stack of that name is somebody's, and no trouble. */
function keptText({ what, left }: Query): string[] {
  return left.length > 0 ? [`${what} ${left.join(", ")} stays: nothing says that it is this class'.`] : [];
}
