import type { Page } from "playwright-core";

/** An edge of Kiali's graph. */
export interface Edge {
  /** Requests per second. */
  readonly rate: number;
  /** Whether all requests use mutual TLS. */
  readonly locked: boolean;
  /** The percentage of requests that failed. */
  readonly errors: number;
}

/** `gateway > productpage v1` → its edge. */
export type Graph = ReadonlyMap<string, Edge>;

interface Named {
  app?: string;
  version?: string;
  workload?: string;
}

/** The answer of Kiali's API to a graph request. */
export interface GraphAnswer {
  elements: {
    nodes: { data: Named & { id: string } }[];
    edges: {
      data: {
        source: string;
        target: string;
        isMTLS?: string;
        traffic?: { protocol: string; rates: Record<string, string> };
      };
    }[];
  };
}

/** Reads the graph from Kiali's API. */
export function graphOfAnswer({ elements: { nodes, edges } }: GraphAnswer): Graph {
  const names = new Map(nodes.map(({ data }) => [data.id, nameOf(data)]));
  return graphOf(
    edges.flatMap(({ data: { source, target, isMTLS, traffic } }) => {
      if (traffic === undefined) return [];
      const { protocol, rates } = traffic;
      const edge: Edge = {
        rate: Number(rates[protocol] ?? 0),
        locked: Number(isMTLS ?? 0) === 100,
        errors: Number(rates[`${protocol}PercentErr`] ?? 0),
      };
      return [[`${names.get(source)} > ${names.get(target)}`, edge] as const];
    }),
  );
}

/**
 * Reads the graph from the page: the texts drawn on its edges. The page draws on a canvas, and its drawing library
 * keeps those texts.
 */
export async function graphOfPage(page: Page): Promise<Graph> {
  // A larger page shows every text.
  await page.setViewportSize({ width: 1920, height: 1400 });
  await page.waitForTimeout(2000);
  interface Drawn {
    from: Named;
    to: Named;
    text: string;
  }
  const drawn = (await page.evaluate(`(() => {
    const { cy } = [...document.querySelectorAll("*")].find((element) => element._cyreg)._cyreg;
    const end = (node) => ({ app: node.data("app"), version: node.data("version"), workload: node.data("workload") });
    return cy.edges().map((edge) => ({ from: end(edge.source()), to: end(edge.target()), text: edge.style("label") }));
  })()`)) as Drawn[];
  return graphOf(
    drawn.map(({ from, to, text }) => {
      const number = (unit: string) => Number(new RegExp(`^([\\d.]+)${unit}$`, "m").exec(text)?.[1] ?? 0);
      // Kiali's icon for mutual TLS comes from the private-use characters of its font.
      return [
        `${nameOf(from)} > ${nameOf(to)}`,
        { rate: number(" rps"), locked: /^[\ue000-\uf8ff] ?\n/.test(text), errors: number("% err") },
      ] as const;
    }),
  );
}

/** The gateway is named without a version, because its version is Istio's. */
function nameOf({ app, version, workload }: Named): string {
  return app === "istio-ingressgateway" ? "gateway" : [app ?? workload, version].filter(Boolean).join(" ");
}

/**
 * Merges edges between the same nodes. Kiali draws several where two protocols are used, or where one edge fails in
 * its own way.
 */
function graphOf(edges: readonly (readonly [name: string, edge: Edge])[]): Graph {
  const graph = new Map<string, Edge>();
  for (const [name, edge] of edges) {
    const { rate, locked, errors } = graph.get(name) ?? { rate: 0, locked: true, errors: 0 };
    const sum = rate + edge.rate;
    graph.set(name, {
      rate: sum,
      locked: locked && edge.locked,
      errors: sum === 0 ? 0 : (rate * errors + edge.rate * edge.errors) / sum,
    });
  }
  return graph;
}
