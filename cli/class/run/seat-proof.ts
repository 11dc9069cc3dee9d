import * as fs from "node:fs";
import type { Target } from "../../../config";
import { configFile, targetOf } from "../../stack/stack";
import { rawConfig } from "../../stack/config-file";
import type { Class } from "../class";
import type { RosterSeat } from "../model";
import { isClean, troubleIn, type Proof, type Query } from "../proof/proof";
import { proofOf, type ProofContext } from "../proof/target-proof";
import { seatConfig, seatFileText } from "../roster/seat-file";
import type { SeatLine } from "./over-seats";
import { fileOf, writeJson, type SeatFacts } from "./seat-facts";

/** What every target of a seat answers. */
export function askTargets(of: Class, seat: RosterSeat, targets: readonly Target[], facts: SeatFacts): Promise<Query[][]> {
  return Promise.all(targets.map((target) => proofOf(target).queries(contextOf(of, seat), facts)));
}

/** Why the answers prove nothing; each target has to answer by itself. Undefined where they are a proof. */
export function troublesIn(asked: readonly (readonly Query[])[]): string | undefined {
  const all = asked.map(troubleIn).filter((trouble) => trouble !== undefined);
  return all.length > 0 ? all.join("; ") : undefined;
}

export function contextOf({ roster, workspace }: Class, seat: RosterSeat): ProofContext {
  return { stack: seat.seat, workspace, config: seatConfig(roster, seat), locked: rawConfig(seatFileText(roster, seat)).locked };
}

/** Where the config says that the seat is to be. */
export function wantedTarget({ roster }: Class, seat: RosterSeat): Target {
  const written = fs.existsSync(configFile(seat.seat)) ? targetOf(seat.seat) : undefined;
  return (written ?? seatConfig(roster, seat).target) as Target;
}

/** Keeps the proof in the class' folder, and in the seat's log. */
export function keepProof(of: Class, seat: string, queries: readonly Query[], kept: readonly string[], line: SeatLine): Proof {
  const proof: Proof = { seat, class: of.id, at: new Date().toISOString(), queries, ...(kept.length > 0 && { kept }) };
  writeJson(fileOf(of, "proof", seat), proof);
  line.log(`${[...queries.map(queryText), ...kept].join("\n")}\n`);
  return proof;
}

/** The proof of an earlier run of this class, where it was one. */
export function earlierProof(of: Class, seat: string): Proof | undefined {
  const file = fileOf(of, "proof", seat);
  if (!fs.existsSync(file)) return undefined;
  const earlier = JSON.parse(fs.readFileSync(file, "utf8")) as Proof;
  return earlier.class === of.id && isClean(earlier.queries) ? earlier : undefined;
}

/** A stack file that `class up` did not write is the user's, and what removes it. */
export function keptFile(stack: string): string[] {
  const file = `Pulumi.${stack}.yaml`;
  return fs.existsSync(configFile(stack)) ? [`${file} stays: \`class up\` of this class did not write it. rm ${file} removes it.`] : [];
}

function queryText({ what, asked, left, unknown }: Query): string {
  return `${what}: ${unknown !== undefined ? `nobody could be asked: ${unknown}` : left.length > 0 ? left.join(", ") : "nothing"} (${asked})`;
}
