import PDFDocument from "pdfkit";
import { light } from "../../topology/palette";
import type { Card } from "./card";
import { drawCard, type Box } from "./pdf-card";
import { pages, type Sheet } from "./sheet";
import type { NameFonts } from "./text/fonts";

/** A4, in points. */
const A4 = { width: 595.28, height: 841.89 };

/** The cards as a PDF of A4 pages, with every font in it that they are set in. `compress: false` leaves it readable for tests. */
export async function cardsPdf(cards: readonly Card[], sheet: Sheet, fonts: NameFonts, { compress = true } = {}): Promise<Buffer> {
  const info = { Title: `${cards[0]?.class ?? ""}: cards`, Creator: "istio-lab" };
  const document = new PDFDocument({ size: [A4.width, A4.height], margin: 0, autoFirstPage: false, compress, info, lang: "en" });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => document.on("end", resolve).on("error", reject));
  const cell = { width: A4.width / sheet.columns, height: A4.height / sheet.rows };
  for (const page of pages(cards, sheet)) {
    document.addPage();
    cuts(document, sheet, cell);
    for (const [index, card] of page.entries()) {
      document.save();
      document.translate((index % sheet.columns) * cell.width, Math.floor(index / sheet.columns) * cell.height).scale(sheet.scale);
      drawCard(document, card, sheet, { width: cell.width / sheet.scale, height: cell.height / sheet.scale }, fonts);
      document.restore();
    }
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

/** Where the scissors go. */
function cuts(document: PDFKit.PDFDocument, { columns, rows }: Sheet, { width, height }: Box): void {
  document.lineWidth(0.5).dash(3, { space: 3 }).strokeColor(light.line);
  for (let column = 1; column < columns; column += 1) document.moveTo(column * width, 0).lineTo(column * width, A4.height).stroke();
  for (let row = 1; row < rows; row += 1) document.moveTo(0, row * height).lineTo(A4.width, row * height).stroke();
  document.undash();
}
