import * as fs from "node:fs";
import * as path from "node:path";
import { isThere } from "../../../base/files";
import { labRoot } from "../../../base/paths";
import { quote } from "../../../base/quote";
import { targetNamed } from "../../../components/cluster/targets";
import type { Target } from "../../../config";
import { rawConfig } from "../../stack/config-file";
import { taskRecordFile } from "../../stack/task-record";
import { clearAfterDown, readyForDown } from "../../stack/ready";
import { configFile, exportStack, listStacks, targetOf } from "../../stack/stack";
import { breakDeadLocks, removeTraces, tracesOf } from "../../stack/state";
import { targetsOfState } from "../../stack/target-of-state";
import { proofOf } from "../../targets";
import {
  countsText,
  isClean,
  leftText,
  type Proof,
  type ProofContext,
  type Query,
  query,
  troubleIn,
} from "../../targets/proof";
import type { Class, RosterSeat } from "../model";
import { stackOf } from "../engine";
import { isWrittenFor, seatConfig, seatFileText } from "../roster/seat-file";
import { backendOf } from "./backend";
import { operation } from "./operation";
import { SeatTrouble } from "./outcome";
import type { SeatLine } from "./over-seats";
import { retrying } from "./retry";
import {
  factsHere,
  fileOf,
  forgetFacts,
  isNotedBy,
  readFacts,
  type SeatFacts,
  writeFacts,
  writeJson,
} from "./seat-facts";

/**
 * Destroys one seat: `pulumi destroy`, then asks its target for everything that a seat has there. The stack and its
 * local files go only when nothing is left, because the stack knows the seat's parts. Where the class has no stack here
 * and noted nothing here, this only asks and deletes nothing.
 * @throws SeatTrouble where something is left, or nobody could be asked
 */
export async function destroySeat(
  cls: Class,
  seat: RosterSeat,
  hasStack: boolean,
  line: SeatLine,
  signal: AbortSignal,
): Promise<Proof> {
  const stack = seat.seat;
  const backend = await backendOf(cls.workspace);
  const known = factsHere(cls, stack, backend);
  // An interrupted run may have removed the stack already. Its notes tell what is left to do.
  if (!hasStack && !isNotedBy(cls, known, backend)) return askUnowned(cls, seat, backend, line);

  fs.rmSync(fileOf(cls, "proof", stack), { force: true });
  const facts = hasStack ? await destroyStack(cls, seat, known, backend, line, signal) : known;
  line.doing("checking what is left");
  const targets = facts.noted!.targets;
  const taken = {
    target: targets.find((target) => targetNamed(target)?.isNodeHere),
    generation: facts.generations as string[] | undefined,
  };
  for (const said of await clearAfterDown(stack, taken)) line.log(`${said}\n`);
  const asked = await askTargets(cls, seat, targets, facts);
  const trouble = troublesIn(asked);
  const local = trouble === undefined ? await forget(cls, stack, hasStack) : [];
  const queries = [...asked.flat(), ...local];
  const proof = keepProof(cls, stack, queries, trouble === undefined ? keptFile(stack) : [], line);
  const left = trouble ?? leftText(local);
  if (left !== undefined) throw new SeatTrouble(left);
  forgetFacts(cls, stack);
  line.doing(`gone: ${countsText(queries)}`);
  return proof;
}

/** Runs `pulumi destroy`. Notes the stack's parts before it, because the state is empty afterwards. */
async function destroyStack(
  cls: Class,
  seat: RosterSeat,
  known: SeatFacts,
  backend: string,
  line: SeatLine,
  signal: AbortSignal,
): Promise<SeatFacts> {
  const { workspace } = cls;
  const stack = seat.seat;
  line.doing("reading the stack");
  const before = await exportStack(workspace, stack);
  const facts = await factsOf();
  writeFacts(cls, stack, facts);
  const { state, locks = state } = workspace;
  const breakLocks = () => (locks ? breakDeadLocks(locks, stack) : []);
  await retrying(line, signal, { breakLocks }, async () => {
    await readyForDown(workspace, stack, (text) => line.log(`${text}\n`));
    const made = await stackOf(workspace, stack);
    await operation(line, signal, (how) => made.destroy(how));
  });
  return facts;

  /**
   * The state tells the seat's target. An empty state was never filled, or an interrupted run noted its content before
   * emptying it.
   */
  async function factsOf(): Promise<SeatFacts> {
    const inState = targetsOfState(before);
    const targets: readonly Target[] =
      inState.length > 0 ? inState : (known.noted?.targets ?? [wantedTarget(cls, seat)]);
    const isEmptied = before.resources.length === 0 && Object.keys(known).some((key) => key !== "noted");
    const found = isEmptied
      ? []
      : await Promise.all(targets.map((target) => proofOf(target).facts(contextOf(cls, seat), before)));
    return Object.assign({}, known, ...found, { noted: { class: cls.id, backend, targets } }) as SeatFacts;
  }
}

