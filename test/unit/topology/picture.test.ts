import { Resvg } from "@resvg/resvg-js";
import { describe, expect, it } from "vitest";
import { dark, light, type Palette } from "../../../cli/topology/palette";
import { pngOf, svgOf } from "../../../cli/topology/svg";
import { apis, find, seat, topologyOf } from "./world";

const shapes = ["wide", "narrow"] as const;

/** resvg's XML parser refuses what is not well-formed. */
const parsed = (svg: string) => new Resvg(svg);

describe.each(shapes)("a %s picture", (shape) => {
  it.each(apis)(
    "of a seat with routes of the %s is XML, for both schemes, with nothing from elsewhere",
    async (api) => {
      const svg = await svgOf(topologyOf(seat(api)), { shape });
      expect(parsed(svg).width).toBeGreaterThan(400);
      expect(svg).toContain("@media (prefers-color-scheme:dark){");
      for (const palette of [light, dark]) expect(svg).toContain(palette.text);
      expect(
        svg.replace(/xmlns="http:\/\/www\.w3\.org\/2000\/svg"/, "").replace(/http:\/\/10\.231\.0\.2:31380/g, ""),
      ).not.toMatch(/https?:|href|@import|<script|<image|<foreignObject|url\((?!#)/);
    },
  );

  it("has a title, a description with what is drawn, the stack and the time", async () => {
    const svg = await svgOf(topologyOf(seat("istio")), { shape });
    expect(svg).toMatch(/role="img" aria-labelledby="title description"/);
    expect(svg).toContain('<title id="title">Seat embedded</title>');
    const described = /<desc id="description">([^<]*)<\/desc>/.exec(svg)![1]!;
    expect(described).toContain("2026-11-21 20:30 UTC");
    expect(described).toContain(
      "Namespace default, mTLS STRICT: details, productpage, ratings, reviews (v1 50 %, v2 0 %, v3 50 %).",
    );
    for (const text of [
      ">Legend<",
      ">reviews<",
      ">50 %<",
      ">mTLS STRICT<",
      ">frontend: GET, POST<",
      ">codewithmsmaxpro.me<",
    ])
      expect(svg).toContain(text);
  });

  it("tells measured calls from others", async () => {
    const quiet = await svgOf(topologyOf(seat("istio")), { shape });
    expect([...quiet.matchAll(/class="(measured|routed|written)"/g)].map(([, kind]) => kind)).not.toContain("measured");
    expect(quiet).toContain("traffic not measured: Prometheus is not installed");
    const calls = [
      {
        from: "gateway" as const,
        to: { namespace: "blog", service: "my-blog" },
        kind: "measured" as const,
        rate: 12,
        clientErrors: 6,
      },
    ];
    const seen = await svgOf(
      topologyOf(seat("istio"), calls, {
        source: "prometheus",
        window: 60,
        metric: "istio_requests_total",
        versions: [{ namespace: "blog", service: "my-blog", version: "v2", rate: 1.3 }],
      }),
      { shape },
    );
    expect(seen).toContain(">12/s, 50 % 4xx<");
    expect(seen).toContain(">1.3/s<");
    expect(seen).toContain('class="measured"');
    expect(seen).toContain("requests a second, measured");
  });

  it("escapes whatever a seat names", async () => {
    const objects = seat("istio");
    const hostile = `</text><script>alert("1")</script>&'\u0007]]>`;
    find(objects.virtualServices, "bookinfo").spec.http[0].match = [{ uri: { exact: hostile } }];
    find(objects.virtualServices, "my-blog").spec.hosts = [hostile];
    objects.services.find(({ metadata }) => metadata.name === "echo-service")!.metadata.name =
      `x" label=<<B>${hostile}`;
    for (const pod of objects.pods) if (pod.metadata.labels?.app === "frontend") pod.metadata.labels.version = hostile;
    find(objects.policies, "allow-frontend-to-api").spec.rules[0].from[0].source.principals = [hostile];
    const svg = await svgOf({ ...topologyOf(objects), stack: hostile }, { shape });
    parsed(svg);
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&#60;script&#62;");
  });

  it("is drawn of a seat that has next to nothing", async () => {
    const empty = Object.fromEntries(Object.keys(seat("istio")).map((kind) => [kind, []])) as never;
    const svg = await svgOf(topologyOf(empty), { shape });
    parsed(svg);
    expect(svg).toContain("Legend");
  });
});

it("a phone's picture is narrow enough for its text: 14 px are 8 or more at 390", async () => {
  const { width } = parsed(await svgOf(topologyOf(seat("istio")), { shape: "narrow" }));
  expect((14 * 390) / width).toBeGreaterThan(8);
});

describe.each(Object.entries({ light, dark }))("in the %s scheme", (_, palette) => {
  const pairs: [keyof Palette, keyof Palette][] = [
    ["text", "page"],
    ["text", "panel"],
    ["text", "card"],
    ["text", "bar"],
    ["text", "track"],
    ["muted", "page"],
    ["muted", "panel"],
    ["muted", "card"],
    ["muted", "track"],
    ["flow", "panel"],
    ["flow", "card"],
    ["bad", "panel"],
    ["bad", "card"],
    ["onGateway", "gateway"],
    ["onGood", "good"],
    ["onCareful", "careful"],
    ["onCareful", "card"],
  ];
  it.each(pairs)("%s is legible on %s", (text, ground) =>
    expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5),
  );
  it("lines that were not measured are seen", () =>
    expect(contrast(palette.quiet, palette.panel)).toBeGreaterThanOrEqual(3));
});

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dim, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

it("a PNG has the picture's size twice over, and is drawn with text", async () => {
  const topology = topologyOf(seat("istio"));
  const svg = await svgOf(topology, { scheme: "light" });
  const png = pngOf(svg, "x2");
  const { width, height } = parsed(svg);
  expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([width * 2, height * 2]);
  // The list of fonts is understood: else it would be whichever font comes first, and nothing bold.
  expect(png.equals(pngOf(svg.replaceAll("font-weight:700", ""), "x2"))).toBe(false);
  expect(png.length).toBeGreaterThan(pngOf(svg.replace(/<text[\s\S]*?<\/text>/g, ""), "x2").length + 10_000);
});
