import { instance, type Viz } from "@viz-js/viz";
import { type Card, size } from "./cards";
import type { Call } from "./model";
import { perSecond, textWidth } from "./text";

/** The boxes that the picture of a namespace places, and the calls that end in them. */
interface PanelGraph {
  namespace: string;
  cards: readonly Card[];
  calls: readonly Call[];
}

/** A caller from another namespace, drawn as a small box at the left. */
interface Guest {
  id: string;
  text: string;
  width: number;
}

/**
 * The graph in DOT, and what its ids stand for. Ids are numbers, so names from the cluster never enter the DOT text.
 */
interface Dot {
  text: string;
  guests: Guest[];
  /** The calls by the id of their edge, and the label of each. */
  edges: Map<string, { call: Call; text?: string }>;
}

export const guestHeight = 28;

/**
 * `across`: the callers are left of the called services. `down`: the callers are above them, for a narrow picture.
 */
export type Direction = "across" | "down";

/**
 * Returns a namespace as a Graphviz graph. Graphviz places boxes of known sizes and routes the edges around them.
 * Pure.
 */
export function dotOf({ namespace, cards, calls }: PanelGraph, direction: Direction): Dot {
  const node = new Map(cards.map((card, index) => [card.service, `n${index}`]));
  const guests = new Map<string, Guest>();
  const edges: Dot["edges"] = new Map();
  const gates: string[] = [];
  const lines = cards.map((card) => `  ${node.get(card.service)} [label=<${table(card)}>];`);
  const edgeLines = calls.flatMap((call) => {
    const to = node.get(call.to.service);
    if (to === undefined || call.to.namespace !== namespace) return [];
    const id = `e${edges.size}`;
    const begin = tail(call, { namespace, cards, node, guests, gates, direction });
    const text = [begin.version, callText(call)].filter((part) => part !== undefined).join(" ");
    edges.set(id, { call, ...(text && { text }) });
    // Without a fixed end point, Graphviz draws calls of several versions to one box side by side.
    const head =
      direction === "across" || call.from === "gateway" ? ":head:w" : begin.version === undefined ? ":n" : "";
    return `  ${begin.port} -> ${to}${head} [id="${id}"${text ? `, label=<${box(textWidth(text, size.text, true) + 4, 18)}>` : ""}];`;
  });
  const gated = [...edges.values()]
    .filter(({ call }) => call.from === "gateway")
    .map(({ call: { to } }) => node.get(to.service)!);
  const called = new Set([...edges.values()].map(({ call }) => call.to.service));
  const idle = cards.filter(({ service }) => !called.has(service)).map(({ service }) => node.get(service)!);
  const guestIds = [...guests.values()].map(({ id }) => id);
  const placing = direction === "across" ? columns({ gates, guestIds, idle }) : stack({ gates, gated, idle });
  const text = [
    "digraph {",
    `  graph [rankdir=${direction === "across" ? "LR" : "TB"}, nodesep=${direction === "across" ? 0.22 : 0.3}, ranksep=${direction === "across" ? 0.55 : 0.4}, margin=0, pad=0, splines=true];`,
    "  node [shape=plain, margin=0]; edge [arrowhead=none];",
    ...lines,
    ...[...guests.values()].map(({ id, width }) => `  ${id} [label=<${box(width, guestHeight)}>];`),
    ...gates.map((id) => `  ${id} [shape=point, width=0.01, height=0.01, label=""];`),
    ...placing.map((line) => `  ${line}`),
    ...edgeLines,
    "}",
    "",
  ].join("\n");
  return { text, guests: [...guests.values()], edges };
}

/**
 * Puts the gateway's side in the first column. Services that nobody calls share the column of the services that the
 * gateway calls.
 */
function columns({ gates, guestIds, idle }: { gates: string[]; guestIds: string[]; idle: string[] }): string[] {
  const first = [...gates, ...guestIds];
  if (first.length === 0) return [];
  const hidden =
    idle.length > 0
      ? [
          'idle [shape=point, width=0.01, height=0.01, label="", style=invis];',
          ...idle.map((id) => `idle -> ${id}:head:w [style=invis];`),
        ]
      : [];
  return [...hidden, `{ rank=source; ${[...first, ...(idle.length > 0 ? ["idle"] : [])].join("; ")} }`];
}

/**
 * Stacks the boxes that the gateway calls, so that each has a free line to the left. Boxes that nobody calls come
 * below.
 */
function stack({ gates, gated, idle }: { gates: string[]; gated: string[]; idle: string[] }): string[] {
  const entered = [...new Set(gated)];
  const below = entered.slice(1).map((id, index) => `${entered[index]} -> ${id} [style=invis];`);
  const last = entered.at(-1);
  return [
    ...gates.map((id, index) => `{ rank=same; ${id}; ${gated[index]} }`),
    ...below,
    ...(last === undefined ? [] : idle.map((id) => `${last} -> ${id} [style=invis];`)),
  ];
}

