import type { Face } from "./text/face";
import { fit, type Run } from "./text/fit";

interface Where {
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly face: Face;
  readonly colour: string;
  readonly align?: "center";
}

/** Line height against size, of what goes on in a second line. */
const LEADING = 1.25;

/** Draws on a PDF page, from baselines, and without pdfkit's own line breaks: they know nothing of directions. */
export class Pen {
  constructor(
    private readonly document: PDFKit.PDFDocument,
    private readonly dry?: "measure only",
  ) {}

  /** One line, made smaller where it would be wider. Gives its width. */
  write(text: string, { x, y, width, size, face, colour, align }: Where): number {
    const wide = this.widthOf({ face, text });
    const fitted = Math.min(size, width / wide);
    this.run({ face, text }, align === "center" ? x + (width - wide * fitted) / 2 : x, y, fitted, colour);
    return wide * fitted;
  }

  /** As many lines as it takes, broken where an address or a command has a pause, or anywhere. Gives the baseline that follows. */
  wrapped(text: string, where: Where): number {
    const lines = this.broken(text, where);
    for (const [index, line] of lines.entries()) this.run({ face: where.face, text: line }, where.x, where.y + index * where.size * LEADING, where.size, where.colour);
    return where.y + lines.length * where.size * LEADING;
  }

  heightOf(texts: readonly string[], where: Pick<Where, "size" | "face" | "width">): number {
    return texts.reduce((sum, text) => sum + this.broken(text, where).length * where.size * LEADING + 2, 0);
  }

  /** A name, in one line or two, from its top. Gives what is below it. */
  fitted(text: string, { x, y, width, size, faces, colour }: Omit<Where, "face" | "align"> & { readonly faces: readonly Face[] }): number {
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
    if (!this.dry) this.document.lineWidth(weight).strokeColor(colour).moveTo(x, y).lineTo(x + width, y).stroke();
  }

  path({ path, size: modules }: { path: string; size: number }, x: number, y: number, size: number): void {
    if (!this.dry) this.document.save().translate(x, y).scale(size / modules).path(path).fill("#000000").restore();
  }

  private run({ face, text }: Run, x: number, y: number, size: number, colour: string): void {
    if (text === "" || this.dry) return;
    // With a list of features, even an empty one, pdfkit shapes the whole run and not word by word: letters join, and words of right-to-left writing keep their order.
    this.font(face).fontSize(size).fillColor(colour).text(text, x, y, { lineBreak: false, baseline: "alphabetic", features: [] });
  }

  /** At size 1. */
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
