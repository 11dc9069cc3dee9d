import { size, type Card } from "./cards";
import type { Call } from "./model";
import { perSecond, textWidth } from "./text";

/** What a namespace's part of the picture has to place: its boxes, and the calls that end in it. */
export interface PanelGraph {
  namespace: string;
  cards: readonly Card[];
  calls: readonly Call[];
}

/** A caller of another namespace, drawn as a small box at the left. */
export interface Guest {
  id: string;
  text: string;
  width: number;
}

/** The graph, and what its names mean. Ids are numbers: names of the cluster are text of the picture, and never DOT. */
export interface Dot {
  text: string;
  guests: Guest[];
  /** Calls by the id of their edge, and what is written beside each. */
  edges: Map<string, { call: Call; text?: string }>;
}

export const guestHeight = 28;

/** `across`: callers at the left, the called to their right. `down`: below them, for a picture that is to be narrow. */
export type Direction = "across" | "down";

/** A namespace as a graph of Graphviz', which is to place boxes of known sizes and lead the edges around them. Pure. */
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
    // Calls of several versions to one box go side by side when they are free to choose where they end.
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

/** The gateway's side is the first column, and what nobody calls stands in the same column as what the gateway calls, not before it. */
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

/** Each box that the gateway calls has its line free to the left; what nobody calls comes below. */
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

/** Where an edge begins: at the gateway's side, at a guest, or at a box; at the row of a version, or below the box with the version's name beside the edge. */
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

/** `2.4/s`, `2.4/s, 12 % 5xx`; undefined where nothing was measured. */
export function callText({ rate, clientErrors = 0, serverErrors = 0 }: Call): string | undefined {
  if (rate === undefined) return undefined;
  const share = (part: number, name: string) => (part > 0 ? [`${percent(part / rate)} ${name}`] : []);
  return [perSecond(rate), ...share(clientErrors, "4xx"), ...share(serverErrors, "5xx")].join(", ");
}

function percent(part: number): string {
  return part < 0.01 ? "<1 %" : `${Math.round(part * 100)} %`;
}

/** A box with a port for the head and one for each row. */
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
