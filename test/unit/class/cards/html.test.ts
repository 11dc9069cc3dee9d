import * as QRCode from "qrcode";
import { expect, it } from "vitest";
import { cardsPage } from "../../../../cli/class/cards/html";
import { qr, sheetOf } from "../../../../cli/class/cards/card";
import { card } from "./cards";
import { unwritten, written } from "./names";

const all = [...written, ...unwritten].map((trainee, index) => card(trainee, index));

it.each([
  ["1", 17],
  ["2", 9],
  ["4", 5],
  ["6", 3],
  ["8", 3],
])("lays %s cards on each of its pages", (perPage, pages) => {
  const page = cardsPage(all, sheetOf(perPage));
  expect(page.match(/<section>/g)).toHaveLength(pages);
  expect(page.match(/<article /g)).toHaveLength(all.length);
});

it("refuses a number that no page is cut into, and names those that are", () => {
  expect(() => sheetOf("5")).toThrow("--per-page 5: valid are 1, 2, 4, 6, 8.");
  expect(() => sheetOf("constructor")).toThrow("--per-page constructor");
});

it("shows every name, and takes it for text", () => {
  const page = cardsPage(all, sheetOf("4"));
  for (const name of [...written.slice(0, -1), ...unwritten]) expect(page).toContain(`<bdi>${name}</bdi>`);
  expect(page).toContain("<bdi>&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;co&#34;</bdi>");
  expect(page).not.toContain("<script");
});

it("needs nothing of elsewhere: its fonts are in it", () => {
  const page = cardsPage(all, sheetOf("4"), [
    { id: "x", family: "Noto Sans SC", data: Buffer.from("font"), range: "U+4e00-9fff" },
  ]);
  expect(page).toContain(
    `@font-face{font-family:"Noto Sans SC";font-weight:700;src:url(data:font/woff;base64,${Buffer.from("font").toString("base64")})`,
  );
  expect(page).toMatch(/html\{[^}]*"Noto Sans SC",sans-serif/);
  expect(page).not.toMatch(/<link|<script|<img|@import|src="|url\((?!data:)/);
  expect(page).toContain("default-src 'none'");
});

it("draws each address' own code, module by module", () => {
  const url = "http://10.231.0.2:31380/productpage";
  const { size, path } = qr(url);
  const drawn = Array.from({ length: size }, () => Array<number>(size).fill(0));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let i = 0; i < Number(width); i += 1) drawn[Number(y)]![Number(x) + i] = 1;
  expect(drawn.flat()).toEqual([...QRCode.create(url, { errorCorrectionLevel: "M" }).modules.data].map(Number));
  expect(cardsPage([card("Ada")], sheetOf("4"))).toContain(path);
});
