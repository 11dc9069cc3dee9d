import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { binomialInterval } from "../../cli/check/binomial";
import { RATE, SENDING, sendTo } from "../../cli/picture/picture";
import { graphNamespaces, graphPath } from "../../components/addons/kiali-graph";
import { lessonNames } from "../../components/lessons/catalog";
import { userEnvironment } from "../support/checkout";
import { get, until } from "../support/http";
import { stepsOf } from "../support/page";
import { sharedSeat } from "../support/shared-seat";
import * as toolchain from "../toolchain/chromium";

/** Its own requests run for more than a minute, which is the least that Kiali's graph counts. */
const seat = sharedSeat();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-picture-"));
const stop = new AbortController();

let origin: string;
let got: toolchain.Chromium;
let browser: Browser | undefined;
let began: number;
/** Ends with the picture taken, or where there is no browser with the traffic. */
let sending: Promise<{ exitCode?: number; all?: string }>;
/** The second of each pair of calls from the client: one that is answered, and one that is refused. */
let asked: Promise<number[]>;

/** The picture's own command sends what the graph shows. Without a browser it refuses, and the same is sent from here. */
beforeAll(async () => {
  origin = await seat.lab.output("KIALI_URL");
  got = await toolchain.chromium();
  if ("program" in got) {
    browser = await chromium.launch({ executablePath: got.program });
    const command = execa(process.execPath, ["cli/run.mjs", "picture", "--chromium", got.program, "--output", path.join(folder, "kiali.png")], { cwd: seat.lab.root, env: userEnvironment(), extendEnv: false, reject: false, stdin: "ignore", all: true });
    let printed = "";
    command.all.on("data", (text: Buffer | string) => (printed += String(text)));
    stop.signal.addEventListener("abort", () => void command.kill("SIGTERM"));
    sending = command.then(({ exitCode, all }) => ({ exitCode, all }));
    await until("its first request", 180, async () => printed, (text) => text.includes("Sending"));
  } else sending = sendTo(["bookinfo", "temperature", "blog"], seat.gateway, stop.signal).then(() => ({}));
  began = Date.now();
  const calls = `end=$(($(date +%s)+${SENDING / 1000 + 5})); while [ $(date +%s) -lt $end ]; do curl -s -o /dev/null httpbin:8000/get; curl -s -o /dev/null http://api.blog/get; date +%s; sleep 1; done`;
  asked = seat.lab.kubectl("exec", "-n", "client", "deploy/client-deployment", "-c", "client", "--", "sh", "-c", calls).then((text) => text.trim().split("\n").map(Number));
  // Who awaits it is told.
  asked.catch(() => undefined);
}, 300_000);

afterAll(async () => {
  stop.abort();
  await Promise.allSettled([browser?.close(), sending, asked]);
  fs.rmSync(folder, { recursive: true });
}, 60_000);

/** Where there is no browser, the test is counted as skipped, with the reason. */
function needsBrowser(context: TestContext): void {
  if ("lack" in got) context.skip(got.lack);
}

/** A page of Kiali's, as soon as it says `text`. */
async function opened(where: string, text: string | RegExp, colorScheme: "light" | "dark" = "light"): Promise<Page> {
  const page = await (await browser!.newContext({ viewport: { width: 1400, height: 1000 }, colorScheme })).newPage();
  await page.goto(`${origin}${where}`);
  await page.getByText(text).first().waitFor({ timeout: 60_000 });
  return page;
}

async function textOf(page: Page): Promise<string> {
  const text = await page.locator("body").innerText();
  await page.context().close();
  return text.replace(/\s+/g, " ");
}

const namesOf = async (kinds: string, namespace: string) => (await seat.lab.kubectl("get", kinds, "-n", namespace, "-o", "jsonpath={.items[*].metadata.name}")).split(" ");

