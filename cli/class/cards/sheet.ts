import * as QRCode from "qrcode";
import { UserError } from "../../../base/errors";

/** The layout of cards on an A4 page. */
export interface Sheet {
  readonly columns: number;
  readonly rows: number;
  /** The size of everything on a card, relative to the smallest card. */
  readonly scale: number;
  /** An extra factor for name and addresses, where there is room. */
  readonly lead: number;
  /** `wide`: QR codes beside the addresses; `tall`: below everything. */
  readonly shape: "wide" | "tall";
}

const sheets: Readonly<Record<string, Sheet>> = {
  1: { columns: 1, rows: 1, scale: 2, lead: 1.25, shape: "tall" },
  2: { columns: 1, rows: 2, scale: 2, lead: 1, shape: "wide" },
  4: { columns: 2, rows: 2, scale: 1, lead: 1.25, shape: "tall" },
  6: { columns: 2, rows: 3, scale: 1, lead: 1, shape: "tall" },
  8: { columns: 2, rows: 4, scale: 1, lead: 1, shape: "wide" },
};

/** @throws UserError where no layout has that many cards */
export function sheetOf(perPage: string): Sheet {
  const sheet = Object.hasOwn(sheets, perPage) ? sheets[perPage] : undefined;
  if (!sheet) throw new UserError(`--per-page ${perPage}: has to be one of ${Object.keys(sheets).join(", ")}.`);
  return sheet;
}

/** Splits the cards into pages. */
export function pages<T>(cards: readonly T[], { columns, rows }: Sheet): T[][] {
  const many = columns * rows;
  return Array.from({ length: Math.ceil(cards.length / many) }, (_, page) =>
    cards.slice(page * many, (page + 1) * many),
  );
}

/**
 * A QR code as a path in a square of `size` modules, so that page and PDF draw it sharp at any size. The layout adds
 * the margin.
 */
export function qr(text: string): { readonly size: number; readonly path: string } {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const { size } = modules;
  const rows = Array.from({ length: size }, (_, y) => {
    const row = Array.from({ length: size }, (_, x) => (modules.get(y, x) ? "1" : "0")).join("");
    return [...row.matchAll(/1+/g)]
      .map(({ index, 0: dark }) => `M${index} ${y}h${dark.length}v1h-${dark.length}z`)
      .join("");
  });
  return { size, path: rows.join("") };
}
