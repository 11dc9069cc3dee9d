import { instance, type Viz } from "@viz-js/viz";

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
