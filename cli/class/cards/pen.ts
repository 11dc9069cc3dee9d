import type { Face } from "./text/face";
import { fit, type Run } from "./text/fit";

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

  path({ path, size: modules }: { path: string; size: number }, x: number, y: number, size: number): void {
    if (!this.dry)
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

  /** Returns a run's width at size 1. */
  private widthOf({ face, text }: Run): number {
    return text === "" ? 0 : this.font(face).fontSize(100).widthOfString(text, { features: [] }) / 100;
  }

  private font(face: Face): PDFKit.PDFDocument {
    return this.document.registerFont(face.id, face.data, face.member).font(face.id);
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
