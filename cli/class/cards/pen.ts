import bidiFactory from "bidi-js";
import { type Face, faceFor } from "./text/face";

interface Where {
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly face: Face;
  readonly colour: string;
  readonly align?: "center";
}

/** The line height relative to the size, for text of several lines. */
const LEADING = 1.25;

/** The width of each text at size 1. */
const widths = new WeakMap<Face, Map<string, number>>();

/** Draws text on a PDF page from baselines. Does not use pdfkit's line breaks, which ignore text direction. */
export class Pen {
  constructor(
    private readonly document: PDFKit.PDFDocument,
    private readonly dry?: "measure only",
  ) {}

  /** Draws one line, smaller where it would be too wide. Returns its width. */
  write(text: string, { x, y, width, size, face, colour, align }: Where): number {
    const wide = this.widthOf({ face, text });
    const fitted = Math.min(size, width / wide);
    this.run({ face, text }, align === "center" ? x + (width - wide * fitted) / 2 : x, y, fitted, colour);
    return wide * fitted;
  }

  /**
   * Draws as many lines as needed. Breaks at pauses of an address or command, else anywhere. Returns the next baseline.
   */
  wrapped(text: string, where: Where): number {
    const lines = this.broken(text, where);
    for (const [index, line] of lines.entries())
      this.run(
        { face: where.face, text: line },
        where.x,
        where.y + index * where.size * LEADING,
        where.size,
        where.colour,
      );
    return where.y + lines.length * where.size * LEADING;
  }

  heightOf(texts: readonly string[], where: Pick<Where, "size" | "face" | "width">): number {
    return texts.reduce((sum, text) => sum + this.broken(text, where).length * where.size * LEADING + 2, 0);
  }

  /** Draws a name in one or two lines from its top. Returns the y below it. */
  fitted(
    text: string,
    { x, y, width, size, faces, colour }: Omit<Where, "face" | "align"> & { readonly faces: readonly Face[] },
  ): number {
    const { size: fitted, lines } = fit(text, { width, size, faces, widthOf: (run) => this.widthOf(run) });
    let base = y + fitted * 0.95;
    for (const [index, runs] of lines.entries()) {
      if (index > 0) base += fitted * 1.2;
      let left = x;
      for (const run of runs) {
        this.run(run, left, base, fitted, colour);
        left += this.widthOf(run) * fitted;
      }
    }
    return base + 4;
  }

  line(x: number, y: number, width: number, weight: number, colour: string): void {
    if (!this.dry)
      this.document
        .lineWidth(weight)
        .strokeColor(colour)
        .moveTo(x, y)
        .lineTo(x + width, y)
        .stroke();
  }

  /** Draws what `made` returns. Measuring needs no path, and a path takes long to make. */
  path(made: () => { path: string; size: number }, x: number, y: number, size: number): void {
    if (this.dry) return;
    const { path, size: modules } = made();
    this.document
      .save()
      .translate(x, y)
      .scale(size / modules)
      .path(path)
      .fill("#000000")
      .restore();
  }

  private run({ face, text }: Run, x: number, y: number, size: number, colour: string): void {
    if (text === "" || this.dry) return;
    // With a list of features, even an empty one, pdfkit shapes the whole run, not each word. So letters join, and
    // right-to-left words keep their order.
    this.font(face)
      .fontSize(size)
      .fillColor(colour)
      .text(text, x, y, { lineBreak: false, baseline: "alphabetic", features: [] });
  }

  /** Returns a run's width at size 1. A card is measured in several sizes, and most of its texts are on each card. */
  private widthOf({ face, text }: Run): number {
    if (text === "") return 0;
    if (!widths.has(face)) widths.set(face, new Map());
    const known = widths.get(face)!;
    const width = known.get(text) ?? this.font(face).fontSize(100).widthOfString(text, { features: [] }) / 100;
    known.set(text, width);
    return width;
  }

  private font(face: Face): PDFKit.PDFDocument {
    // pdfkit takes an opened font, too, which its types do not know.
    return this.document.registerFont(face.id, face.font() as unknown as PDFKit.Mixins.PDFFontSource).font(face.id);
  }

  private broken(text: string, { size, face, width }: Pick<Where, "size" | "face" | "width">): string[] {
    const lines: string[] = [];
    let line = "";
    const fits = (candidate: string) => this.widthOf({ face, text: candidate }) * size <= width;
    for (const piece of text.split(/(?<=[ .?&-]|[^/]\/)/)) {
      if (line !== "" && !fits(line + piece)) [line] = ["", lines.push(line)];
      line += piece;
      while (!fits(line) && line.length > 1) {
        let end = line.length - 1;
        while (end > 1 && !fits(line.slice(0, end))) end -= 1;
        lines.push(line.slice(0, end));
        line = line.slice(end);
      }
    }
    return line === "" ? lines : [...lines, line];
  }
}

