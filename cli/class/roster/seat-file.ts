import * as fs from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { type Document, isCollection, isMap } from "yaml";
import { writeWhole } from "../../../base/files";
import { readYamlText } from "../../../base/yaml";
import { rawConfig } from "../../stack/config-file";
import { configFile, newStackFile, stackFileText, stackText } from "../../stack/stack";
import type { Overlay, Roster, RosterSeat } from "../model";

/**
 * Returns the text of a seat's stack file as `up` writes it. It lays the class' config, the seat's config and the
 * overlay over the existing file. A new seat starts from `roster.from`, without what belongs to that stack alone.
 * Settings that somebody made by hand stay.
 */
export function seatFileText(roster: Roster, seat: RosterSeat, overlay: Overlay = {}): string {
  const there = fs.existsSync(configFile(seat.seat)) ? stackFileText(seat.seat) : undefined;
  if (there !== undefined) rawConfig(there, `Pulumi.${seat.seat}.yaml`); // throws an error that names the unreadable part
  const document = there === undefined ? newSeatFile(roster.from) : readYamlText(there).document;
  const changes = [roster.config, seat.config, overlay]
    .flatMap(Object.entries)
    .filter(([path, value]) => lay(document, path, value));
  return there !== undefined && changes.length === 0 ? there : stackText(document);
}

/**
 * Writes `Pulumi.<seat>.yaml` atomically, and only where the text changed. A new file gets the mark with the class' id.
 * A file that existed before stays the user's.
 */
export function writeSeatFile(roster: Roster, seat: RosterSeat, overlay: Overlay = {}, id?: string): void {
  const file = configFile(seat.seat);
  const text = seatFileText(roster, seat, overlay);
  const there = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  if (there === text) return;
  writeWhole(
    file,
    there === undefined && id !== undefined ? markLine(roster.name, { id, seat: seat.seat }) + text : text,
  );
}

/** Starts a new seat's file from a copy of another stack's file, which may itself be a class seat's. */
function newSeatFile(from: string): Document {
  return readYamlText(withoutMark(stackText(newStackFile(from)))).document;
}

/** Returns the seat's config as `config.ts` reads it: key without namespace → text. Locked secrets are left out. */
export function seatConfig(roster: Roster, seat: RosterSeat, overlay: Overlay = {}): Readonly<Record<string, string>> {
  return rawConfig(seatFileText(roster, seat, overlay)).config;
}

/**
 * Sets the value at a path of the stack's config. Returns whether that changed anything, so that an unchanged file
 * keeps every character.
 */
function lay(document: Document, path: string, value: unknown): boolean {
  const [key, ...inner] = path.split(".");
  const whole = ["config", `istio-lab:${key}`, ...inner];
  if (!isCollection(document.get("config"))) document.set("config", document.createNode({}));
  for (let depth = 2; depth < whole.length; depth++) makeMap(document, whole.slice(0, depth));
  const node: unknown = document.getIn(whole, true);
  if (node !== undefined && isDeepStrictEqual(isCollection(node) ? node.toJS(document) : document.getIn(whole), value))
    return false;
  document.setIn(whole, document.createNode(value));
  return true;
}

/**
 * Makes the value at the path a map. `pulumi config set` writes maps as JSON text, which this parses; anything else is
 * replaced.
 */
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

/** The seat for which `class up` made a stack file. */
interface FileOwner {
  readonly id: string;
  readonly seat: string;
}

/**
 * Returns the first line of each stack file that `class up` makes. `class destroy` removes only files with this line:
 * any other file existed before, and the roster's config was only laid over it. Pulumi keeps comments when it changes
 * the file. The line names the seat because people copy stack files.
 */
export function markLine(name: string, { id, seat }: FileOwner): string {
  return `# Written by \`npm run class -- up\` for class ${name} (${id}), seat ${seat}: \`class destroy\` removes it. Without this line it stays.\n`;
}

const mark = /^# Written by `npm run class -- up` for class \S+ \((\S+)\), seat (\S+): .*\r?\n?/m;

/** Removes the mark: a copy of a seat's file belongs to no seat. */
export function withoutMark(text: string): string {
  return text.replace(mark, "");
}

/** Whether `class up` of this class wrote the file for this seat. */
export function isWrittenFor(text: string, { id, seat }: FileOwner): boolean {
  const [, markedId, markedSeat] = mark.exec(text) ?? [];
  return markedId === id && markedSeat === seat;
}
