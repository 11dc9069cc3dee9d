import * as fs from "node:fs";
import { execa } from "execa";
import { type Face, faceOf, missingIn } from "./face";
import { packageFaces, type WebFont } from "./package-fonts";

/** A font file that dejavu-fonts-ttf brings. */
function dejavu(id: string): Face {
  return faceOf(id, fs.readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${id}.ttf`)));
}

/** What the cards are set in: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic and Hebrew are in it. */
export const text = dejavu("DejaVuSansCondensed");
export const bold = dejavu("DejaVuSansCondensed-Bold");
export const mono = dejavu("DejaVuSansMono");

/** Where fonts come from for a name that those before lack characters of. `web` is told of those that a page has to bring itself. */
type Source = (name: string, missing: readonly string[], web: (font: WebFont) => void) => Promise<readonly Face[]>;

/** The fonts of a document's names. */
export interface NameFonts {
  facesOf(name: string): readonly Face[];
  readonly web: readonly WebFont[];
}

/**
 * The fonts that names need. What `bold` has not, this machine's own fonts may have; else a package of the one script is fetched, and kept.
 * `say` is told what is fetched, and why something could not be.
 */
export async function fontsFor(names: readonly string[], say: (text: string) => void, sources: readonly Source[] = [systemFaces, packageFaces(say)]): Promise<NameFonts> {
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

/** This machine's own fonts for the characters, as fontconfig chooses them. None where there is no fontconfig. */
async function systemFaces(_name: string, missing: readonly string[]): Promise<Face[]> {
  const faces: Face[] = [];
  for (let left = [...missing]; left.length > 0; ) {
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
    return undefined; // a format that cannot be put into a PDF
  }
}
