import { light } from "../../topology/palette";
import { textWidth } from "../../topology/text";
import { html } from "../markup";
import { type Card, small, pages, qr, type Sheet } from "./card";
import type { WebFont } from "./text/package-fonts";

/** Width of the name, in points on the smallest card. */
const NAME_WIDTH = 257;
/** Addresses with more characters do not fit one line. */
const LONG = 44;

/**
 * The cards as a page to print: A4 sheets with lines to cut along. `fonts` are web fonts for names that few machines
 * can show.
 */
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
${pages(cards, sheet)
  .map((page) => `<section>\n${page.map((card) => article(card, sheet)).join("\n")}\n</section>`)
  .join("\n")}
</body>
</html>
`;
}

/**
 * The factor that makes a name fit one line; a longer one takes two lines. A page cannot measure text, so letters of
 * other scripts count as Latin ones.
 */
function nameSize(name: string, { lead }: Sheet): number {
  const counted = name.replace(
    /[^\x20-\x7e\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Extended_Pictographic}]/gu,
    "n",
  );
  return Math.min(1, Math.max(0.72, NAME_WIDTH / textWidth(counted, 16 * lead, true)));
}

function article(card: Card, sheet: Sheet): string {
  const tight = card.addresses.some(({ url }) => url.length > LONG) ? (sheet.lead > 1 ? 0.95 : 0.8) : 1;
  const addresses = card.addresses.map(
    ({ name, url }) => `<dt>${html(name)}</dt><dd><a href="${html(url)}">${broken(url)}</a></dd>`,
  );
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

/** Allows line breaks in an address where readers pause. */
function broken(url: string): string {
  return url
    .split(/(?<=[.?&-]|[^/]\/)/)
    .map(html)
    .join("<wbr>");
}

function fontFace({ family, data, range }: WebFont): string {
  return `@font-face{font-family:"${family}";font-weight:700;src:url(data:font/woff;base64,${data.toString("base64")}) format("woff");unicode-range:${range}}`;
}

/** The cards' style. Lengths are in `--u`, which is one point on the smallest card and grows with the card. */
function style({ columns, rows, scale, lead, shape }: Sheet, families: readonly string[]): string {
  const { text, muted, line, flow } = light;
  const sans = ["Helvetica Neue", "Helvetica", "Arial", "Noto Sans", "DejaVu Sans Condensed", "DejaVu Sans"].map(
    (name) => `"${name}"`,
  );
  const names = [...sans, ...families.map((name) => `"${name}"`), "sans-serif"].join(",");
  const wide = shape === "wide";
  const u = (points: number) => `calc(${points}*var(--u))`;
  /** Long addresses make the text smaller. */
  const t = (points: number) => `calc(${points}*var(--tight)*var(--u))`;
  return `
@page{size:A4 portrait;margin:0}
:root{--u:${scale}pt}
*{box-sizing:border-box;margin:0;padding:0}
html{color:${text};background:#e3e9ef;font-family:${names};-webkit-print-color-adjust:exact;print-color-adjust:exact}
section{width:210mm;height:297mm;margin:8mm auto;background:#fff;display:grid;grid-template-columns:repeat(${columns},1fr);grid-template-rows:repeat(${rows},1fr);break-after:page;overflow:hidden}
section:last-child{break-after:auto}
article{position:relative;overflow:hidden;padding:${u(20)} ${u(20)} ${u(14)};display:grid;min-width:0;${
    wide
      ? `grid-template:"name name" auto "seat seat" auto "addresses codes" 1fr "commands commands" auto/minmax(0,1fr) auto;`
      : `grid-template:"name" auto "seat" auto "addresses" auto "commands" auto "codes" minmax(0,1fr)/minmax(0,1fr);`
  }}
article::after{content:"";position:absolute;inset:0;border:0 dashed ${line};pointer-events:none}
${columns > 1 ? "article:nth-child(odd)::after{border-right-width:1px}" : ""}
${rows > 1 ? `article:nth-child(-n+${columns * (rows - 1)})::after{border-bottom-width:1px}` : ""}
h2{grid-area:name;font-size:calc(var(--name)*${u(16 * lead)});line-height:1.2;font-weight:700;overflow-wrap:anywhere}
.seat{grid-area:seat;font-size:${u(8 * lead)};color:${muted};margin-top:${u(3)};padding-bottom:${u(6)};border-bottom:${u(1.5)} solid ${flow}}
.seat b{color:${flow};font-size:${u(10 * lead)};margin-right:${u(4)}}
dl{grid-area:addresses;margin-top:${u(8)}}
dt,h3,figcaption{font-size:${t(6.5)};font-weight:400;color:${muted};letter-spacing:.03em}
dd{font-size:${t(9 * lead)};line-height:1.25;margin:${t(1.5)} 0 ${t(6 * lead)};overflow-wrap:anywhere}
a{color:inherit;text-decoration:none}
.commands{grid-area:commands;margin-top:${u(1)}}
ol{list-style:none;margin-top:${u(2)}}
li{font-size:${t(6.9)};line-height:1.3;padding:${u(1.2)} 0 ${u(1.2)} ${u(9)};text-indent:${u(-9)}}
li::before{content:"$ ";color:${flow};font-family:monospace}
code{font-family:"DejaVu Sans Mono","Menlo","Consolas",monospace;overflow-wrap:anywhere}
.codes{grid-area:codes;display:flex;${wide ? `gap:${u(16)};margin:${u(9)} 0 0 ${u(12)};align-items:start` : `container-type:size;margin-top:${u(10)};justify-content:space-evenly;align-items:center`}}
figure{text-align:center}
figure svg{display:block;fill:#000;width:${wide ? u(52) : `min(${u(100)},calc(100cqh - 14*var(--u)))`};aspect-ratio:1}
figcaption{margin-top:${u(4)}}
@media print{html{background:#fff}section{margin:0}}
`.trim();
}
