import * as path from "node:path";
import { isMap, isScalar, isSeq } from "yaml";
import { readYamlText } from "../../../base/yaml";
import { isMap as isPlainMap, shown } from "../../../components/given";
import { readText } from "../../../base/text-file";
import { readCsv } from "./csv";
import type { Draft, DraftSeat } from "./draft";
import type { Problems } from "./problems";

const keys = ["from", "expires", "config", "seats"];
const seatKeys = ["seat", "trainee", "email", "expires", "config"];

/** A roster in YAML: what is of every seat, then `seats`, a list or the path of a CSV beside it. */
export function readYaml(text: string, file: string, problems: Problems): Draft {
  const { document, value: whole, problems: found, lineOf: numberOf } = readYamlText(text);
  for (const { line, text } of found) problems.tell(`line ${line}`, text);
  const nothing = { config: undefined, seats: [] };
  if (found.length > 0) return nothing;
  if (!isMap(document.contents) || !isPlainMap(whole)) {
    problems.tell("", `is no roster: it is a map with any of ${keys.join(", ")}`);
    return nothing;
  }
  const lineOf = (node: unknown) => `line ${numberOf(node)}`;
  for (const { key } of document.contents.items) {
    if (isScalar(key) && !keys.includes(String(key.value))) problems.tell(lineOf(key), `${String(key.value)} is no key of a roster; valid: ${keys.join(", ")}`);
  }
  const { from, expires, config } = whole;
  const nodes = document.get("seats", true);
  if (typeof whole.seats === "string") return { from, expires, config, seats: seatsOf(whole.seats, file, problems) };
  if (!isSeq(nodes)) {
    problems.tell(nodes === undefined ? "" : lineOf(nodes), `seats is ${nodes === undefined ? "not given" : shown(whole.seats)}; valid is a list of {seat, trainee}, or the path of a CSV`);
    return { from, expires, config, seats: [] };
  }
  return { from, expires, config, seats: (whole.seats as unknown[]).flatMap((seat, index) => readSeat(seat, lineOf(nodes.items[index]), problems)) };
}

/** The seats of a CSV that the roster names. */
function seatsOf(name: string, file: string, problems: Problems): DraftSeat[] {
  const text = readText(path.resolve(path.dirname(file), name), (problem) => problems.tell("", `seats: ${name} ${problem}`));
  return text === undefined ? [] : readCsv(text, (line) => `${name} line ${line}`, problems);
}

function readSeat(given: unknown, at: string, problems: Problems): DraftSeat[] {
  if (!isPlainMap(given)) {
    problems.tell(at, `${shown(given)} is no seat; valid is for instance {seat: seat-01, trainee: Ada Lovelace}`);
    return [];
  }
  for (const key of Object.keys(given).filter((key) => !seatKeys.includes(key))) problems.tell(at, `${key} is no key of a seat; valid: ${seatKeys.join(", ")}; keys of the stack go under config`);
  const { seat, trainee, email, expires, config } = given;
  return [{ at, seat, trainee, email, expires, config }];
}
