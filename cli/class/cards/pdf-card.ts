import { light } from "../../topology/palette";
import { small, type Card } from "./card";
import { shownName } from "./name";
import { Pen } from "./pen";
import { qr } from "./qr";
import type { Sheet } from "./sheet";
import { bold, mono, text, type NameFonts } from "./text/fonts";

/** In points on the smallest card; twice that on a card of twice the size. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

const PADDING = 20;
/** Sides of a QR code: what a phone reads from an arm's length, and what it still reads. */
const CODE = { tall: { most: 100, least: 54 }, wide: 52 };
const CAPTION = 12;
/** Long addresses make the text smaller, step by step, until all of it is on the card. */
const tightness = [1, 0.93, 0.87, 0.81, 0.75, 0.7, 0.65];
const { text: ink, muted, flow } = light;

/** Draws one card into the box at the document's origin. */
export function drawCard(document: PDFKit.PDFDocument, card: Card, sheet: Sheet, box: Box, fonts: NameFonts): void {
  const fitting = tightness.find((tight) => lay(new Pen(document, "measure only"), card, sheet, box, fonts, tight)) ?? tightness.at(-1)!;
  lay(new Pen(document), card, sheet, box, fonts, fitting);
}

/** Lays the card out, and says whether all of it is within the box. */
function lay(pen: Pen, card: Card, { shape, lead }: Sheet, { width, height }: Box, fonts: NameFonts, tight: number): boolean {
  const inner = width - 2 * PADDING;
  const bottom = height - PADDING + 4;
  let y = head(pen, card, inner, lead, fonts);

  const many = card.codes.length;
  const beside = shape === "wide" && many > 0 ? many * CODE.wide + (many - 1) * 16 + 12 : 0;
  if (beside > 0) drawCodes(pen, card, { x: width - PADDING - beside + 12, y: y - 6, size: CODE.wide, gap: 16 });
  for (const { name, url } of card.addresses) {
    pen.write(name, { x: PADDING, y, size: 6.5 * tight, face: text, colour: muted, width: inner });
    y = pen.wrapped(url, { x: PADDING, y: y + 11 * tight * lead, size: 9 * tight * lead, face: text, colour: ink, width: inner - beside }) + 8 * tight * lead;
  }

  const size = 6.9 * tight;
  if (shape === "wide") y = Math.max(y, bottom - size * 1.5 - pen.heightOf(card.commands, { size, face: mono, width: inner - 9 }));
  pen.write("First commands", { x: PADDING, y, size: 6.5 * tight, face: text, colour: muted, width: inner });
  y += size * 1.55;
  for (const command of card.commands) {
    pen.write("$", { x: PADDING, y, size, face: mono, colour: flow, width: 9 });
    y = pen.wrapped(command, { x: PADDING + 9, y, size, face: mono, colour: ink, width: inner - 9 }) + 2 * lead;
  }
  if (shape === "wide") return y - size * 1.25 <= bottom;
  if (many === 0) return y <= bottom;

  const side = Math.min(CODE.tall.most, bottom - y - CAPTION, (inner - (many - 1) * 16) / many);
  const gap = (inner - many * side) / (many + 1);
  drawCodes(pen, card, { x: PADDING + gap, y: y + (bottom - y - side - CAPTION) / 2 + 2, size: side, gap });
  return side >= CODE.tall.least;
}

/** Name, seat, class and expiry over a line. Gives the baseline of what follows. */
function head(pen: Pen, card: Card, inner: number, lead: number, fonts: NameFonts): number {
  const { name } = shownName(card.trainee, fonts);
  let y = PADDING;
  if (name === undefined) pen.line(PADDING, (y += 18 * lead), inner, 0.7, muted);
  else y = pen.fitted(name, { x: PADDING, y, width: inner, size: 16 * lead, faces: fonts.facesOf(card.trainee), colour: ink });
  y += 12 * lead;
  const seat = pen.write(card.seat, { x: PADDING, y, size: 10 * lead, face: bold, colour: flow, width: inner * 0.6 });
  pen.write(small(card), { x: PADDING + seat + 7, y, size: 8 * lead, face: text, colour: muted, width: inner - seat - 7 });
  pen.line(PADDING, (y += 8 * lead), inner, 1.5, flow);
  return y + 15 * lead;
}

function drawCodes(pen: Pen, { codes }: Card, { x, y, size, gap }: { x: number; y: number; size: number; gap: number }): void {
  for (const [index, { label, url }] of codes.entries()) {
    const left = x + index * (size + gap);
    pen.path(qr(url), left, y, size);
    pen.write(label, { x: left, y: y + size + 10, size: 6.5, face: text, colour: muted, width: size, align: "center" });
  }
}
