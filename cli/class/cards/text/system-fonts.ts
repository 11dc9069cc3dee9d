import * as fs from "node:fs";
import { execa } from "execa";
import { faceOf, missingIn, type Face } from "./face";

const known = new Map<string, Face>();

/** This machine's own fonts for the characters, as fontconfig chooses them. None where there is no fontconfig. */
export async function systemFaces(_name: string, missing: readonly string[]): Promise<Face[]> {
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
