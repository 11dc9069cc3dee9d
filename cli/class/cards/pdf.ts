import PDFDocument from "pdfkit";
import { light } from "../../topology/palette";
import { type Card, small, pages, qr, type Sheet } from "./card";
import { Pen } from "./pen";
import { missingIn } from "./text/face";
import { bold, mono, type NameFonts, text } from "./text/fonts";

/** A4, in points. */
const A4 = { width: 595.28, height: 841.89 };

/** The cards as a PDF of A4 pages with embedded fonts. `compress: false` keeps it readable for tests. */
export async function cardsPdf(
  cards: readonly Card[],
  sheet: Sheet,
  fonts: NameFonts,
  { compress = true } = {},
): Promise<Buffer> {
  const info = { Title: `${cards[0]?.class ?? ""}: cards`, Creator: "istio-lab" };
  const document = new PDFDocument({
    size: [A4.width, A4.height],
    margin: 0,
    autoFirstPage: false,
    compress,
    info,
    lang: "en",
  });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => document.on("end", resolve).on("error", reject));
  const cell = { width: A4.width / sheet.columns, height: A4.height / sheet.rows };
  for (const page of pages(cards, sheet)) {
    document.addPage();
    cuts(document, sheet, cell);
    for (const [index, card] of page.entries()) {
      document.save();
      document
        .translate((index % sheet.columns) * cell.width, Math.floor(index / sheet.columns) * cell.height)
        .scale(sheet.scale);
      drawCard(document, card, sheet, { width: cell.width / sheet.scale, height: cell.height / sheet.scale }, fonts);
      document.restore();
    }
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

/** Draws the lines to cut along. */
function cuts(document: PDFKit.PDFDocument, { columns, rows }: Sheet, { width, height }: Box): void {
  document.lineWidth(0.5).dash(3, { space: 3 }).strokeColor(light.line);
  for (let column = 1; column < columns; column += 1)
    document
      .moveTo(column * width, 0)
      .lineTo(column * width, A4.height)
      .stroke();
  for (let row = 1; row < rows; row += 1)
    document
      .moveTo(0, row * height)
      .lineTo(A4.width, row * height)
      .stroke();
  document.undash();
}

/** A name as a PDF can show it. */
interface Shown {
  /** Undefined: the card has a blank line to write the name on, because a partial name would be wrong. */
  readonly name?: string;
  /** Tells the trainer what could not be shown. */
  readonly note?: string;
}

/**
 * Leaves out pictures that no font has. A name with a letter that no font has is not printed at all. Replacement boxes
 * never appear, and every omission gets a note.
 */
export function shownName(trainee: string, fonts: NameFonts): Shown {
  const missing = missingIn(trainee, fonts.facesOf(trainee));
  if (missing.length === 0) return { name: trainee };
  const listed = missing
    .map((character) => `${character} (U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")})`)
    .join(", ");
  const rest = [...trainee]
    .filter((character) => !missing.includes(character))
    .join("")
    .replace(/\s+/g, " ")
    .trim();
  const isWord = missing.some((character) => /[\p{L}\p{M}\p{N}]/u.test(character));
  if (isWord || !/[\p{L}\p{N}]/u.test(rest))
    return {
      note: `no installed font has ${listed}: the PDF has an empty line for the name. A browser with such a font prints the page.`,
    };
  return { name: rest, note: `no installed font has ${listed}: the PDF leaves them out.` };
}

/** In points on the smallest card; lengths grow with the card. */
interface Box {
  readonly width: number;
  readonly height: number;
}

const PADDING = 20;
/** Sides of a QR code: one that a phone reads at arm's length, and the smallest that it still reads. */
const CODE = { tall: { most: 100, least: 54 }, wide: 52 };
const CAPTION = 12;
/** Long addresses shrink the text step by step until everything fits on the card. */
const tightness = [1, 0.93, 0.87, 0.81, 0.75, 0.7, 0.65];
const { text: ink, muted, flow } = light;

/** Draws one card into the box at the document's origin. */
function drawCard(document: PDFKit.PDFDocument, card: Card, sheet: Sheet, box: Box, fonts: NameFonts): void {
  const fitting =
    tightness.find((tight) => lay(new Pen(document, "measure only"), card, sheet, box, fonts, tight)) ??
    tightness.at(-1)!;
  lay(new Pen(document), card, sheet, box, fonts, fitting);
}

/** Lays out the card, and returns whether everything fits in the box. */
function lay(
  pen: Pen,
  card: Card,
  { shape, lead }: Sheet,
  { width, height }: Box,
  fonts: NameFonts,
  tight: number,
): boolean {
  const inner = width - 2 * PADDING;
  const bottom = height - PADDING + 4;
  let y = head(pen, card, inner, lead, fonts);

  const many = card.codes.length;
  const beside = shape === "wide" && many > 0 ? many * CODE.wide + (many - 1) * 16 + 12 : 0;
  if (beside > 0) drawCodes(pen, card, { x: width - PADDING - beside + 12, y: y - 6, size: CODE.wide, gap: 16 });
  for (const { name, url } of card.addresses) {
    pen.write(name, { x: PADDING, y, size: 6.5 * tight, face: text, colour: muted, width: inner });
    y =
      pen.wrapped(url, {
        x: PADDING,
        y: y + 11 * tight * lead,
        size: 9 * tight * lead,
        face: text,
        colour: ink,
        width: inner - beside,
      }) +
      8 * tight * lead;
  }

  const size = 6.9 * tight;
  if (shape === "wide")
    y = Math.max(y, bottom - size * 1.5 - pen.heightOf(card.commands, { size, face: mono, width: inner - 9 }));
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

/** Draws name, seat, class and expiry over a line. Returns the next baseline. */
function head(pen: Pen, card: Card, inner: number, lead: number, fonts: NameFonts): number {
  const { name } = shownName(card.trainee, fonts);
  let y = PADDING;
  if (name === undefined) pen.line(PADDING, (y += 18 * lead), inner, 0.7, muted);
  else
    y = pen.fitted(name, {
      x: PADDING,
      y,
      width: inner,
      size: 16 * lead,
      faces: fonts.facesOf(card.trainee),
      colour: ink,
    });
  y += 12 * lead;
  const seat = pen.write(card.seat, { x: PADDING, y, size: 10 * lead, face: bold, colour: flow, width: inner * 0.6 });
  pen.write(small(card), {
    x: PADDING + seat + 7,
    y,
    size: 8 * lead,
    face: text,
    colour: muted,
    width: inner - seat - 7,
  });
  pen.line(PADDING, (y += 8 * lead), inner, 1.5, flow);
  return y + 15 * lead;
}

function drawCodes(
  pen: Pen,
  { codes }: Card,
  { x, y, size, gap }: { x: number; y: number; size: number; gap: number },
): void {
  for (const [index, { label, url }] of codes.entries()) {
    const left = x + index * (size + gap);
    pen.path(() => qr(url), left, y, size);
    pen.write(label, { x: left, y: y + size + 10, size: 6.5, face: text, colour: muted, width: size, align: "center" });
  }
}
