import * as fs from "node:fs";
import * as path from "node:path";
import { faceOf, type Face } from "./face";
import { fontFolder } from "./fetch";
import { packages, type FontPackage } from "./packages";
import { unpackWoff } from "./woff";

/** A slice of a font as a page brings it. */
export interface WebFont {
  readonly id: string;
  readonly family: string;
  readonly data: Buffer;
  /** As CSS' `unicode-range`. */
  readonly range: string;
}

interface Slice extends WebFont {
  readonly face: Face;
}

/** Fonts of packages that are fetched for the name's script; a package that cannot be had is said once, and does without. */
export function packageFaces(say: (text: string) => void, folderOf = fontFolder): (name: string, missing: readonly string[], web: (font: WebFont) => void) => Promise<Face[]> {
  const folders = new Map<FontPackage, Promise<string | undefined>>();
  const slices = new Map<string, Slice>();
  const folder = async (of: FontPackage) => {
    try {
      return await folderOf(of, say);
    } catch (error) {
      say(`Without the font ${of.name}: ${(error as Error).message}.`);
      return undefined;
    }
  };
  return async (name, missing, web) => {
    const faces: Face[] = [];
    for (const of of packages.filter(({ writes }) => writes.test(name))) {
      const left = missing.filter((character) => !faces.some((face) => face.has(character)));
      if (left.length === 0) break;
      if (!folders.has(of)) folders.set(of, folder(of));
      const where = await folders.get(of);
      if (where === undefined) continue;
      for (const [slice, range] of rangesOf(where).filter(([, range]) => left.some((character) => covers(range, character)))) {
        const id = `${of.name}-${slice}`;
        if (!slices.has(id)) slices.set(id, read(id, of, where, range));
        const found = slices.get(id)!;
        if (!left.some((character) => found.face.has(character))) continue;
        faces.push(found.face);
        web(found);
      }
    }
    return faces;
  };
}

function read(id: string, { family }: FontPackage, folder: string, range: string): Slice {
  const data = fs.readFileSync(path.join(folder, `${id}-700-normal.woff`));
  return { id, family, data, range, face: faceOf(id, unpackWoff(data)) };
}

/** The package's slices with their characters. */
function rangesOf(folder: string): [slice: string, range: string][] {
  const ranges = JSON.parse(fs.readFileSync(path.join(folder, "unicode.json"), "utf8")) as Record<string, string>;
  return Object.entries(ranges).map(([slice, range]) => [slice.replace(/[[\]]/g, ""), range]);
}

/** Whether a `unicode-range` has the character. */
export function covers(range: string, character: string): boolean {
  const point = character.codePointAt(0)!;
  return range.split(",").some((part) => {
    const [from, to = from] = part.trim().slice(2).split("-") as [string, string?];
    return parseInt(from, 16) <= point && point <= parseInt(to, 16);
  });
}