/** A text fitted to a width: one or two lines, in the largest size that fits. */
interface Fitted {
  readonly size: number;
  readonly lines: readonly (readonly Run[])[];
}

/** A name shrinks to this factor before it takes a second line. */
const ONE_LINE = 0.72;
const STEP = 0.97;

/** @param widthOf returns the width of a run at size 1 */
export function fit(
  text: string,
  {
    width,
    size,
    faces,
    widthOf,
  }: { width: number; size: number; faces: readonly Face[]; widthOf: (run: Run) => number },
): Fitted {
  const shaped = (line: string) => {
    const runs = runsOf(line, faces);
    return { runs, width: runs.reduce((sum, run) => sum + widthOf(run), 0) };
  };
  const one = shaped(text);
  if (one.width * size * ONE_LINE <= width) return { size: Math.min(size, width / one.width), lines: [one.runs] };
  // Breaks so that the longer half is as short as possible.
  const halves = breaks(text).map((at) => [text.slice(0, at).trimEnd(), text.slice(at).trimStart()].map(shaped));
  const best = halves.reduce((a, b) => (widest(b) < widest(a) ? b : a), halves[0] ?? [one]);
  let fitted = size;
  while (widest(best) * fitted > width) fitted *= STEP;
  return { size: fitted, lines: best.map(({ runs }) => runs) };
}

function widest(lines: readonly { width: number }[]): number {
  return Math.max(...lines.map(({ width }) => width));
}

/** The places where a line may break: between words of any script, or between the characters of a single long word. */
function breaks(text: string): number[] {
  const at = (granularity: "word" | "grapheme") =>
    [...new Intl.Segmenter("en", { granularity }).segment(text)].map(({ index }) => index).filter((index) => index > 0);
  const words = at("word").filter((index) => /\s/.test(text[index - 1]!) || !/\s/.test(text));
  return words.length > 0 ? words : at("grapheme");
}

/** A piece of a line in one font and one direction, with its characters in order. Runs are drawn from left to right. */
interface Run {
  readonly face: Face;
  readonly text: string;
}

const bidi = bidiFactory();

/**
 * Splits a line into runs in visual order, left to right, by the bidirectional algorithm:
 * https://unicode.org/reports/tr9.
 */
export function runsOf(line: string, faces: readonly Face[]): Run[] {
  const embedding = bidi.getEmbeddingLevels(line);
  const { levels } = embedding;
  const mirrored = bidi.getMirroredCharactersMap(line, levels);
  const faceAt = facesOf(line, faces);
  const runs: { face: Face; from: number; to: number; level: number }[] = [];
  for (const index of bidi.getReorderedIndices(line, embedding)) {
    const [face, level, last] = [faceAt[index]!, levels[index]!, runs.at(-1)];
    if (last && last.face === face && last.level === level && (index === last.to + 1 || index === last.from - 1)) {
      last.from = Math.min(last.from, index);
      last.to = Math.max(last.to, index);
    } else runs.push({ face, from: index, to: index, level });
  }
  return runs.map(({ face, from, to }) => {
    const characters = Array.from(
      { length: to - from + 1 },
      (_, offset) => mirrored.get(from + offset) ?? line[from + offset]!,
    );
    return { face, text: drawable(characters.join(""), face) };
  });
}

/**
 * The face of each code unit of the line. Blanks use the first face, because a font of one script may have no blank or
 * a wide one.
 */
function facesOf(line: string, faces: readonly Face[]): Face[] {
  let before = faces[0]!;
  return [...line].flatMap((character) => {
    // Marks and joiners use the face of the letter before them, and are shaped with it.
    const stays =
      /^\p{Default_Ignorable_Code_Point}$/u.test(character) || (/^\p{M}$/u.test(character) && before.has(character));
    if (!stays) before = faceFor(character, faces) ?? before;
    return Array<Face>(character.length).fill(before);
  });
}

/** Keeps joiners that the font knows, which shape its letters. Removes others, which it would show as boxes. */
function drawable(text: string, face: Face): string {
  return [...text]
    .filter((character) => !/^\p{Default_Ignorable_Code_Point}$/u.test(character) || face.has(character))
    .join("");
}
