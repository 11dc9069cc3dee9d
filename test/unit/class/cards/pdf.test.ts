import { beforeAll, describe, expect, it } from "vitest";
import { cardsPdf, shownName } from "../../../../cli/class/cards/pdf";
import { sheetOf } from "../../../../cli/class/cards/card";
import { bold, fontsFor } from "../../../../cli/class/cards/text/fonts";
import { card } from "./cards";
import { unwritten, written } from "./names";

const silent = () => undefined;
const noOthers = [] as const;

/** Every glyph that the document draws, by its number in the font; 0 is the box of what a font has not. */
function glyphsIn(pdf: Buffer): number[] {
  const drawn = [...pdf.toString("latin1").matchAll(/\[((?:<[0-9a-f]*>|[\s\d.-])*)\] TJ/g)];
  return drawn
    .flatMap(([, text]) => [...text!.matchAll(/<([0-9a-f]*)>/g)].flatMap(([, hex]) => hex!.match(/.{4}/g) ?? []))
    .map((hex) => parseInt(hex, 16));
}

async function made(names: readonly string[], perPage = "4"): Promise<Buffer> {
  const fonts = await fontsFor(names, silent, noOthers);
  return cardsPdf(
    names.map((name, index) => card(name, index)),
    sheetOf(perPage),
    fonts,
    { compress: false },
  );
}

it.each([1, 2, 4, 6, 8])("lays %i cards on a page, and one more on the next", async (perPage) => {
  const pages = async (cards: number) =>
    (await made(Array<string>(cards).fill("Ada"), String(perPage))).toString("latin1").match(/\/Type \/Page\n/g)
      ?.length;
  expect([await pages(perPage), await pages(perPage + 1)]).toEqual([1, 2]);
});

it("brings every font with it", async () => {
  const pdf = (await made(written)).toString("latin1");
  expect(pdf.match(/\/FontFile2/g)!.length).toBeGreaterThanOrEqual(3);
  expect(pdf).not.toMatch(/\/BaseFont \/(Helvetica|Times|Courier)/);
});

describe("no glyph is missing without being said", () => {
  let ofAda: number;
  beforeAll(async () => void (ofAda = glyphsIn(await made(["Ada"])).length));

  it("and a box would be seen here", async () => {
    const fonts = { facesOf: () => [bold], web: [] };
    // As if every name could be written.
    const seat = { ...card("Ada"), seat: "王" };
    expect(glyphsIn(await cardsPdf([seat], sheetOf("4"), fonts, { compress: false }))).toContain(0);
  });

  it.each(written)("%s is drawn with glyphs its font has", async (name) => {
    const fonts = await fontsFor([name], silent, noOthers);
    expect(shownName(name, fonts)).toEqual({ name });
    const glyphs = glyphsIn(await made([name]));
    expect(glyphs.length).toBeGreaterThan(100);
    expect(glyphs).not.toContain(0);
  });

  it.each(unwritten)("%s, which no font here writes, is said and not drawn", async (name) => {
    const fonts = await fontsFor([name], silent, noOthers);
    const { name: shown, note } = shownName(name, fonts);
    expect(shown).toBeUndefined();
    for (const character of new Set(name.replace(/\s/g, ""))) expect(note).toContain(character);
    const glyphs = glyphsIn(await made([name]));
    expect(glyphs).not.toContain(0);
    expect(glyphs.length).toBe(ofAda - "Ada".length);
  });

  it("a picture that no font has is left out of a name, and said", async () => {
    const fonts = await fontsFor(["Ada 🦄 Byron"], silent, noOthers);
    expect(shownName("Ada 🦄 Byron", fonts)).toEqual({
      name: "Ada Byron",
      note: "no installed font has 🦄 (U+1F984): the PDF leaves them out.",
    });
    expect(glyphsIn(await made(["Ada 🦄 Byron"]))).not.toContain(0);
    expect(shownName("🦄", await fontsFor(["🦄"], silent, noOthers)).name).toBeUndefined();
  });
});

it.each(["2", "4", "6", "8"])("keeps addresses as long as Azure's on the card, %s a page", async (perPage) => {
  const url = "http://istio-lab-december-seat-02-3f9c21.westeurope.cloudapp.azure.com";
  const sheet = sheetOf(perPage);
  const long = card(
    "Maximiliane Alexandra Wolfeschlegelstein",
    2,
    { GATEWAY_URL: url, KIALI_URL: `${url}:31602`, lessons: { bookinfo: `${url}/productpage`, temperature: url } },
    { kubeconfig: true, shutdown: "19:00 Central Standard Time (Mexico) (22:00 in America/Argentina/Buenos_Aires)" },
  );
  const fonts = await fontsFor([long.trainee], silent, noOthers);
  const pdf = (await cardsPdf([long], sheet, fonts, { compress: false })).toString("latin1");
  // pdfkit turns the page over: a baseline is as far from the card's top as it stands below the page's height, in the card's own measure.
  const baselines = [...pdf.matchAll(/1 0 0 1 [\d.-]+ ([\d.-]+) Tm/g)].map(([, y]) => 841.89 - Number(y));
  expect(baselines.length).toBeGreaterThan(8);
  expect(Math.max(...baselines)).toBeLessThan(841.89 / sheet.rows / sheet.scale);
});