/** Removes the stack and its local files, including those of an interrupted run, then asks whether they are gone. */
async function forget({ workspace, id }: Class, stack: string, hasStack: boolean): Promise<Query[]> {
  // Without `preserveConfig`, Pulumi removes the stack file, whoever wrote it.
  if (hasStack) await (await stackOf(workspace, stack)).workspace.removeStack(stack, { preserveConfig: true });
  if (workspace.state) removeTraces(workspace.state, stack);
  if (isOwnFile(stack, id)) fs.rmSync(configFile(stack), { force: true });
  return stackQueries({ stack, workspace }, id);
}

/** Asks every target of a seat what it still has. */
function askTargets(cls: Class, seat: RosterSeat, targets: readonly Target[], facts: SeatFacts): Promise<Query[][]> {
  return Promise.all(targets.map((target) => proofOf(target).queries(contextOf(cls, seat), facts)));
}

/** Returns why the answers prove nothing, or undefined where they are a proof. Each target must answer by itself. */
function troublesIn(asked: readonly (readonly Query[])[]): string | undefined {
  const all = asked.map(troubleIn).filter((trouble) => trouble !== undefined);
  return all.length > 0 ? all.join("; ") : undefined;
}

function contextOf({ roster, workspace }: Class, seat: RosterSeat): ProofContext {
  return {
    stack: seat.seat,
    workspace,
    config: seatConfig(roster, seat),
    locked: rawConfig(seatFileText(roster, seat)).locked,
  };
}

/** Returns the target that the config names. */
function wantedTarget({ roster }: Class, seat: RosterSeat): Target {
  const written = fs.existsSync(configFile(seat.seat)) ? targetOf(seat.seat) : undefined;
  return (written ?? seatConfig(roster, seat).target) as Target;
}

/** Writes the proof into the class' folder and into the seat's log. */
function keepProof(
  cls: Class,
  seat: string,
  queries: readonly Query[],
  kept: readonly string[],
  line: SeatLine,
): Proof {
  const proof: Proof = { seat, class: cls.id, at: new Date().toISOString(), queries, ...(kept.length > 0 && { kept }) };
  writeJson(fileOf(cls, "proof", seat), proof);
  line.log(`${[...queries.map(queryText), ...kept].join("\n")}\n`);
  return proof;
}

/** Returns the proof of an earlier run of this class, if there is one. */
function earlierProof(cls: Class, seat: string): Proof | undefined {
  const file = fileOf(cls, "proof", seat);
  if (!fs.existsSync(file)) return undefined;
  const earlier = JSON.parse(fs.readFileSync(file, "utf8")) as Proof;
  return earlier.class === cls.id && isClean(earlier.queries) ? earlier : undefined;
}

/** Says that a stack file stays because `class up` did not write it, and which command removes it. */
function keptFile(stack: string): string[] {
  const file = `Pulumi.${stack}.yaml`;
  return fs.existsSync(configFile(stack))
    ? [`${file} stays: \`class up\` of this class did not write it. \`rm ${file}\` removes it.`]
    : [];
}

function queryText({ what, asked, left, unknown }: Query): string {
  return `${what}: ${unknown !== undefined ? `nothing could be checked: ${unknown}` : left.length > 0 ? left.join(", ") : "nothing"} (${asked})`;
}

/**
 * Asks what exists of a seat that has no stack of the class in this backend and no note of the class here. Deletes
 * nothing, because nothing proves that it is the class'.
 * @throws SeatTrouble where something exists, nobody could be asked, or the stack is in another backend
 */
