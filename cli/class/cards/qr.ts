import * as QRCode from "qrcode";

/** A QR code as a path in a square of `size` modules, so that page and PDF draw it sharp at any size. The margin around it is the layout's. */
export function qr(text: string): { readonly size: number; readonly path: string } {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const { size } = modules;
  const rows = Array.from({ length: size }, (_, y) => {
    const row = Array.from({ length: size }, (_, x) => (modules.get(y, x) ? "1" : "0")).join("");
    return [...row.matchAll(/1+/g)].map(({ index, 0: dark }) => `M${index} ${y}h${dark.length}v1h-${dark.length}z`).join("");
  });
  return { size, path: rows.join("") };
}
