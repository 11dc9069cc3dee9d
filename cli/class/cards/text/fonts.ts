import * as fs from "node:fs";
import { execa } from "execa";
import { type Face, faceOf, missingIn } from "./face";
import { packageFaces, type WebFont } from "./package-fonts";

/** A font file of dejavu-fonts-ttf. */
function dejavu(id: string): Face {
  return faceOf(id, fs.readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${id}.ttf`)));
}

/** The cards' text font. It has Latin, Greek, Cyrillic, Armenian, Georgian, Arabic and Hebrew. */
export const text = dejavu("DejaVuSansCondensed");
export const bold = dejavu("DejaVuSansCondensed-Bold");
export const mono = dejavu("DejaVuSansMono");

/**
 * Finds fonts for a name whose characters the fonts so far lack. `web` receives those that a page must bring itself.
 */
type Source = (name: string, missing: readonly string[], web: (font: WebFont) => void) => Promise<readonly Face[]>;

/** The fonts of a document's names. */
export interface NameFonts {
  facesOf(name: string): readonly Face[];
  readonly web: readonly WebFont[];
}

/**
 * Finds the fonts that names need. Characters that `bold` lacks come from this machine's fonts, or from a fetched
 * package for that script, which is cached. `say` reports what is fetched and why something could not be.
 */
export async function fontsFor(
  names: readonly string[],
  say: (text: string) => void,
  sources: readonly Source[] = [systemFaces, packageFaces(say)],
): Promise<NameFonts> {
  const faces = new Map<string, readonly Face[]>();
  const web = new Map<string, WebFont>();
  for (const name of names) {
    let found: readonly Face[] = [bold];
    for (const source of sources) {
      const missing = missingIn(name, found);
      if (missing.length > 0) found = [...found, ...(await source(name, missing, (font) => web.set(font.id, font)))];
    }
    faces.set(name, found);
  }
  return { facesOf: (name) => faces.get(name) ?? [bold], web: [...web.values()] };
}

const known = new Map<string, Face>();

/** This machine's fonts for the characters, as fontconfig chooses them. Empty without fontconfig. */
async function systemFaces(_name: string, missing: readonly string[]): Promise<Face[]> {
  const faces: Face[] = [];
  for (let left = [...missing]; left.length > 0;) {
    const [first, ...rest] = left;
    const face = await matching(first!);
    if (face?.has(first!)) faces.push(face);
    left = face?.has(first!) ? missingIn(left.join(""), faces) : rest;
  }
  return faces;
}

async function matching(character: string): Promise<Face | undefined> {
  const pattern = `:charset=${character.codePointAt(0)!.toString(16)}:weight=bold:outline=true`;
  const { stdout } = await execa("fc-match", ["--format", "%{file}\n%{postscriptname}", pattern], { reject: false });
  const [file, member] = (stdout ?? "").split("\n");
  if (!file || !fs.existsSync(file)) return undefined;
  const id = `${file}#${member}`;
  if (!known.has(id)) known.set(id, faceOf(id, fs.readFileSync(file), /\.(ttc|otc)$/i.test(file) ? member : undefined));
  const face = known.get(id)!;
  try {
    face.has(character);
    return face;
  } catch {
    return undefined; // a PDF cannot embed this format
  }
}
