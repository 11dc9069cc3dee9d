import { Resvg } from "@resvg/resvg-js";
import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { size } from "./cards";
import { callText } from "./graph";
import { legend } from "./legend";
import type { Topology, Traffic } from "./model";
import { dark, light, rules } from "./palette";
import { type Panel, panelOf, railGap, strokeOf } from "./panel";
import { lines, type Pill, pillHeight, rect, write } from "./pen";
import { fit, textWidth, xml } from "./text";

interface SvgOptions {
  /** `narrow`: one column, for a phone. @default wide */
  shape?: "wide" | "narrow";
  /** `both` follows the reader's own preference. @default both */
  scheme?: "both" | "light";
}

/**
 * Fonts that common systems already have, since the picture embeds none. Every name is quoted, because resvg
 * otherwise ignores the list.
 */
const font = [
  "Helvetica Neue",
  "Helvetica",
  "Arial",
  "Liberation Sans",
  "DejaVu Sans",
  "Noto Sans",
  "Segoe UI",
  "Roboto",
  "Ubuntu",
]
  .map((name) => `'${name}'`)
  .concat("sans-serif")
  .join(",");
const margin = 16;
const gap = 14;
const rail = { width: 40, gap: railGap };

/** A block of the right column; in a narrow picture it follows at the end. */
interface Block {
  minWidth: number;
  height(width: number): number;
  draw(width: number): string;
}

/** Draws the picture of a seat. */
export async function svgOf(topology: Topology, { shape = "wide", scheme = "both" }: SvgOptions = {}): Promise<string> {
  const panels = await Promise.all(
    topology.namespaces.map((view) => panelOf(view, topology, shape === "wide" ? "across" : "down")),
  );
  const entered = panels.filter((panel) => panel.entered);
  const inner = panels.filter((panel) => !panel.entered);
  const others: Block[] = [
    ...inner,
    ...(topology.controlPlane.length > 0 ? [controlPlane(topology)] : []),
    legend(topology),
  ];
  const beside = shape === "wide" && entered.length > 0;
  const indent = entered.length > 0 ? rail.width + rail.gap : 0;

  const leftWidth = Math.max(0, ...entered.map(({ minWidth }) => minWidth));
  const otherWidth = Math.max(...others.map(({ minWidth }) => minWidth));
  const widthOfOne = Math.max(leftWidth + indent, otherWidth, 440);
  const width = Math.ceil(2 * margin + (beside ? indent + leftWidth + gap + 6 + otherWidth : widthOfOne));
  const head = header(topology, width - 2 * margin);

  const body: string[] = [head.svg];
  let y = margin + head.height;
  const top = y;
  const panelWidth = beside ? leftWidth : widthOfOne - indent;
  const entrances: { y: number; panel: Panel }[] = [];
  for (const panel of entered) {
    body.push(moved(margin + indent, y, panel.draw(panelWidth)));
    entrances.push({ y, panel });
    y += panel.height(panelWidth) + gap;
  }
  if (entered.length > 0) body.push(gatewayRail(topology, entrances, top, y - gap));
  let below = beside ? top : y;
  const x = beside ? margin + indent + leftWidth + gap + 6 : margin;
  const blockWidth = beside ? otherWidth : widthOfOne;
  for (const block of others) {
    body.push(moved(x, below, block.draw(blockWidth)));
    below += block.height(blockWidth) + gap;
  }
  const height = Math.ceil(Math.max(y, below) - gap + margin);
  return document(topology, { width, height, scheme, body: body.join("\n") });
}

function document(
  topology: Topology,
  { width, height, scheme, body }: { width: number; height: number; scheme: "both" | "light"; body: string },
): string {
  const colours =
    scheme === "light" ? rules(light) : `${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}`;
  const arrow = (id: string, fill: string) =>
    `<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.8L10 5L0 9.2Z" class="${fill}"/></marker>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${xml(titleOf(topology))}</title>
<desc id="description">${xml(describe(topology))}</desc>
<style>text{font-family:${font}}.s{font-size:${size.text}px}.h{font-size:${size.name}px;font-weight:700}.b{font-weight:700}.t{font-size:24px;font-weight:700}.measured,.routed{stroke-linecap:round}.routed{stroke-dasharray:7 5}.written{stroke-dasharray:1.5 5;stroke-linecap:round}${colours}</style>
<defs>${arrow("flow-arrow", "flowing")}${arrow("quiet-arrow", "resting")}</defs>
${rect(0, 0, width, height, 0, "page")}
${body}
</svg>
`;
}

function titleOf({ stack }: Topology): string {
  return `Seat ${stack}`;
}

function header(topology: Topology, width: number): { svg: string; height: number } {
  const title = write(margin, margin + 22, fit(titleOf(topology), width, 24, true), "t text");
  const texts = lines(subtitle(topology), width, size.text);
  const rows = texts.map((text, index) => write(margin, margin + 46 + index * 20, text, "s muted"));
  return { svg: [title, ...rows].join("\n"), height: 46 + texts.length * 20 };
}