describe("Kiali's pages", () => {
  it.for([
    ["workloads", "deployments.apps", "default", "productpage-v1"],
    ["services", "services", "blog", "my-blog"],
    ["istio", "virtualservices.networking.istio.io,destinationrules.networking.istio.io,gateways.networking.istio.io,peerauthentications.security.istio.io,authorizationpolicies.security.istio.io", "blog", "deny-all"],
  ] as const)("list on %s every one of %s in %s", async ([where, kinds, namespace, one], context) => {
    needsBrowser(context);
    const text = await textOf(await opened(`/kiali/console/${where}?namespaces=${namespace}`, one));
    const names = await namesOf(kinds, namespace);
    expect(names.length).toBeGreaterThanOrEqual(2);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });

  it("show the trace of one product page, by the id that the request brought, in dark colours too", async (context) => {
    needsBrowser(context);
    const id = randomBytes(16).toString("hex");
    expect((await get(`${seat.gateway}/productpage`, { "x-b3-traceid": id, "x-b3-spanid": id.slice(16) })).status).toBe(200);
    await new Promise((wait) => setTimeout(wait, 3000));
    const page = await opened(`/kiali/console/namespaces/default/workloads/productpage-v1?tab=traces&traceId=${id}`, id, "dark");
    const [red, green, blue] = ((await page.evaluate("getComputedStyle(document.body).backgroundColor")) as string).match(/\d+/g)!.map(Number);
    expect(Math.max(red!, green!, blue!)).toBeLessThan(64);
    expect(await textOf(page)).toMatch(/ [1-9]\d* Spans [45] Apps involved 0 Spans with error /);
  });

  it.for(["backend", "bookinfo", "blog"] as const)("show a graph at each address in the page of lesson %s", async (lesson, context) => {
    needsBrowser(context);
    const steps = stepsOf(fs.readFileSync(path.join(seat.lab.root, "docs/lessons", `${lesson}.md`), "utf8"));
    const views = new Set(steps.flatMap(({ commands }) => /^echo "\$KIALI(\/.+)"$/.exec(commands)?.[1] ?? []));
    expect(views.size).toBe(1);
    for (const view of views) await textOf(await opened(`/kiali/console${view}`, /^[1-9]\d* edges?$/));
  });
});

/** An edge of the graph. */
interface Edge {
  /** Requests a second. */
  rate: number;
  locked: boolean;
  /** Percent of the requests. */
  errors: number;
}
type Graph = Map<string, Edge>;

/** Kiali draws two edges between the same two where they speak two protocols, or one that fails in its own way. */
function graphOf(edges: readonly (readonly [name: string, edge: Edge])[]): Graph {
  const graph: Graph = new Map();
  for (const [name, edge] of edges) {
    const { rate = 0, locked = true, errors = 0 } = graph.get(name) ?? {};
    const sum = rate + edge.rate;
    graph.set(name, { rate: sum, locked: locked && edge.locked, errors: sum === 0 ? 0 : (rate * errors + edge.rate * edge.errors) / sum });
  }
  return graph;
}

interface Named {
  app?: string;
  version?: string;
  workload?: string;
}

/** The gateway's version is Istio's. */
const nameOf = ({ app, version, workload }: Named) => (app === "istio-ingressgateway" ? "gateway" : [app ?? workload, version].filter(Boolean).join(" "));

/** The graph that `npm run open kiali` opens. */
const view = graphPath(graphNamespaces(lessonNames));

/** As Kiali's API tells it. */
async function graphOfApi(): Promise<Graph> {
  interface Api {
    elements: { nodes: { data: Named & { id: string } }[]; edges: { data: { source: string; target: string; isMTLS?: string; traffic?: { protocol: string; rates: Record<string, string> } } }[] };
  }
  const query = "duration=60s&graphType=versionedApp&injectServiceNodes=false&appenders=deadNode,istio,securityPolicy,serviceEntry,workloadEntry&rateHttp=requests&rateGrpc=requests&rateTcp=sent";
  const answer = await get(`${origin}/kiali/api/namespaces/graph?namespaces=${graphNamespaces(lessonNames).join(",")}&${query}`);
  expect(answer.status, answer.body).toBe(200);
  const { nodes, edges } = (JSON.parse(answer.body) as Api).elements;
  const names = new Map(nodes.map(({ data }) => [data.id, nameOf(data)]));
  return graphOf(
    edges.flatMap(({ data: { source, target, isMTLS, traffic } }) => {
      if (traffic === undefined) return [];
      const { protocol, rates } = traffic;
      const edge: Edge = { rate: Number(rates[protocol] ?? 0), locked: Number(isMTLS ?? 0) === 100, errors: Number(rates[`${protocol}PercentErr`] ?? 0) };
      return [[`${names.get(source)} > ${names.get(target)}`, edge] as const];
    }),
  );
}