async function askUnowned(cls: Class, seat: RosterSeat, backend: string, line: SeatLine): Promise<Proof> {
  const stack = seat.seat;
  line.doing("the class has no such stack: checking what exists");
  const facts = readFacts(cls, stack);
  const elsewhere = facts.noted?.class === cls.id ? facts.noted : undefined;
  const asked = await askTargets(cls, seat, elsewhere?.targets ?? [wantedTarget(cls, seat)], elsewhere ? facts : {});
  const local = await stackQueries({ stack, workspace: cls.workspace }, cls.id);
  const trouble = troublesIn(asked);
  const there = asked.flat().filter(({ left }) => left.length > 0);
  const earlier = earlierProof(cls, stack);
  if (elsewhere === undefined && trouble !== undefined && there.length === 0 && earlier !== undefined) {
    line.doing(`gone since ${earlier.at}: ${countsText(earlier.queries)}`);
    return earlier;
  }
  const proof = keepProof(
    cls,
    stack,
    [...asked.flat(), ...local.filter(({ left }) => left.length === 0)],
    [...local.flatMap(keptText), ...keptFile(stack)],
    line,
  );
  if (elsewhere !== undefined) throw new SeatTrouble(elsewhereText(elsewhere.backend, backend, there));
  if (trouble !== undefined) throw new SeatTrouble(unownedText(backend, there, trouble));
  line.doing(`nothing of it exists: ${countsText(proof.queries)}`);
  return proof;
}

function unownedText(backend: string, there: readonly Query[], trouble: string): string {
  const found =
    there.length > 0 ? ` Found: ${namesOf(there)}.` : ` It is unknown whether anything of it is left: ${trouble}.`;
  return `no stack of this class in backend ${backend}, and no record of it here: nothing was deleted.${found}`;
}

function elsewhereText(made: string, backend: string, there: readonly Query[]): string {
  const found = there.length > 0 ? ` Found: ${namesOf(there)}.` : "";
  return `its stack is in backend ${made}, and this is ${backend}: nothing was deleted.${found}`;
}

function namesOf(queries: readonly Query[]): string {
  return queries.map(({ what, left }) => `${what} ${left.join(", ")}`).join("; ");
}

/** Local files of a stack with that name belong to somebody else, so they are no trouble. */
function keptText({ what, left }: Query): string[] {
  return left.length > 0 ? [`${what} ${left.join(", ")} stays: nothing proves that it belongs to this class.`] : [];
}

/**
 * Asks for what a seat has on every target: the stack, its traces in the state, the stack file that the class wrote,
 * and its kubeconfig.
 */
export async function stackQueries(
  { stack, workspace }: Pick<ProofContext, "stack" | "workspace">,
  id: string,
): Promise<Query[]> {
  const { state } = workspace;
  const file = configFile(stack);
  const kubeconfig = path.join(labRoot(), "kubeconfig", stack);
  const record = taskRecordFile(stack);
  const queries = await Promise.all([
    query("stack", "pulumi stack ls", async () =>
      (await listStacks(workspace)).map(({ name }) => name).filter((name) => name === stack),
    ),
    ...(state === undefined
      ? []
      : [
          query("state, history, backups, locks", `find ${path.join(state, ".pulumi")} -name '${stack}*'`, () =>
            tracesOf(state, stack),
          ),
        ]),
    query("stack file", `grep -l 'class -- up.*${id}' ${file}`, () => (isOwnFile(stack, id) ? [file] : [])),
    query("kubeconfig", `ls ${quote(kubeconfig)}`, () => (isThere(kubeconfig) ? [kubeconfig] : [])),
    query("record of tasks", `ls ${quote(record)}`, () => (isThere(record) ? [record] : [])),
  ]);
  return queries.map((one) => ({ ...one, isLocal: true as const }));
}

/** Whether the seat's stack file exists, and `class up` of this class wrote it. */
function isOwnFile(stack: string, id: string): boolean {
  return isThere(configFile(stack)) && isWrittenFor(fs.readFileSync(configFile(stack), "utf8"), { id, seat: stack });
}