function subtitle({ readAt, routes, traffic, gateway }: Topology): string {
  const apis = routes.map((api) => ({ istio: "VirtualService", "gateway-api": "HTTPRoute" })[api]).join(" and ");
  return [
    `${readAt.slice(0, 16).replace("T", " ")} UTC`,
    ...(gateway ? [gateway.url] : []),
    ...(apis ? [`routes by ${apis}`] : []),
    trafficText(traffic),
  ].join(" · ");
}

function trafficText(traffic: Traffic): string {
  if (traffic.source === "none") return `traffic not measured: ${traffic.reason}`;
  if (traffic.metric === undefined) return `no requests counted within ${traffic.window} s`;
  return `requests a second over ${traffic.window} s, from ${traffic.metric}`;
}

/** Draws the gateway as a bar, left of everything that it leads to. */
function gatewayRail(
  { gateway }: Topology,
  entrances: { y: number; panel: Panel }[],
  top: number,
  bottom: number,
): string {
  const right = margin + rail.width;
  const into = entrances.flatMap(({ y, panel }) =>
    panel.gates.map((gate) => {
      const end = right + rail.gap + gate.x;
      return `<path d="M${right} ${round(y + gate.y)}H${round(end)}" class="${gate.call.kind}" stroke-width="${round(strokeOf(gate.call))}"/>`;
    }),
  );
  const [x, middle] = [margin + rail.width / 2 + 6, (top + bottom) / 2];
  const text = gateway ? `${gateway.name} · ${gateway.pods.ready}/${gateway.pods.all} pods` : "no gateway runs";
  const fitted = fit(text, bottom - top - 20, size.name, true);
  const label = `<text transform="translate(${x} ${middle}) rotate(-90)" text-anchor="middle" class="h on-gate">${xml(fitted)}</text>`;
  return [...into, rect(margin, top, rail.width, bottom - top, 12, "gate"), label].join("\n");
}

function controlPlane({ controlPlane }: Topology): Block {
  const pills = controlPlane.map(({ name, pods }): Pill => ({
    text: `${name} ${pods.ready}/${pods.all}`,
    icon: "allow",
    tone: pods.ready < pods.all ? "careful" : "good",
  }));
  const widthOf = (one: Pill) => textWidth(one.text, size.text) + 22;
  const place = (width: number) => {
    let [x, row] = [0, 0];
    return pills.map((one) => {
      if (x > 0 && x + widthOf(one) > width - 28) [x, row] = [0, row + 1];
      const placed = { one, x, row };
      x += widthOf(one) + 8;
      return placed;
    });
  };
  const height = (width: number) => 44 + ((place(width).at(-1)?.row ?? 0) + 1) * (pillHeight + 6) + 6;
  const draw = (width: number) =>
    [
      rect(0.5, 0.5, width - 1, height(width) - 1, 12, "panel"),
      write(14, 26, "istio-system", "h text"),
      ...place(width).map(({ one, x, row }) => {
        const y = 40 + row * (pillHeight + 6);
        return (
          rect(14 + x, y, widthOf(one), pillHeight, pillHeight / 2, one.tone) +
          write(14 + x + widthOf(one) / 2, y + 17, one.text, `s on-${one.tone}`, { anchor: "middle" })
        );
      }),
    ].join("\n");
  return { minWidth: Math.max(200, ...pills.map(widthOf)) + 28, height, draw };
}

function moved(x: number, y: number, svg: string): string {
  return `<g transform="translate(${round(x)} ${round(y)})">\n${svg}\n</g>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Describes the picture in words. */
function describe(topology: Topology): string {
  const { namespaces, calls, gateway } = topology;
  const from = (call: (typeof calls)[number]) =>
    call.from === "gateway" ? "the gateway" : [call.from.service, call.from.version].filter(Boolean).join(" ");
  const sentences = namespaces.map(({ name, mtls, services }) => {
    const each = services.map(({ name: service, versions }) => {
      const weights = versions
        .filter(({ weight }) => weight !== undefined)
        .map(({ name: version, weight }) => `${version} ${weight} %`);
      return weights.length > 1 ? `${service} (${weights.join(", ")})` : service;
    });
    return `Namespace ${name}, mTLS ${mtls}: ${each.join(", ")}.`;
  });
  const measured = calls
    .filter(({ kind }) => kind === "measured")
    .map((call) => `${from(call)} to ${call.to.service} ${callText(call)}`);
  return [
    subtitle(topology),
    gateway ? "" : "No gateway runs.",
    ...sentences,
    measured.length > 0 ? `Measured: ${measured.join(", ")}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** Pixels per px of the picture. Two are sharp on a projector and on paper. */
const zoom = 2;

/**
 * Converts a picture drawn with `scheme: "light"` to PNG. Text needs a font of this machine. @throws {UserError}
 * where there is none
 */
export function pngOf(svg: string, stack: string): Buffer {
  const options = { fitTo: { mode: "zoom" as const, value: zoom }, font: { loadSystemFonts: true } };
  const probe = new Resvg(
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text x="2" y="15" font-size="14">a</text></svg>',
    options,
  );
  if (probe.getBBox() === undefined) {
    throw new UserError(
      "This machine has no font to draw a PNG's text with. Install one (on Debian: apt-get install fonts-dejavu-core), or write an SVG: " +
        onStack(stack, "`npm run topology -- --output topology.svg`."),
    );
  }
  return new Resvg(svg, options).render().asPng();
}
