import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, inflateSync } from "node:zlib";
import { execa } from "execa";
import { extract } from "tar-stream";
import { cacheRoot } from "../../../../base/paths";
import { fonts } from "../../../../versions";
import { type Face, faceOf } from "./face";

/** A slice of a font that a page brings. */
export interface WebFont {
  readonly id: string;
  readonly family: string;
  readonly data: Buffer;
  /** In the form of CSS' `unicode-range`. */
  readonly range: string;
}

interface Slice extends WebFont {
  readonly face: Face;
}

/**
 * Fonts from packages that are fetched for the name's script. A package that cannot be fetched is reported once and
 * skipped.
 */
export function packageFaces(
  say: (text: string) => void,
  folderOf = fontFolder,
): (name: string, missing: readonly string[], web: (font: WebFont) => void) => Promise<Face[]> {
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
      for (const [slice, range] of rangesOf(where).filter(([, range]) =>
        left.some((character) => covers(range, character)),
      )) {
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

/**
 * A pinned font package of npm's @fontsource: https://www.npmjs.com/org/fontsource. Each has a font in slices, with the
 * characters of each slice.
 */
interface FontPackage {
  readonly name: string;
  readonly family: string;
  /** The names that this font may help with. */
  readonly writes: RegExp;
  readonly integrity: string;
  /** The size of the download; a tenth of it is kept. */
  readonly megabytes: number;
}

/**
 * All of the first three have Chinese characters; the rest of the name decides which regional forms it needs. All have
 * the licence OFL-1.1.
 */
export const packages: readonly FontPackage[] = [
  {
    name: "noto-sans-jp",
    family: "Noto Sans JP",
    writes: /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
    integrity: "sha512-OZbBzZ8LrFRs2RFT2Cc0HUV2C2ZeSfyEXhDJWR0EZuZaraJfRubpvrFmUnCljuBDEkw8Vn6CE/+nf9dj9b+0lg==",
    megabytes: 79,
  },
  {
    name: "noto-sans-kr",
    family: "Noto Sans KR",
    writes: /\p{Script=Hangul}/u,
    integrity: "sha512-/JnpTjaCOXW7xUoqOyCVYSr05VOkDy5Yla9O+WAEiS7u+yYLsmHoqj6v1W0bf91G8G3XA2+NnRS3CX2Tf/FVZg==",
    megabytes: 50,
  },
  {
    name: "noto-sans-sc",
    family: "Noto Sans SC",
    writes: /\p{Script=Han}/u,
    integrity: "sha512-HeqIlGm0+ohOKxZLuHj1qW6r6avHH0OWdKERAcSDI0RQ+MXrteuLKA+M+5eOA8rYy0MFvOR5AT0fQo2rUkye0Q==",
    megabytes: 73,
  },
  {
    name: "noto-sans-devanagari",
    family: "Noto Sans Devanagari",
    writes: /\p{Script=Devanagari}/u,
    integrity: "sha512-7khYmipS/5KAUUmrO1DKir8yL8XI00d0+ZE9BqbS8XF1jzObv6CpPOk3UeYxF+Pvi8bx9bBvprBCOcbx/eQWTQ==",
    megabytes: 1.4,
  },
  {
    name: "noto-sans-thai",
    family: "Noto Sans Thai",
    writes: /\p{Script=Thai}/u,
    integrity: "sha512-ngqUyvDukkZUHypQbUJvUdAeYa2aYZsyeDTsdqMudf7GK2F2TK19OZ5kbo+37qsBtkNpmAMhEObQnWnzPqzKUw==",
    megabytes: 0.5,
  },
  {
    name: "noto-emoji",
    family: "Noto Emoji",
    writes: /\p{Extended_Pictographic}/u,
    integrity: "sha512-y/aOmKKsVYi91vu3jwcrcyFN6Q80YV8UG9U5KGbV+Fxmfxr2lzSRmDkGSLaTdHPjJI+niiknSFixL+x7ti6gNg==",
    megabytes: 11,
  },
];

/** Keeps these files of a package: the slices in the names' weight, their characters, and the licence. */
const kept = /^package\/(?:files\/([\w-]+-700-normal\.woff)|(unicode\.json|LICENSE))$/;

/**
 * Returns a font package's folder in the cache. Fetches it with `npm pack` if missing, from the user's own registry and
 * without adding it to this project.
 * @throws Error where the package cannot be fetched, or does not match its pin
 */
export async function fontFolder(
  { name, integrity, megabytes }: FontPackage,
  say: (text: string) => void,
): Promise<string> {
  const folder = path.join(cacheRoot(), "fonts", `${name}-${fonts}`);
  if (fs.existsSync(folder)) return folder;
  say(`Fetching the font ${name} for the names on the cards, once (${megabytes} MB) …`);
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const draft = fs.mkdtempSync(path.join(path.dirname(folder), `${name}-`));
  try {
    const archive = await packed(name, draft);
    const seen = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
    if (seen !== integrity) throw new Error(`@fontsource/${name} ${fonts} is not the pinned one (${seen})`);
    await unpack(archive, draft);
    // Another run may have been faster; its folder is equivalent.
    if (!fs.existsSync(folder)) fs.renameSync(draft, folder);
    return folder;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

async function packed(name: string, folder: string): Promise<Buffer> {
  // Runs outside the project, because npm would run the scripts of its package.json.
  const run = await execa("npm", ["pack", `@fontsource/${name}@${fonts}`, "--silent", "--pack-destination", folder], {
    cwd: os.tmpdir(),
    reject: false,
    stdin: "ignore",
  });
  if (run.failed)
    throw new Error(
      `npm pack @fontsource/${name} failed: ${(run.stderr || run.shortMessage || "").trim().split("\n").at(-1)}`,
    );
  const file = path.join(folder, run.stdout.trim().split("\n").at(-1)!);
  const archive = fs.readFileSync(file);
  fs.rmSync(file);
  return archive;
}

async function unpack(archive: Buffer, folder: string): Promise<void> {
  const files = extract();
  const reading = pipeline(Readable.from([archive]), createGunzip(), files);
  for await (const entry of files) {
    const [, slice, other] = kept.exec(entry.header.name) ?? ([] as undefined[]);
    const file = slice ?? other;
    if (file === undefined) entry.resume();
    else await pipeline(entry, fs.createWriteStream(path.join(folder, file)));
  }
  await reading;
}

const WOFF = { header: 44, entry: 20 };
const SFNT = { header: 12, entry: 16 };

/**
 * Returns the font inside a WOFF (https://www.w3.org/TR/WOFF): the same tables, decompressed. pdfkit's font library
 * reads WOFF, but its inflate accepts streams that other inflaters refuse (slice 101 of Noto Sans SC).
 */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.toString("latin1", 0, 4) !== "wOFF") throw new Error("no WOFF");
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, index) => {
    const [tag, offset, packed, length, checksum] = Array.from({ length: 5 }, (_, field) =>
      woff.readUInt32BE(WOFF.header + index * WOFF.entry + field * 4),
    ) as [number, number, number, number, number];
    const data = woff.subarray(offset, offset + packed);
    return { tag, checksum, data: packed < length ? inflateSync(data) : data };
  });
  const power = 2 ** Math.floor(Math.log2(count));
  const header = Buffer.alloc(SFNT.header + count * SFNT.entry);
  woff.copy(header, 0, 4, 8);
  [count, power * 16, Math.log2(power), (count - power) * 16].forEach((value, index) =>
    header.writeUInt16BE(value, 4 + index * 2),
  );
  let at = header.length;
  for (const [index, { tag, checksum, data }] of tables.entries()) {
    [tag, checksum, at, data.length].forEach((value, field) =>
      header.writeUInt32BE(value, SFNT.header + index * SFNT.entry + field * 4),
    );
    at += padded(data.length);
  }
  return Buffer.concat([header, ...tables.map(({ data }) => Buffer.concat([data], padded(data.length)))]);
}

/** Tables start at multiples of four. */
function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