/** As the page has drawn it: the very texts on its edges. The picture is a canvas, whose library knows what it wrote there. */
async function graphOfPage(page: Page): Promise<Graph> {
  // Larger, so that every text is written.
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
      // Kiali's own icon for mutual TLS, of the private letters of its font.
      return [`${nameOf(from)} > ${nameOf(to)}`, { rate: number(" rps"), locked: /^[\ue000-\uf8ff] ?\n/.test(text), errors: number("% err") }] as const;
    }),
  );
}

describe("the graph under traffic", () => {
  /** Both at the same moment, shortly before the command takes its picture and ends. */
  let read: Promise<{ at: number; API: Graph; page: Graph | undefined }> | undefined;

  async function readBoth() {
    await new Promise((wait) => setTimeout(wait, Math.max(0, began + SENDING - 3000 - Date.now())));
    const at = Date.now() / 1000;
    const ofPage = browser === undefined ? undefined : opened(view, /^[1-9]\d* edges?$/).then(graphOfPage);
    const [API, page] = await Promise.all([graphOfApi(), ofPage]);
    return { at, API, page };
  }

  it.for(["API", "page"] as const)("has every edge of the lessons, with the rate that was sent, the split's shares, and the lock of mutual TLS: by Kiali's %s", async (by, context) => {
    if (by === "page") needsBrowser(context);
    const { at, [by]: graph = new Map() as Graph } = await (read ??= readBoth());
    const rate = (edge: string) => graph.get(edge)?.rate ?? Number.NaN;
    const called = (await asked).filter((time) => time > at - 60 && time <= at).length / 60;
    const sent: Record<string, number> = {
      "gateway > productpage v1": RATE,
      "productpage v1 > details v1": RATE,
      "gateway > temperature-api v1": RATE,
      "temperature-api v1 > temperature-service v1": RATE,
      "client v1 > httpbin v1": called,
      "client v1 > api v1": called,
      "reviews v3 > ratings v1": rate("productpage v1 > reviews v3"),
    };
    const sums = { reviews: rate("productpage v1 > reviews v1") + rate("productpage v1 > reviews v3"), blog: rate("gateway > my-blog v1") + rate("gateway > my-blog v2") };
    const wrong = Object.entries(sent).filter(([edge, wanted]) => !(Math.abs(rate(edge) - wanted) <= 0.1 * wanted));
    expect(wrong.map(([edge, wanted]) => [edge, wanted, rate(edge)]), JSON.stringify([...graph])).toEqual([]);
    for (const [service, sum] of Object.entries(sums)) expect(Math.abs(sum - RATE) / RATE, `${service}: ${sum}`).toBeLessThanOrEqual(0.1);

    for (const [edge, weight] of [["gateway > my-blog v2", 10], ["productpage v1 > reviews v3", 50]] as const) {
      const [low, high] = binomialInterval(RATE * 60, weight / 100, 1e-6);
      const share = (100 * rate(edge)) / (edge.startsWith("gateway") ? sums.blog : sums.reviews);
      expect(share, edge).toBeGreaterThanOrEqual((100 * low) / (RATE * 60));
      expect(share, edge).toBeLessThanOrEqual((100 * high) / (RATE * 60));
    }

    const byThemselves = ["client v1 > echo-service v1", "frontend v1 > api v1"];
    const all = [...Object.keys(sent), ...byThemselves, "gateway > my-blog v1", "gateway > my-blog v2", "productpage v1 > reviews v1", "productpage v1 > reviews v3"];
    expect(all.filter((edge) => !graph.get(edge)?.locked)).toEqual([]);
    // A busy machine lets some requests wait for too long.
    expect(all.filter((edge) => graph.get(edge)!.errors > 10)).toEqual(["client v1 > api v1"]);
    expect(graph.get("client v1 > api v1")!.errors).toBe(100);
    for (const edge of byThemselves) expect(rate(edge), edge).toBeGreaterThan(0);
  });

  it("is the picture that `npm run picture` takes meanwhile", async (context) => {
    needsBrowser(context);
    const { exitCode, all } = await sending;
    expect([exitCode, all]).toEqual([0, expect.stringMatching(/\/kiali\.png: \d+ KB\.$/)]);
    const png = fs.readFileSync(path.join(folder, "kiali.png"));
    expect([png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(["PNG", 1600, 1150]);
    expect(png.length).toBeLessThanOrEqual(200 * 1024);
  });
});
