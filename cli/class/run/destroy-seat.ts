import * as fs from "node:fs";
import * as path from "node:path";
import { writeWhole } from "../../output-file";
import { clearAfterDown, readyForDown } from "../../ready";
import { configFile, exportStack, targetOf } from "../../stack";
import { generationsOfState } from "../../stack/target-of-state";
import { breakDeadLocks, removeTraces } from "../../state";
import type { Class } from "../class";
import { stackOf } from "../engine";
import type { RosterSeat } from "../model";
import { isClean, leftText, type Proof, type Query } from "../proof/proof";
import { stackQueries } from "../proof/stack";
import { proofOf, type Facts } from "../proof/target-proof";
import { seatConfig } from "../roster/seat-file";
import type { Target } from "../../../config";
import { operation } from "./operation";
import type { SeatLine } from "./over-seats";
import { retrying } from "./retry";
import { SeatTrouble } from "./trouble";

/**
 * Takes one seat away: `pulumi destroy`, then the target is asked for everything that a seat has there. Only when nothing is left goes the stack, with all
 * that this machine keeps of it: as long as something is, the stack is what knows it. @throws SeatTrouble where something is left
 */
export async function destroySeat(of: Class, seat: RosterSeat, hasStack: boolean, line: SeatLine, signal: AbortSignal): Promise<Proof> {
  const { workspace } = of;
  const stack = seat.seat;
  const target = (fs.existsSync(configFile(stack)) ? targetOf(stack) : undefined) ?? seatConfig(of.roster, seat).target;
  const proof = proofOf(target as Target);
  const context = { stack, workspace, config: seatConfig(of.roster, seat) };
  const [noted, proved] = ["facts", "proof"].map((kind) => path.join(of.folder, kind, `${stack}.json`)) as [string, string];
  fs.rmSync(proved, { force: true });
  let facts = readFacts(noted);

  if (hasStack) {
    line.doing("looking at the stack");
    const before = await exportStack(workspace, stack);
    // A state that is empty already was emptied by a run that has noted what was in it.
    if (before.resources.length > 0) facts = { ...facts, generations: generationsOfState(before), ...(await proof.facts(context, before)) };
    write(noted, facts);
    const breakLocks = () => (workspace.state ? breakDeadLocks(workspace.state, stack) : []);
    await retrying(line, signal, { breakLocks }, async () => {
      await readyForDown(workspace, stack, (text) => line.log(`${text}\n`));
      const made = await stackOf(workspace, stack);
      await operation(line, signal, (how) => made.destroy(how));
    });
  }
  line.doing("asking what is left");
  (await clearAfterDown(stack, { target: target as Target, generation: facts.generations as string[] | undefined })).forEach((text) => line.log(`${text}\n`));
  const queries = await proof.queries(context, facts);
  if (isClean(queries)) {
    if (hasStack) await (await stackOf(workspace, stack)).workspace.removeStack(stack);
    forget(of, stack);
    queries.push(...(await stackQueries({ stack, workspace })));
  }
  return judged({ seat: stack, queries });

  /** Notes the proof, and throws where it is none. */
  function judged(found: Proof): Proof {
    write(proved, found);
    line.log(`${found.queries.map(queryText).join("\n")}\n`);
    const left = leftText(found.queries);
    if (left !== undefined) throw new SeatTrouble(left);
    fs.rmSync(noted, { force: true });
    line.doing(`gone: ${found.queries.length} queries came back empty`);
    return found;
  }
}

/** What this machine keeps of a stack that is removed. */
function forget({ workspace }: Class, stack: string): void {
  if (workspace.state) removeTraces(workspace.state, stack);
  fs.rmSync(configFile(stack), { force: true });
}

function queryText({ what, asked, left, unknown }: Query): string {
  return `${what}: ${unknown !== undefined ? `nobody could be asked: ${unknown}` : left.length > 0 ? left.join(", ") : "nothing"} (${asked})`;
}

function readFacts(file: string): Facts {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Facts) : {};
}

function write(file: string, value: object): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, `${JSON.stringify(value, null, 2)}\n`, 0o600);
}
