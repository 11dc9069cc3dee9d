import * as fs from "node:fs";
import { targetNamed } from "../../../components/cluster/targets";
import type { Target } from "../../../config";
import { clearAfterDown, readyForDown } from "../../stack/ready";
import { configFile, exportStack } from "../../stack/stack";
import { targetsOfState } from "../../stack/target-of-state";
import { breakDeadLocks, removeTraces } from "../../stack/state";
import type { Class } from "../class";
import { stackOf } from "../engine";
import type { RosterSeat } from "../model";
import { countsText, leftText, type Proof, type Query } from "../proof/proof";
import { isOwnFile, stackQueries } from "../proof/stack";
import { proofOf } from "../proof/target-proof";
import { askUnowned } from "./ask-unowned";
import { backendOf } from "./backend";
import { operation } from "./operation";
import type { SeatLine } from "./over-seats";
import { retrying } from "./retry";
import { factsHere, fileOf, forgetFacts, isNotedBy, writeFacts, type SeatFacts } from "./seat-facts";
import { askTargets, contextOf, keepProof, keptFile, troublesIn, wantedTarget } from "./seat-proof";
import { SeatTrouble } from "./trouble";

/**
 * Takes one seat away: `pulumi destroy`, then its target is asked for everything that a seat has there. Only when nothing is left goes the stack, with all that
 * this machine keeps of it: as long as something is, the stack is what knows it. A seat that has no stack of the class here, and of which the class noted
 * nothing here, is only asked for. @throws SeatTrouble where something is left, or nobody could be asked
 */
export async function destroySeat(of: Class, seat: RosterSeat, hasStack: boolean, line: SeatLine, signal: AbortSignal): Promise<Proof> {
  const stack = seat.seat;
  const backend = await backendOf(of.workspace);
  const known = factsHere(of, stack, backend);
  // An earlier run may have been ended after it had removed the stack: what it noted is what is left to do.
  if (!hasStack && !isNotedBy(of, known, backend)) return askUnowned(of, seat, backend, line);

  fs.rmSync(fileOf(of, "proof", stack), { force: true });
  const facts = hasStack ? await destroyStack(of, seat, known, backend, line, signal) : known;
  line.doing("asking what is left");
  const targets = facts.noted!.targets;
  const taken = { target: targets.find((target) => targetNamed(target)?.isNodeHere), generation: facts.generations as string[] | undefined };
  for (const said of await clearAfterDown(stack, taken)) line.log(`${said}\n`);
  const asked = await askTargets(of, seat, targets, facts);
  const trouble = troublesIn(asked);
  const local = trouble === undefined ? await forget(of, stack, hasStack) : [];
  const queries = [...asked.flat(), ...local];
  const proof = keepProof(of, stack, queries, trouble === undefined ? keptFile(stack) : [], line);
  const left = trouble ?? leftText(local);
  if (left !== undefined) throw new SeatTrouble(left);
  forgetFacts(of, stack);
  line.doing(`gone: ${countsText(queries)}`);
  return proof;
}

/** `pulumi destroy`. What the stack has is noted before it, since the state that knows it is empty afterwards. */
async function destroyStack(of: Class, seat: RosterSeat, known: SeatFacts, backend: string, line: SeatLine, signal: AbortSignal): Promise<SeatFacts> {
  const { workspace } = of;
  const stack = seat.seat;
  line.doing("looking at the stack");
  const before = await exportStack(workspace, stack);
  const facts = await factsOf();
  writeFacts(of, stack, facts);
  const { state, locks = state } = workspace;
  const breakLocks = () => (locks ? breakDeadLocks(locks, stack) : []);
  await retrying(line, signal, { breakLocks }, async () => {
    await readyForDown(workspace, stack, (text) => line.log(`${text}\n`));
    const made = await stackOf(workspace, stack);
    await operation(line, signal, (how) => made.destroy(how));
  });
  return facts;

  /** The state says where the seat is. One that is empty was never filled, or was emptied by a run that noted what was in it. */
  async function factsOf(): Promise<SeatFacts> {
    const inState = targetsOfState(before);
    const targets: readonly Target[] = inState.length > 0 ? inState : (known.noted?.targets ?? [wantedTarget(of, seat)]);
    const isEmptied = before.resources.length === 0 && Object.keys(known).some((key) => key !== "noted");
    const found = isEmptied ? [] : await Promise.all(targets.map((target) => proofOf(target).facts(contextOf(of, seat), before)));
    return Object.assign({}, known, ...found, { noted: { class: of.id, backend, targets } }) as SeatFacts;
  }
}

/** Removes the stack, and what this machine keeps of it: also what a run left that was ended on the way. Asks afterwards whether it is so. */
async function forget({ workspace, id }: Class, stack: string, hasStack: boolean): Promise<Query[]> {
  // Without `preserveConfig` Pulumi removes the stack file, whoever wrote it.
  if (hasStack) await (await stackOf(workspace, stack)).workspace.removeStack(stack, { preserveConfig: true });
  if (workspace.state) removeTraces(workspace.state, stack);
  if (isOwnFile(stack, id)) fs.rmSync(configFile(stack), { force: true });
  return stackQueries({ stack, workspace }, id);
}
