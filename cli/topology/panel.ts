import { cardsOf, podsText, policyText, size, type Card } from "./cards";
import { dotOf, guestHeight, type Direction, layout, type Layout } from "./graph";
import type { Call, NamespaceView, Topology } from "./model";
import { curve, icon, pill, pillHeight, pillWidth, rect, write, type Pill } from "./pen";
import { fit, textWidth } from "./text";

/** A drawn namespace; the caller decides its position. */
export interface Panel {
  name: string;
  /** Whether the gateway leads into it. */
  entered: boolean;
  minWidth: number;
  height(width: number): number;
  /** Returns the panel's SVG with its top left corner at 0,0. */
  draw(width: number): string;
  /** The start points of the gateway's calls that the caller still has to connect to the gateway. */
  gates: { x: number; y: number; call: Call }[];
}

const inset = 14;
/** The distance from the gateway's bar to the panels at its right. */
export const railGap = 14;
const head = 34;

export async function panelOf(view: NamespaceView, topology: Topology, direction: Direction): Promise<Panel> {
  const cards = cardsOf(view, topology.traffic);
  const calls = topology.calls.filter(({ to }) => to.namespace === view.name);
  const dot = dotOf({ namespace: view.name, cards, calls }, direction);
  const placed = await layout(dot.text);
  const pills = pillsOf(view);
  const nameWidth = textWidth(view.name, size.name, true) + 14;
  const entered = calls.some(({ from }) => from === "gateway");
  const rowsOf = (width: number) => flow(pills, width - 2 * inset, nameWidth);
  const top = (width: number) => head + (rowsOf(width).at(-1)?.row ?? 0) * (pillHeight + 5) + 14;
  const at = (point: { x: number; y: number }, width: number) => ({ x: point.x + inset, y: point.y + top(width) });

  const boxes = cards.map((card, index) => ({ card, ...placed.nodes.get(`n${index}`)! }));
  const gates = [...dot.edges].flatMap(([id, { call }]) =>
    call.from === "gateway" && !straighten(placed.edges.get(id)!, boxes) ? [{ id, call }] : [],
  );
  const panel: Panel = {
    name: view.name,
    entered,
    minWidth: Math.max(placed.width + 2 * inset, nameWidth + 2 * inset + Math.max(0, ...pills.map(pillWidth))),
    height: (width) => top(width) + placed.height + inset,
    gates: [],
    draw: (width) => {
      panel.gates = gates.map(({ id, call }) => ({ ...at(placed.edges.get(id)!.points[0]!, width), call }));
      const drawn = boxes.map(({ card, ...middle }) => {
        const centre = at(middle, width);
        return drawCard(card, centre.x - card.width / 2, centre.y - card.height / 2);
      });
      const guests = dot.guests.map((guest) => {
        const centre = at(placed.nodes.get(guest.id)!, width);
        return (
          rect(centre.x - guest.width / 2, centre.y - guestHeight / 2, guest.width, guestHeight, 8, "guest") +
          write(centre.x, centre.y + 5, guest.text, "s muted", { anchor: "middle" })
        );
      });
      const edges = [...dot.edges].map(([id, { call, text }]) => {
        const { points, label } = placed.edges.get(id)!;
        return {
          line: drawCall(
            points.map((point) => at(point, width)),
            call,
          ),
          text: label && text ? drawRate(at(label, width), text, call) : "",
        };
      });
      const header =
        write(inset, 24, view.name, "h text") +
        rowsOf(width)
          .map(({ pill: one, x, row }) => pill(inset + x, 7 + row * (pillHeight + 5), one))
          .join("");
      const parts = [
        rect(0.5, 0.5, width - 1, panel.height(width) - 1, 12, "panel"),
        header,
        ...edges.map(({ line }) => line),
        ...guests,
        ...drawn,
        ...edges.map(({ text }) => text),
      ];
      return parts.join("\n");
    },
  };
  return panel;
}

/** Draws a call from the gateway as a straight line, unless the line would cross a box. */
function straighten(
  edge: Layout["edges"] extends Map<string, infer Edge> ? Edge : never,
  boxes: readonly { card: Card; x: number; y: number }[],
): boolean {
  const end = edge.points.at(-1)!;
  if (boxes.some(({ card, x, y }) => x + card.width / 2 < end.x && Math.abs(y - end.y) < card.height / 2 + 4))
    return false;
  const begin = -inset - railGap;
  const part = (share: number) => ({ x: begin + (end.x - begin) * share, y: end.y });
  edge.points = [part(0), part(1 / 3), part(2 / 3), end];
  if (edge.label) edge.label = { x: (end.x - inset) / 2, y: end.y - 12 };
  return true;
}

