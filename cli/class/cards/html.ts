import { textWidth } from "../../topology/text";
import { html } from "../markup";
import { small, type Card } from "./card";
import { qr } from "./qr";
import { pages, type Sheet } from "./sheet";
import { style } from "./style";
import type { WebFont } from "./text/package-fonts";

/** Of a name, in points on the smallest card. */
const NAME_WIDTH = 257;
/** Characters of an address that a line holds no more. */
const LONG = 44;

/** The cards as a page to print: an A4 sheet a page, with lines to cut along. `fonts` are those the names need and few machines have. */
export function cardsPage(cards: readonly Card[], sheet: Sheet, fonts: readonly WebFont[] = []): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:">
<title>${html(`${cards[0]?.class ?? ""}: cards`)}</title>
<style>${fonts.map(fontFace).join("\n")}
${style(sheet, [...new Set(fonts.map(({ family }) => family))])}</style>
</head>
<body>
${pages(cards, sheet).map((page) => `<section>\n${page.map((card) => article(card, sheet)).join("\n")}\n</section>`).join("\n")}
</body>
</html>
`;
}

/** What of a name's size is left when it has to fit one line; a longer one goes on in a second. A page is not measured: letters of other scripts count as Latin ones. */
function nameSize(name: string, { lead }: Sheet): number {
  const counted = name.replace(/[^\x20-\x7e\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Extended_Pictographic}]/gu, "n");
  return Math.min(1, Math.max(0.72, NAME_WIDTH / textWidth(counted, 16 * lead, true)));
}

function article(card: Card, sheet: Sheet): string {
  const tight = card.addresses.some(({ url }) => url.length > LONG) ? (sheet.lead > 1 ? 0.95 : 0.8) : 1;
  const addresses = card.addresses.map(({ name, url }) => `<dt>${html(name)}</dt><dd><a href="${html(url)}">${broken(url)}</a></dd>`);
  return `<article style="--name:${nameSize(card.trainee, sheet).toFixed(2)};--tight:${tight}">
<h2><bdi>${html(card.trainee)}</bdi></h2>
<p class="seat"><b>${html(card.seat)}</b> ${html(small(card))}</p>
<dl>${addresses.join("")}</dl>
<div class="commands"><h3>First commands</h3>
<ol>${card.commands.map((command) => `<li><code>${html(command)}</code></li>`).join("")}</ol></div>
<div class="codes">${card.codes.map(code).join("")}</div>
</article>`;
}

function code({ label, url }: Card["codes"][number]): string {
  const { size, path } = qr(url);
  return `<figure><svg viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" role="img" aria-label="${html(`QR code of ${url}`)}"><path d="${path}"/></svg><figcaption>${html(label)}</figcaption></figure>`;
}

/** An address may go on in the next line where people read a pause. */
function broken(url: string): string {
  return url.split(/(?<=[.?&-]|[^/]\/)/).map(html).join("<wbr>");
}

function fontFace({ family, data, range }: WebFont): string {
  return `@font-face{font-family:"${family}";font-weight:700;src:url(data:font/woff;base64,${data.toString("base64")}) format("woff");unicode-range:${range}}`;
}
