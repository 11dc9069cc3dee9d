import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { deflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { missingIn, openFont } from "../../../../cli/class/cards/text/face";
import { covers, fontFolder, packageFaces, packages, unpackWoff } from "../../../../cli/class/cards/text/package-fonts";
import { fit, runsOf } from "../../../../cli/class/cards/pen";
import { bold, fontsFor } from "../../../../cli/class/cards/text/fonts";

const texts = (line: string) => runsOf(line, [bold]).map(({ text }) => text);

describe("a line of both directions", () => {
  it("is one piece where it has one direction", () => {
    expect(texts("Ada Lovelace")).toEqual(["Ada Lovelace"]);
    expect(texts("محمد عبد الله")).toEqual(["محمد عبد الله"]);
  });

  it("stands as it is seen: numbers and brackets within Arabic", () => {
    // Drawn from the left: the number, then the Arabic piece, which is shaped from right to left with its brackets turned.
    expect(texts("محمد (علي) 42")).toEqual(["42", "محمد )علي( "]);
    expect(texts("Ada שרה Byron")).toEqual(["Ada ", "שרה", " Byron"]);
  });

  it("is drawn in the font that has the character, and its blanks in the first", () => {
    const pictures = {
      id: "pictures",
      has: (character: string) => "🦄💻👩".includes(character),
      font: () => expect.unreachable("nothing is drawn here"),
    };
    const runs = runsOf("Ada 🦄 Byron 👩\u200d💻", [bold, pictures]);
    expect(runs.map(({ face, text }) => [face.id, text])).toEqual([
      [bold.id, "Ada "],
      ["pictures", "🦄"],
      [bold.id, " Byron "],
      ["pictures", "👩💻"],
    ]);
  });

  it("loses nothing", () => {
    for (const name of ["Ada שרה Byron", "محمد 42", "Zoë"])
      expect([...texts(name).join("")].sort()).toEqual([...name].sort());
  });
});

describe("a name within a width", () => {
  const widthOf = ({ text }: { text: string }) => text.length * 0.5;
  const fitted = (name: string) => fit(name, { width: 100, size: 10, faces: [bold], widthOf });

  it("has its size, or a smaller one, or two lines", () => {
    expect(fitted("Ada Lovelace")).toMatchObject({ size: 10, lines: [[{ text: "Ada Lovelace" }]] });
    expect(fitted("Ada Lovelace, Ada Lovelace").size).toBeCloseTo(7.69, 1);
    expect(fitted("Maximiliane Alexandra Wolfeschlegelstein").lines.map(([run]) => run!.text)).toEqual([
      "Maximiliane Alexandra",
      "Wolfeschlegelstein",
    ]);
  });

  it("is broken within a word where there is only one", () => {
    const { size, lines } = fitted("W".repeat(60));
    expect(lines.map(([run]) => run!.text.length)).toEqual([30, 30]);
    expect(30 * 0.5 * size).toBeLessThanOrEqual(100);
  });
});

describe("fonts of packages", () => {
  let folder: string;
  beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "fonts-"))));
  afterEach(() => {
    vi.unstubAllEnvs();
    fs.rmSync(folder, { recursive: true });
  });

  /** DejaVu instead of a package's slice: what has letters of Georgian and no Chinese. */
  const slice = () => woffOf(fs.readFileSync(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf")));

  it("are unpacked to the tables they were made of", () => {
    const font = openFont(unpackWoff(slice()));
    expect(font.hasGlyphForCodePoint("ა".codePointAt(0)!)).toBe(true);
    expect(font.glyphForCodePoint("A".codePointAt(0)!).path.commands.length).toBeGreaterThan(5);
  });

  it("are taken by what each slice covers, and only where the name is in their script", async () => {
    fs.writeFileSync(path.join(folder, "noto-sans-sc-7-700-normal.woff"), slice());
    fs.writeFileSync(path.join(folder, "unicode.json"), JSON.stringify({ "[7]": "U+41-5a,U+738b", "[8]": "U+5c0f" }));
    const asked: string[] = [];
    const source = packageFaces(
      () => undefined,
      async ({ name }) => (asked.push(name), folder),
    );
    const fonts = await fontsFor(["Ada", "王"], () => undefined, [source]);
    expect(asked).toEqual(["noto-sans-sc"]);
    // The stand-in says it covers 王, and does not: a font is believed by its glyphs.
    expect(missingIn("王", fonts.facesOf("王"))).toEqual(["王"]);
    expect(fonts.web).toEqual([]);
  });

  it("that cannot be had are said once, and done without", async () => {
    const said: string[] = [];
    const source = packageFaces(
      (text) => said.push(text),
      () => Promise.reject(new Error("no registry answers")),
    );
    const fonts = await fontsFor(["王小明", "李小龍"], () => undefined, [source]);
    expect(said).toEqual(["Without the font noto-sans-sc: no registry answers."]);
    expect(missingIn("王小明", fonts.facesOf("王小明"))).toHaveLength(3);
  });

  it("are refused when they are not the ones that are pinned, and nothing of them is kept", async () => {
    fs.mkdirSync(path.join(folder, "bin"));
    // npm's part: a file where it was asked for, and its name.
    const npm = '#!/bin/sh\nfor folder; do :; done\necho other > "$folder/other.tgz"\necho other.tgz\n';
    fs.writeFileSync(path.join(folder, "bin", "npm"), npm, { mode: 0o755 });
    vi.stubEnv("PATH", `${path.join(folder, "bin")}${path.delimiter}${process.env.PATH}`);
    vi.stubEnv("ISTIO_LAB_CACHE", path.join(folder, "cache"));
    await expect(fontFolder(packages[0]!, () => undefined)).rejects.toThrow(
      "@fontsource/noto-sans-jp 5.3.0 is not the pinned one (sha512-",
    );
    expect(fs.readdirSync(path.join(folder, "cache", "fonts"))).toEqual([]);
  });
});

it("reads the ranges of a style sheet", () => {
  expect(covers("U+41-5a, U+738b,U+1f980-1f9ff", "王")).toBe(true);
  expect(covers("U+41-5a, U+738b,U+1f980-1f9ff", "🦄")).toBe(true);
  expect(covers("U+41-5a, U+738b", "小")).toBe(false);
});

/** A TrueType font as WOFF, https://www.w3.org/TR/WOFF. */
function woffOf(font: Buffer): Buffer {
  const count = font.readUInt16BE(4);
  const tables = Array.from({ length: count }, (_, index) => {
    const [tag, checksum, offset, length] = [0, 4, 8, 12].map((field) =>
      font.readUInt32BE(12 + index * 16 + field),
    ) as [number, number, number, number];
    const data = font.subarray(offset, offset + length);
    const packed = deflateSync(data);
    return { tag, checksum, length, packed: packed.length < length ? packed : data };
  });
  const header = Buffer.alloc(44 + count * 20);
  header.write("wOFF", 0, "latin1");
  font.copy(header, 4, 0, 4);
  header.writeUInt16BE(count, 12);
  let at = header.length;
  for (const [index, { tag, checksum, length, packed }] of tables.entries()) {
    [tag, at, packed.length, length, checksum].forEach((value, field) =>
      header.writeUInt32BE(value, 44 + index * 20 + field * 4),
    );
    at += Math.ceil(packed.length / 4) * 4;
  }
  return Buffer.concat([
    header,
    ...tables.map(({ packed }) => Buffer.concat([packed], Math.ceil(packed.length / 4) * 4)),
  ]);
}