function pillsOf({ mtls, policies }: NamespaceView): Pill[] {
  const strict = mtls === "STRICT";
  return [
    { text: `mTLS ${mtls}`, icon: strict ? "lock" : "open-lock", tone: strict ? "good" : "careful" },
    ...policies.map((policy): Pill => {
      const denies = policy.action === "DENY" || policy.rules === "nobody";
      const text = policy.rules === "nobody" && policy.action === "ALLOW" ? "only what is allowed" : policyText(policy);
      return {
        text: fit(text, 300, size.text),
        icon: denies ? "deny" : "allow",
        tone: "good",
        title: `${policy.name}: ${policy.action} ${policy.rules}`,
      };
    }),
  ];
}

/** Places pills in rows. The first row begins after the name. */
function flow(pills: readonly Pill[], width: number, nameWidth: number): { pill: Pill; x: number; row: number }[] {
  let [x, row] = [nameWidth, 0];
  return pills.map((one) => {
    if (x > 0 && x + pillWidth(one) > width) [x, row] = [0, row + 1];
    const placed = { pill: one, x, row };
    x += pillWidth(one) + 8;
    return placed;
  });
}

function drawCard({ name, service, width, height, rows, columns, weighed }: Card, x: number, y: number): string {
  const parts = [
    rect(x, y, width, height, 10, "card"),
    write(x + size.pad, y + 23, name, "h text", { title: service }),
  ];
  for (const row of rows) {
    const base = y + row.y + 17;
    if (row.kind === "line") {
      const indent = row.icon === "none" ? 0 : size.icon;
      const tone =
        row.icon === "fault" ? "bad" : row.icon === "warning" || row.icon === "open-lock" ? "on-careful" : "muted";
      parts.push(
        icon(row.icon, x + size.pad, base - 12),
        write(x + size.pad + indent, base, row.text, `s ${tone}`, { title: row.whole }),
      );
      continue;
    }
    const { version } = row;
    const broken = version.pods.ready < version.pods.all || version.pods.all === 0 || version.withoutSidecar > 0;
    parts.push(
      write(x + size.pad, base, row.name, `s b ${version.weight === 0 ? "muted" : "text"}`, { title: version.name }),
    );
    if (weighed && version.weight !== undefined) parts.push(weightBar(x + columns.bar, base, version.weight));
    if (row.rate !== undefined) parts.push(write(x + columns.rate, base, row.rate, "s flowing"));
    parts.push(
      write(x + width - size.pad, base, podsText(version), `s ${broken ? "bad" : "muted"}`, { anchor: "end" }),
    );
  }
  return `<g>${parts.join("")}</g>`;
}

export function weightBar(x: number, base: number, weight: number): string {
  const filled = weight > 0 ? rect(x, base - 14, Math.max(6, (size.bar * weight) / 100), 19, 5, "bar") : "";
  return `${rect(x, base - 14, size.bar, 19, 5, "track")}${filled}${write(x + size.bar / 2, base, `${weight} %`, `s ${weight === 0 ? "muted" : "text"}`, { anchor: "middle" })}`;
}

function drawCall(points: { x: number; y: number }[], call: Call): string {
  return curve(points, call.kind, strokeOf(call), call.kind === "measured" ? "flow-arrow" : "quiet-arrow");
}

/**
 * Returns an edge's width by the order of magnitude of its requests: 1.6 px for a few per minute, 5 px from 100 per
 * second.
 */
export function strokeOf({ kind, rate = 0 }: Call): number {
  if (kind !== "measured") return 1.6;
  return 1.6 + 3.4 * Math.min(1, Math.max(0, (Math.log10(Math.max(rate, 0.1)) + 1) / 3));
}

function drawRate(
  { x, y }: { x: number; y: number },
  text: string,
  { kind, clientErrors, serverErrors }: Call,
): string {
  const tone = clientErrors || serverErrors ? "bad" : kind === "measured" ? "flowing" : "muted";
  return write(x, y + 4, text, `s b halo ${tone}`, { anchor: "middle" });
}