interface Known {
  namespace: string;
  cards: readonly Card[];
  node: ReadonlyMap<string, string>;
  guests: Map<string, Guest>;
  gates: string[];
  direction: Direction;
}

/**
 * Returns where an edge begins: at the gateway's side, at a guest or at a box. In a wide picture, a version's edge
 * begins at its row. In a narrow one it begins below the box, and its label names the version.
 */
function tail(
  { from }: Call,
  { namespace, cards, node, guests, gates, direction }: Known,
): { port: string; version?: string } {
  const side = direction === "across" ? "e" : "s";
  if (from === "gateway") {
    gates.push(`g${gates.length}`);
    return { port: gates.at(-1)! };
  }
  if (from.namespace !== namespace) {
    const text = `${from.service} (${from.namespace})`;
    const guest = guests.get(text) ?? { id: `x${guests.size}`, text, width: textWidth(text, size.text) + 2 * size.pad };
    guests.set(text, guest);
    return { port: `${guest.id}:${side}` };
  }
  const { rows } = cards.find((card) => card.service === from.service)!;
  const versions = rows.flatMap((row, index) => (row.kind === "version" ? [{ index, ...row }] : []));
  const row = versions.length > 1 ? versions.find(({ version }) => version.name === from.version) : undefined;
  if (row === undefined) return { port: `${node.get(from.service)}:${side}` };
  return direction === "across"
    ? { port: `${node.get(from.service)}:r${row.index}:e` }
    : { port: node.get(from.service)!, version: row.name };
}

/** Returns a call's label, such as `2.4/s` or `2.4/s, 12 % 5xx`; undefined where nothing was measured. */
export function callText({ rate, clientErrors = 0, serverErrors = 0 }: Call): string | undefined {
  if (rate === undefined) return undefined;
  const share = (part: number, name: string) => (part > 0 ? [`${percent(part / rate)} ${name}`] : []);
  return [perSecond(rate), ...share(clientErrors, "4xx"), ...share(serverErrors, "5xx")].join(", ");
}

function percent(part: number): string {
  return part < 0.01 ? "<1 %" : `${Math.round(part * 100)} %`;
}

/** Returns a box with a port for the head and one for each row. */
function table({ width, height, rows }: Card): string {
  const cell = (port: string, tall: number) =>
    `<TR><TD PORT="${port}" FIXEDSIZE="TRUE" WIDTH="${width}" HEIGHT="${tall}"></TD></TR>`;
  const below = height - size.head - rows.length * size.row;
  const cells = [
    cell("head", size.head),
    ...rows.map((_, index) => cell(`r${index}`, size.row)),
    `<TR><TD FIXEDSIZE="TRUE" WIDTH="${width}" HEIGHT="${below}"></TD></TR>`,
  ];
  return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">${cells.join("")}</TABLE>`;
}

function box(width: number, height: number): string {
  return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR><TD FIXEDSIZE="TRUE" WIDTH="${Math.ceil(width)}" HEIGHT="${height}"></TD></TR></TABLE>`;
}

/** Graphviz's result: positions in px from the top left. */
export interface Layout {
  width: number;
  height: number;
  /** The centre of each node, by its id. */
  nodes: Map<string, { x: number; y: number }>;
  /** The points of a Bézier curve by the edge's id: one point, then three for each segment. */
  edges: Map<string, { points: { x: number; y: number }[]; label?: { x: number; y: number } }>;
}

let viz: Promise<Viz> | undefined;

/** Lays out a graph. Graphviz is a WebAssembly module, so it needs no installation. */
export async function layout(dot: string): Promise<Layout> {
  const result = (await (viz ??= instance())).render(dot, { format: "json", engine: "dot" });
  if (result.status !== "success")
    throw new Error(`Graphviz refused the graph: ${result.errors.map(({ message }) => message).join("; ")}`);
  return read(JSON.parse(result.output) as GraphvizJson);
}

/** https://graphviz.org/docs/outputs/json/ */
interface GraphvizJson {
  bb: string;
  objects?: { name: string; pos?: string }[];
  edges?: { id: string; pos: string; lp?: string }[];
}

function read({ bb, objects = [], edges = [] }: GraphvizJson): Layout {
  const [left = 0, bottom = 0, right = 0, top = 0] = bb.split(",").map(Number);
  const point = (text: string) => {
    const [x = 0, y = 0] = text.split(",").map(Number);
    return { x: x - left, y: top - y };
  };
  return {
    width: right - left,
    height: top - bottom,
    nodes: new Map(objects.flatMap(({ name, pos }) => (pos === undefined ? [] : [[name, point(pos)] as const]))),
    edges: new Map(
      edges.map(({ id, pos, lp }) => [
        id,
        { points: pos.split(" ").map(point), ...(lp !== undefined && { label: point(lp) }) },
      ]),
    ),
  };
}
