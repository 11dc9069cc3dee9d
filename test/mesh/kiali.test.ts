import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { projectRoot } from "../../base/paths";
import { binomialInterval } from "../../cli/check/binomial";
import { sendTo } from "../../cli/picture/picture";
import { graphNamespaces, graphPath } from "../../components/addons/kiali/graph";
import { lessonNames } from "../../components/lessons/catalog";
import { get, until } from "../support/http";
import { graphOfAnswer, graphOfPage, type Graph, type GraphAnswer } from "../support/kiali-graph";
import { stepsOf } from "../support/page";
import { sharedSeat } from "../support/shared-seat";
import * as toolchain from "../toolchain/chromium";

const seat = sharedSeat();
/** Seconds that the graph counts: the least that Kiali offers. */
const COUNTED = 60;
/** The chance that a right split is taken for a wrong one. */
const OUTSIDE = 1e-6;
const stop = new AbortController();

let origin: string;
let got: toolchain.Chromium;
let browser: Browser | undefined;
let began: number;
/** When each request to a lesson behind the gateway had ended, in milliseconds since the epoch. */
const answered = { bookinfo: [] as number[], temperature: [] as number[], blog: [] as number[] };
const lessonsAsked = Object.keys(answered) as (keyof typeof answered)[];
/** The same of each pair of calls from the client: one that is answered, and one that is refused. */
const asked: number[] = [];
let sending: Promise<unknown>;
let asking: Promise<unknown>;

beforeAll(async () => {
  origin = await seat.lab.output("KIALI_URL");
  got = await toolchain.chromium();
  if ("program" in got) browser = await chromium.launch({ executablePath: got.program });
  sending = sendTo(lessonsAsked, seat.gateway, stop.signal, (lesson) =>
    answered[lesson as keyof typeof answered].push(Date.now()),
  );
  // It asks until its standard input ends: the exec of a killed kubectl would go on in the container.
  const calls =
    "(while :; do curl -s -o /dev/null httpbin:8000/get; curl -s -o /dev/null http://api.blog/get; echo; sleep 1; done) & cat; kill $!";
  const client = seat.lab
    .under({ stdin: "pipe" })
    .start(
      "kubectl",
      "exec",
      "-i",
      "-n",
      "client",
      "deploy/client-deployment",
      "-c",
      "client",
      "--",
      "sh",
      "-c",
      calls,
    );
  createInterface({ input: client.stdout! }).on("line", () => asked.push(Date.now()));
  stop.signal.addEventListener("abort", () => client.stdin!.end());
  asking = client;
  began = Date.now();
}, 120_000);

afterAll(async () => {
  stop.abort();
  await Promise.allSettled([browser?.close(), sending, asking]);
}, 120_000);

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

/** The addresses below Kiali's console that the lessons' pages print, each once. */
function viewsOfPages(): string[] {
  const pages = lessonNames.map((lesson) =>
    fs.readFileSync(path.join(projectRoot, "docs/lessons", `${lesson}.md`), "utf8"),
  );
  const commands = pages.flatMap(stepsOf).map((step) => step.commands);
  return [...new Set(commands.flatMap((command) => /^echo "\$KIALI(\/.+)"$/.exec(command)?.[1] ?? []))];
}

const namesOf = async (kinds: string, namespace: string) =>
  (await seat.lab.kubectl("get", kinds, "-n", namespace, "-o", "jsonpath={.items[*].metadata.name}")).split(" ");

describe("Kiali's pages", () => {
  it.for([
    ["workloads", "deployments.apps", "default", "productpage-v1"],
    ["services", "services", "blog", "my-blog"],
    [
      "istio",
      "virtualservices.networking.istio.io,destinationrules.networking.istio.io,gateways.networking.istio.io,peerauthentications.security.istio.io,authorizationpolicies.security.istio.io",
      "blog",
      "deny-all",
    ],
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
    expect((await get(`${seat.gateway}/productpage`, { "x-b3-traceid": id, "x-b3-spanid": id.slice(16) })).status).toBe(
      200,
    );
    await until(
      "its trace",
      30,
      () =>
        get(
          `${origin}/kiali/api/namespaces/default/workloads/productpage-v1/traces?startMicros=${(began - 60_000) * 1000}`,
        ),
      ({ body }) => body.includes(id),
    );
    const page = await opened(
      `/kiali/console/namespaces/default/workloads/productpage-v1?tab=traces&traceId=${id}`,
      id,
      "dark",
    );
    const [red, green, blue] = ((await page.evaluate("getComputedStyle(document.body).backgroundColor")) as string)
      .match(/\d+/g)!
      .map(Number);
    expect(Math.max(red!, green!, blue!)).toBeLessThan(64);
    expect(await textOf(page)).toMatch(/ [1-9]\d* Spans [45] Apps involved 0 Spans with error /);
  });

  // test/unit/docs/pages has which lessons show a view.
  it.for(viewsOfPages())("show a graph at %s, an address that the lessons' pages print", async (view, context) => {
    needsBrowser(context);
    const text = await textOf(await opened(`/kiali/console${view}`, /^[1-9]\d* edges?$/));
    expect(text).toMatch(/\b[1-9]\d* edges?\b/);
  });
});

