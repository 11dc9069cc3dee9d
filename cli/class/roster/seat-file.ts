import * as fs from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { type Document, isCollection, isMap } from "yaml";
import { writeWhole } from "../../../base/files";
import { readYamlText } from "../../../base/yaml";
import { rawConfig } from "../../stack/config-file";
import { configFile, newStackFile, stackFileText, stackText } from "../../stack/stack";
import type { Overlay, Roster, RosterSeat } from "../model";

/**
 * The text of a seat's stack file as `up` writes it: the file that is there (or, for a new seat, that of `roster.from` without what belongs to that stack
 * alone), with the class' config, the seat's own and the overlay laid over it. What was set by hand otherwise stays.
 */
export function seatFileText(roster: Roster, seat: RosterSeat, overlay: Overlay = {}): string {
  const there = fs.existsSync(configFile(seat.seat)) ? stackFileText(seat.seat) : undefined;
  if (there !== undefined) rawConfig(there, `Pulumi.${seat.seat}.yaml`); // refuses by name what cannot be read
  const document = there === undefined ? newSeatFile(roster.from) : readYamlText(there).document;
  const changes = [roster.config, seat.config, overlay].flatMap(Object.entries).filter(([path, value]) => lay(document, path, value));
  return there !== undefined && changes.length === 0 ? there : stackText(document);
}

/**
 * Writes it to `Pulumi.<seat>.yaml`, whole or not at all; leaves a file alone that says the same. A file that is new gets the line that says so, with the class' id:
 * what was there before stays the user's.
 */
export function writeSeatFile(roster: Roster, seat: RosterSeat, overlay: Overlay = {}, id?: string): void {
  const file = configFile(seat.seat);
  const text = seatFileText(roster, seat, overlay);
  const there = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  if (there === text) return;
  writeWhole(file, there === undefined && id !== undefined ? markLine(roster.name, { id, seat: seat.seat }) + text : text);
}

/** What a new seat's file begins as: a copy of another stack's, which may be a seat's of a class itself. */
function newSeatFile(from: string): Document {
  return readYamlText(withoutMark(stackText(newStackFile(from)))).document;
}

/** The seat's config as `config.ts` reads it: key without namespace → text. Of the file as `seatFileText` gives it; locked secrets are left out. */
export function seatConfig(roster: Roster, seat: RosterSeat, overlay: Overlay = {}): Readonly<Record<string, string>> {
  return rawConfig(seatFileText(roster, seat, overlay)).config;
}

/** Sets the value at a path of the stack's config. Returns whether that changed anything, so that a file that says it already keeps its every character. */
function lay(document: Document, path: string, value: unknown): boolean {
  const [key, ...inner] = path.split(".");
  const whole = ["config", `istio-lab:${key}`, ...inner];
  if (!isCollection(document.get("config"))) document.set("config", document.createNode({}));
  for (let depth = 2; depth < whole.length; depth++) makeMap(document, whole.slice(0, depth));
  const node: unknown = document.getIn(whole, true);
  if (node !== undefined && isDeepStrictEqual(isCollection(node) ? node.toJS(document) : document.getIn(whole), value)) return false;
  document.setIn(whole, document.createNode(value));
  return true;
}

/** Where a map is to be: one that is written as text, as `pulumi config set` does it, is that map; what is no map at all goes. */
function makeMap(document: Document, path: string[]): void {
  const node: unknown = document.getIn(path, true);
  if (isMap(node)) return;
  document.setIn(path, document.createNode(mapIn(document.getIn(path))));
}

function mapIn(value: unknown): object {
  try {
    const inner: unknown = typeof value === "string" ? JSON.parse(value) : undefined;
    return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
  } catch {
    return {};
  }
}

/** Whose a stack file is that `class up` made. */
interface FileOwner {
  readonly id: string;
  readonly seat: string;
}

/**
 * The line on top of a stack file that `class up` made. `class destroy` removes no file without it: one that was there before is somebody's, and the roster's
 * config was only laid over it. Pulumi keeps comments when it changes the file. The seat's name is in it, because stack files are copied.
 */
export function markLine(name: string, { id, seat }: FileOwner): string {
  return `# Written by \`npm run class -- up\` for class ${name} (${id}), seat ${seat}: \`class destroy\` removes it. Without this line it stays.\n`;
}

const mark = /^# Written by `npm run class -- up` for class \S+ \((\S+)\), seat (\S+): .*\r?\n?/m;

/** The text without any such line: a copy of a seat's file is not that seat's. */
export function withoutMark(text: string): string {
  return text.replace(mark, "");
}

/** Whether `class up` of this class wrote the file for this seat. */
export function isWrittenFor(text: string, { id, seat }: FileOwner): boolean {
  const [, markedId, markedSeat] = mark.exec(text) ?? [];
  return markedId === id && markedSeat === seat;
}
