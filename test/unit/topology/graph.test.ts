import { describe, expect, it } from "vitest";
import { cardsOf, entryText, type Card } from "../../../cli/topology/cards";
import { callText, dotOf, type Direction, layout } from "../../../cli/topology/graph";
import type { Call } from "../../../cli/topology/model";
import { fit, perSecond, textWidth, xml } from "../../../cli/topology/text";
import { seat, topologyOf } from "./world";

const measured = (from: Call["from"], namespace: string, service: string, rate: number): Call => ({
  from,
  to: { namespace, service },
  kind: "measured",
  rate,
});
const calls = [
  measured("gateway", "blog", "my-blog", 12),
  measured({ namespace: "client", service: "client" }, "blog", "api", 0.1),
  measured({ namespace: "default", service: "reviews", version: "v3" }, "default", "ratings", 4),
];
const topology = topologyOf(seat("istio"), calls);

function dot(name: string, direction: Direction) {
  const view = topology.namespaces.find((one) => one.name === name)!;
  const cards = cardsOf(view, topology.traffic);
  return {
    cards,
    ...dotOf({ namespace: name, cards, calls: topology.calls.filter(({ to }) => to.namespace === name) }, direction),
  };
}

it("the graph of a namespace is its boxes, the gateway's side, callers of other namespaces, and its calls", () => {
  const { text, cards, edges, guests } = dot("blog", "across");
  const boxes = text.replace(/<TABLE.*?<\/TABLE>/gs, "BOX");
  const n = (service: string) => `n${cards.findIndex((card) => card.service === service)}`;
  expect(boxes.split("\n").filter((line) => line.includes("->"))).toEqual([
    `  idle -> ${n("frontend")}:head:w [style=invis];`,
    `  g0 -> ${n("my-blog")}:head:w [id="e0", label=<BOX>];`,
    `  x0:e -> ${n("api")}:head:w [id="e1", label=<BOX>];`,
    `  ${n("frontend")}:e -> ${n("api")}:head:w [id="e2"];`,
  ]);
  expect(boxes).toContain("{ rank=source; g0; x0; idle }");
  expect(guests.map(({ text: guest }) => guest)).toEqual(["client (client)"]);
  expect([...edges.values()].map(({ text: label }) => label)).toEqual(["12/s", "0.1/s", undefined]);
});

it("a call of one version begins at its row, or is named where rows have no side of their own", () => {
  const across = dot("default", "across");
  const ratings = `n${across.cards.findIndex(({ service }) => service === "ratings")}`;
  const reviews = `n${across.cards.findIndex(({ service }) => service === "reviews")}`;
  expect(across.text).toContain(`${reviews}:r2:e -> ${ratings}:head:w`);
  expect([...dot("default", "down").edges.values()].map(({ text }) => text)).toEqual(
    expect.arrayContaining(["v3 4.0/s", "v2"]),
  );
});

describe.each(["across", "down"] as const)("laid out %s", (direction) => {
  it.each(topology.namespaces.map(({ name }) => name))(
    "no box of %s lies on another, and every call has a way",
    async (name) => {
      const { text, cards, edges } = dot(name, direction);
      const placed = await layout(text);
      const boxes = cards.map((card, index) => ({ card, ...placed.nodes.get(`n${index}`)! }));
      for (const [index, a] of boxes.entries()) {
        expect(a.x - a.card.width / 2).toBeGreaterThanOrEqual(-1);
        expect(a.x + a.card.width / 2).toBeLessThanOrEqual(placed.width + 1);
        for (const b of boxes.slice(index + 1)) expect(apart(a, b), `${a.card.name} and ${b.card.name}`).toBe(true);
      }
      for (const [id, { text: label }] of edges) {
        const { points, label: at } = placed.edges.get(id)!;
        expect(points.length % 3).toBe(1);
        expect(Boolean(at)).toBe(label !== undefined);
      }
    },
  );
});

type Placed = { card: Card; x: number; y: number };
function apart(a: Placed, b: Placed): boolean {
  return (
    Math.abs(a.x - b.x) >= (a.card.width + b.card.width) / 2 ||
    Math.abs(a.y - b.y) >= (a.card.height + b.card.height) / 2
  );
}

it("Graphviz' refusals are told", async () => {
  await expect(layout("digraph {")).rejects.toThrow("Graphviz refused the graph: syntax error");
});

describe("texts", () => {
  it.each([
    [0.01, "<0.1/s"],
    [0.05, "0.1/s"],
    [2.449, "2.4/s"],
    [9.94, "9.9/s"],
    [9.96, "10/s"],
    [250.4, "250/s"],
  ])("%d requests a second are %s", (rate, text) => expect(perSecond(rate)).toBe(text));

  it("of a call have its rate, and what failed", () => {
    const call = measured("gateway", "blog", "my-blog", 10);
    expect(callText({ ...call, clientErrors: 10 })).toBe("10/s, 100 % 4xx");
    expect(callText({ ...call, clientErrors: 0.05, serverErrors: 1.2 })).toBe("10/s, <1 % 4xx, 12 % 5xx");
    expect(callText({ from: "gateway", to: call.to, kind: "routed" })).toBeUndefined();
  });

  it("of an entry have its host and its first path", () => {
    expect(entryText({ hosts: ["*"], paths: [] })).toBe("every path");
    expect(entryText({ hosts: ["*"], paths: ["/"] })).toBe("/");
    expect(entryText({ hosts: ["a.example", "b.example"], paths: ["/x", "/y", "/z"] })).toBe("a.example +1/x +2");
  });

  it("are cut where they would leave their box", () => {
    expect(fit("short", 500, 14)).toBe("short");
    const cut = fit("a-very-long-name-of-a-service", 90, 14);
    expect(cut).toMatch(/^a-very.*…$/);
    expect(textWidth(cut, 14)).toBeLessThanOrEqual(90);
  });

  it("are XML", () =>
    expect(xml("<a & \"b\" 'c'>\u0000\u0008\ud800é😀")).toBe("&#60;a &#38; &#34;b&#34; &#39;c&#39;&#62;é😀"));
});