describe("the graph under traffic", () => {
  /** The graph that `npm run open kiali` opens. */
  const namespaces = graphNamespaces(lessonNames);
  const ofPage = async () => {
    const page = await opened(graphPath(namespaces), /^[1-9]\d* edges?$/);
    const graph = await graphOfPage(page);
    await page.context().close();
    return graph;
  };
  const ofApi = async () => {
    const query = `duration=${COUNTED}s&graphType=versionedApp&injectServiceNodes=false&appenders=deadNode,istio,securityPolicy,serviceEntry,workloadEntry&rateHttp=requests&rateGrpc=requests&rateTcp=sent`;
    const { status, body } = await get(
      `${origin}/kiali/api/namespaces/graph?namespaces=${namespaces.join(",")}&${query}`,
    );
    if (status !== 200) throw new Error(`${status} ${body}`);
    return graphOfAnswer(JSON.parse(body) as GraphAnswer);
  };

  it.for([
    ["API", ofApi],
    ["page", ofPage],
  ] as const)(
    "has every edge of the lessons, with the rate that was sent, the split's shares, and the lock of mutual TLS: by Kiali's %s",
    async ([by, read], context) => {
      if (by === "page") needsBrowser(context);
      await new Promise((wait) => setTimeout(wait, began + (COUNTED + 2) * 1000 - Date.now()));
      // What a busy machine sends is not steady: a later minute may be.
      const look = async () => {
        const at = Date.now();
        return problemsOf(await read(), at);
      };
      expect(await until("the graph of what was sent", 150, look, (problems) => problems.length === 0)).toEqual([]);
    },
  );
});

/** In which way a graph is another one than what was sent in the minute before `at`. */
function problemsOf(graph: Graph, at: number): string[] {
  const counted = (times: readonly number[]) => times.filter((time) => time > at - COUNTED * 1000 && time <= at).length;
  const rateOf = (...edges: string[]) => edges.reduce((sum, edge) => sum + (graph.get(edge)?.rate ?? Number.NaN), 0);
  const [pages, conversions, posts, calls] = [answered.bookinfo, answered.temperature, answered.blog, asked].map(
    counted,
  ) as [number, number, number, number];
  const reviews = ["productpage v1 > reviews v1", "productpage v1 > reviews v3"] as const;
  const blog = ["gateway > my-blog v1", "gateway > my-blog v2"] as const;
  const alone: Record<string, number> = {
    "gateway > productpage v1": pages,
    "productpage v1 > details v1": pages,
    "gateway > temperature-api v1": conversions,
    "temperature-api v1 > temperature-service v1": conversions,
    "client v1 > httpbin v1": calls,
    "client v1 > api v1": calls,
    "reviews v3 > ratings v1": rateOf(reviews[1]) * COUNTED,
  };
  const sent = [
    ...Object.entries(alone).map(([edge, count]) => [[edge], count] as const),
    [reviews, pages] as const,
    [blog, posts] as const,
  ];
  const rates = sent.flatMap(([edges, count]) => {
    const measured = rateOf(...edges) * COUNTED;
    return Math.abs(measured - count) <= 0.1 * count
      ? []
      : [`${edges.join(" and ")}: ${measured} requests in the graph, and ${count} sent`];
  });

  const shares = (
    [
      [blog, posts, 10],
      [reviews, pages, 50],
    ] as const
  ).flatMap(([edges, count, weight]) => {
    const [low, high] = binomialInterval(count, weight / 100, OUTSIDE);
    const share = rateOf(edges[1]) / rateOf(...edges);
    return share * count >= low && share * count <= high
      ? []
      : [`${edges[1]} has ${100 * share} % of ${count}, and its weight is ${weight}`];
  });

  const byThemselves = ["client v1 > echo-service v1", "frontend v1 > api v1"];
  const all = [...Object.keys(alone), ...byThemselves, ...reviews, ...blog];
  const refused = "client v1 > api v1";
  const marks = all.flatMap((edge) => {
    const { rate, locked, errors } = graph.get(edge) ?? { rate: 0, locked: false, errors: 0 };
    return [
      ...(rate > 0 ? [] : [`${edge}: nothing`]),
      ...(locked ? [] : [`${edge}: no lock`]),
      // A busy machine lets some requests wait for too long.
      ...((edge === refused ? errors === 100 : errors <= 10) ? [] : [`${edge}: ${errors} % of errors`]),
    ];
  });
  return [...rates, ...shares, ...marks];
}
