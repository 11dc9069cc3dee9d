import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import type { CheckBase, CheckKind } from "../../../components/lessons/checks/check";
import { addonPods } from "../../../cli/check/probes/addon-pods";
import { collectedLog } from "../../../cli/check/probes/collected-log";
import { dashboards } from "../../../cli/check/probes/dashboards";
import { metrics } from "../../../cli/check/probes/metrics";
import { nodePort } from "../../../cli/check/probes/node-port";
import type { Context } from "../../../cli/check/probes/probe";
import { rights } from "../../../cli/check/probes/rights";
import { jaegerServices, trace, zipkinServices } from "../../../cli/check/probes/trace";
import type { Seat } from "../../../cli/seat/seat";

const base: CheckBase = {
  name: "x",
  lesson: "addons",
  title: "",
  about: { namespace: "istio-system", services: [], aspects: ["pods"] },
  lookAt: "",
  images: [],
};
const of = <Kind extends CheckKind>(kind: Kind): Kind & CheckBase => ({ ...base, ...kind });
const context = (seat: Partial<Seat>, over: Partial<Context> = {}): Context => ({
  seat: seat as Seat,
  secure: { host: "", port: 0 },
  analyze: async () => ({ messages: [] }),
  caller: () => Promise.reject(new Error("nobody")),
  ...over,
});

describe("an addon's pods", () => {
  const spec = of({ kind: "addon-pods", services: ["kiali", "tracing"] });
  const ready = (service: string) => ({ service, pods: [{ name: `${service}-1`, ready: true }] });

  it("are found by the selector of its Service", async () => {
    const asked: string[] = [];
    const seat = {
      get: async (path: string) =>
        path.endsWith("/kiali") ? { metadata: { name: "kiali" }, spec: { selector: { app: "kiali" } } } : undefined,
      list: async (path: string, query: Record<string, string>) => (
        asked.push(`${path}?${query.labelSelector}`),
        [{ metadata: { name: "kiali-1" }, status: { conditions: [{ type: "Ready", status: "True" }] } }]
      ),
    };
    expect(await addonPods.look(spec, context(seat as never))).toMatchObject([
      { service: "kiali", pods: [{ name: "kiali-1", ready: true }] },
      { service: "tracing" },
    ]);
    expect(asked).toEqual(["/api/v1/namespaces/istio-system/pods?app=kiali"]);
  });

  it("pass when one of each is ready, also beside one that is being replaced", () => {
    expect(
      addonPods.evaluate(spec, [
        ready("kiali"),
        {
          service: "tracing",
          pods: [
            { name: "a", ready: false },
            { name: "b", ready: true },
          ],
        },
      ]),
    ).toMatchObject({ ok: true, seen: "ready: kiali and tracing" });
  });

  it.each([
    ["no Service", [ready("kiali"), { service: "tracing" }], "tracing: the Service does not exist"],
    ["no pod", [ready("kiali"), { service: "tracing", pods: [] }], "tracing: no pod"],
    [
      "none that is ready",
      [
        ready("kiali"),
        { service: "tracing", pods: [{ name: "jaeger-1", ready: false, problem: "jaeger is waiting (ErrImagePull)" }] },
      ],
      "jaeger-1: jaeger is waiting (ErrImagePull)",
    ],
  ])("fail with %s", (_, seen, words) => {
    const [name, problem] = words.split(/: (.*)/);
    expect(addonPods.evaluate(spec, seen)).toMatchObject({
      ok: false,
      seen: words,
      evidence: { pods: [{ name, problem }] },
    });
  });
});

describe("Kiali at its node port", () => {
  const spec = of({ kind: "node-port", status: 302, body: '<a href="/kiali/">Found</a>.' });
  const got = (status: number, body: string, error?: string) =>
    nodePort.evaluate(spec, { url: "http://10.0.0.2:31602", status, body, ...(error && { error }) });

  it("answers as in the course, to the letter", () => {
    expect(got(302, '<a href="/kiali/">Found</a>.\n\n').ok).toBe(true);
    expect(got(302, '<a href="/kiali">Found</a>.\n\n').ok).toBe(false);
    expect(got(200, '<a href="/kiali/">Found</a>.')).toMatchObject({
      ok: false,
      seen: expect.stringContaining("http://10.0.0.2:31602: 200"),
    });
    expect(got(0, "", "connect ECONNREFUSED")).toMatchObject({
      ok: false,
      seen: "http://10.0.0.2:31602: connect ECONNREFUSED",
      evidence: { errors: ["connect ECONNREFUSED"] },
    });
  });

  it("is no Kiali where the answer says that a placeholder gave it: a seat of an older version lives on", async () => {
    const answer = { status: 302, body: '<a href="/kiali/">Found</a>.\n\n', milliseconds: 1 };
    const verdictOf = async (headers: Record<string, string>) =>
      nodePort.evaluate(
        spec,
        await nodePort.look(
          spec,
          context({ url: async () => ({ ...answer, headers }) }, { kialiUrl: "http://lab.example:31602" }),
        ),
      );
    expect(await verdictOf({ "x-istio-lab-placeholder": "kiali" })).toMatchObject({
      ok: true,
      placeholder: expect.stringContaining("a new seat has Kiali itself"),
    });
    expect((await verdictOf({})).placeholder).toBeUndefined();
  });

  it("is asked at KIALI_URL, and there has to be one", async () => {
    const seat = { url: async (url: string) => ({ status: 302, body: url, headers: {}, milliseconds: 1 }) };
    expect(await nodePort.look(spec, context(seat, { kialiUrl: "http://lab.example:31602" }))).toMatchObject({
      url: "http://lab.example:31602",
      body: "http://lab.example:31602",
    });
    await expect(nodePort.look(spec, context(seat))).rejects.toThrow("no output KIALI_URL");
  });
});

describe("the rights of Kiali", () => {
  const spec = of({
    kind: "rights",
    namespace: "istio-system",
    serviceAccount: "kiali",
    except: [{ verb: "create", resource: "tokenreviews" }],
    denied: [
      { verb: "patch", group: "networking.istio.io", resource: "virtualservices", namespace: "default" },
      { verb: "create", group: "", resource: "pods", subresource: "portforward", namespace: "istio-system" },
    ],
  });
  const reading = {
    role: "ClusterRole kiali",
    resources: ["pods", "virtualservices"],
    verbs: ["get", "list", "watch"],
  };
  const review = { role: "ClusterRole kiali", resources: ["tokenreviews"], verbs: ["create"] };
  const no = [false, false];

  it("are to look, and to ask who somebody is", () => {
    expect(rights.evaluate(spec, { grants: [reading, review], allowed: no })).toMatchObject({
      ok: true,
      seen: "2 rules, all of get, list and watch (and create tokenreviews); 2 attempts to change something are denied",
    });
  });

  it.each([
    [
      "a verb that writes",
      { ...reading, verbs: ["get", "patch"] },
      "ClusterRole kiali allows patch pods and patch virtualservices",
    ],
    ["any verb", { ...reading, resources: ["pods"], verbs: ["*"] }, "ClusterRole kiali allows * pods"],
    [
      "a review of another kind",
      { ...review, resources: ["tokenreviews", "pods/portforward"] },
      "ClusterRole kiali allows create pods/portforward",
    ],
    [
      "another role",
      { role: "ClusterRole cluster-admin", resources: ["*"], verbs: ["*"] },
      "ClusterRole cluster-admin allows * *",
    ],
  ])("are too many with %s", (_, grant, seen) => {
    expect(rights.evaluate(spec, { grants: [reading, grant], allowed: no })).toMatchObject({ ok: false, seen });
  });

  it("are too many when the API server says yes, whatever the roles say", () => {
    expect(rights.evaluate(spec, { grants: [reading], allowed: [false, true] })).toMatchObject({
      ok: false,
      seen: "the API server allows create pods/portforward",
    });
    expect(rights.evaluate(spec, { grants: [], allowed: no })).toMatchObject({
      ok: false,
      seen: expect.stringContaining("no role is bound"),
    });
  });

  it("are read of every binding that names the account, or a group it is in", async () => {
    const binding = (name: string, role: string, subject: object, kind = "ClusterRole") => ({
      metadata: { name, namespace: "default" },
      roleRef: { kind, name: role },
      subjects: [subject],
    });
    const account = { kind: "ServiceAccount", name: "kiali", namespace: "istio-system" };
    const role = (name: string, resource: string) => ({
      metadata: { name, namespace: "default" },
      rules: [{ apiGroups: [""], resources: [resource], verbs: ["get"] }],
    });
    const lists: Record<string, unknown[]> = {
      clusterrolebindings: [
        binding("a", "one", account),
        binding("b", "two", { ...account, namespace: "other" }),
        binding("c", "three", { kind: "Group", name: "system:serviceaccounts:istio-system" }),
        binding("d", "gone", account),
      ],
      clusterroles: [role("one", "a"), role("two", "b"), role("three", "c")],
      rolebindings: [binding("e", "four", { kind: "User", name: "system:serviceaccount:istio-system:kiali" }, "Role")],
      roles: [role("four", "d")],
    };
    const asked: unknown[] = [];
    const seat = {
      list: async (path: string) => lists[path.split("/").at(-1)!] as never,
      may: async (subject: unknown, access: unknown) => (asked.push([subject, access]), false),
    };
    const seen = await rights.look(spec, context(seat));
    expect(seen.grants.map(({ role, resources }) => [role, ...resources])).toEqual([
      ["ClusterRole one", "a"],
      ["ClusterRole three", "c"],
      ["Role four", "d"],
    ]);
    expect(seen.allowed).toEqual([false, false]);
    expect(asked[0]).toEqual([
      {
        user: "system:serviceaccount:istio-system:kiali",
        groups: expect.arrayContaining(["system:serviceaccounts:istio-system"]),
      },
      spec.denied[0],
    ]);
  });
});

describe("requests in Prometheus", () => {
  const spec = of({
    kind: "metrics",
    path: "/productpage",
    requests: 3,
    counters: { "the gateway": "gate", productpage: "page" },
    withinSeconds: 1,
  });
  const grown = (gateway?: number, page?: number) =>
    metrics.evaluate(spec, {
      statuses: { 200: 3 },
      grown: { "the gateway": gateway, productpage: page },
      seconds: 4.2,
    });

  it("have to grow by all that were sent, everywhere", () => {
    expect(grown(3, 5)).toMatchObject({
      ok: true,
      seen: "3 requests sent; 4 s later Prometheus had counted the gateway +3, productpage +5",
    });
    expect(grown(3, 2)).toMatchObject({
      ok: false,
      seen: "3 requests sent, and 4 s later Prometheus had counted the gateway +3, productpage +2",
    });
    expect(grown(3)).toMatchObject({ ok: false, seen: expect.stringMatching(/productpage unknown$/) });
  });

  it("say what a seat lacks whose stack file is from before, and only where no proxy counts", () => {
    const lacking =
      /the gateway unknown, productpage unknown; it has istio_requests_total for none of them\. On an embedded seat, .* embedded\/metrics\/README\.md, "(.+)"$/;
    const { seen } = grown() as { seen: string };
    const [, heading] = lacking.exec(seen) ?? [];
    expect(heading, seen).toBeDefined();
    expect(readFileSync("embedded/metrics/README.md", "utf8")).toContain(`## ${heading}\n`);
    expect(
      (metrics.evaluate(spec, { statuses: { 503: 3 }, grown: {}, seconds: 4 }) as { seen: string }).seen,
    ).not.toContain("at all");
  });

  it("tell what was answered, when that was the trouble", () => {
    const judged = metrics.evaluate(spec, {
      statuses: { 503: 3 },
      grown: { "the gateway": 3, productpage: 0 },
      seconds: 15,
    });
    expect(judged).toMatchObject({
      ok: false,
      seen: expect.stringContaining("/productpage was answered 3 × 503; "),
      evidence: { statuses: { 503: 3 } },
    });
  });

  /** A Prometheus that sees the counters of the proxies only at its next scrape. */
  const seat = (scrapes: boolean) => {
    let sent = 0;
    let asked = 0;
    return {
      http: async () => ((sent += 1), { status: 200, headers: {}, body: "", milliseconds: 1 }),
      fromService: async (_: string, __: string, ___: number, path: string) => {
        asked += 1;
        const value = scrapes && asked > 4 ? 100 + sent : 100;
        return {
          status: 200,
          body: JSON.stringify({
            status: "success",
            data: {
              resultType: "vector",
              result: path.includes("page") && asked <= 2 ? [] : [{ metric: {}, value: [1, String(value)] }],
            },
          }),
        };
      },
    };
  };

  it("are counted from before they were sent, a counter that was not there from nothing", async () => {
    const seen = await metrics.look(spec, context(seat(true)));
    expect(seen.grown).toEqual({ "the gateway": 3, productpage: 103 });
    expect(seen.statuses).toEqual({ 200: 3 });
  });

  it("are counted pod by pod: one that goes takes its count along, one that starts anew begins at nothing", async () => {
    const scrapes = [
      { gone: 900, stays: 50, restarted: 70 },
      { stays: 51, restarted: 1, comes: 1 },
    ];
    let asked = 0;
    const fromService = async () => {
      const result = Object.entries(scrapes[asked++ < 2 ? 0 : 1]!).map(([pod, value]) => ({
        metric: { pod },
        value: [1, String(value)],
      }));
      return { status: 200, body: JSON.stringify({ status: "success", data: { resultType: "vector", result } }) };
    };
    expect((await metrics.look(spec, context({ ...seat(true), fromService }))).grown).toEqual({
      "the gateway": 3,
      productpage: 3,
    });
  });

  it("are waited for no longer than was said", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const slow = seat(false);
    // Each of the two counters takes 0.4 s to answer: the second look ends after 1.6 s.
    const fromService = (...args: Parameters<typeof slow.fromService>) => (
      vi.setSystemTime(Date.now() + 400),
      slow.fromService(...args)
    );
    try {
      const seen = await metrics.look(spec, context({ ...slow, fromService }));
      expect([seen.grown["the gateway"], seen.seconds]).toEqual([0, 1.6]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a trace", () => {
  const spec = of({
    kind: "trace",
    api: "jaeger",
    path: "/productpage",
    requests: 4,
    sampling: 100,
    apps: ["productpage", "reviews", "ratings"],
    withinSeconds: 0,
  });
  const all = ["istio-ingressgateway", "productpage", "reviews", "ratings"];
  const seen = (...traces: string[][]) => ({ statuses: { 200: 4 }, traces, spans: 9 });

  it("is every request's, and one of them has all services", () => {
    expect(trace.evaluate(spec, seen(all, all, ["productpage", "reviews"], all))).toMatchObject({
      ok: true,
      seen: "4 of 4 requests are traces in Jaeger, with spans of productpage, reviews and ratings (9 in the longest)",
    });
    expect(trace.evaluate(spec, seen(all, all, all))).toMatchObject({
      ok: false,
      seen: "3 of 4 requests are traces in Jaeger",
    });
    expect(trace.evaluate(spec, seen(...all.map(() => ["productpage", "reviews"])))).toMatchObject({
      ok: false,
      seen: expect.stringContaining("without any span of ratings"),
    });
    expect(trace.evaluate(spec, seen(["productpage"], ["reviews"], ["ratings"], ["ratings"]))).toMatchObject({
      ok: false,
      seen: expect.stringContaining("none with spans of all"),
    });
    expect(trace.evaluate(spec, seen())).toMatchObject({ ok: false, seen: "0 of 4 requests are traces in Jaeger" });
  });

  it("may be fewer, and not more, where fewer are sampled", () => {
    const some = { ...spec, requests: 100, sampling: 10 };
    const traces = (count: number) => ({
      ...seen(...Array.from({ length: count }, () => all)),
      statuses: { 200: 100 },
    });
    expect(trace.evaluate(some, traces(10)).ok).toBe(true);
    expect(trace.evaluate(some, traces(100)).ok).toBe(false);
    expect(trace.evaluate(some, traces(0)).ok).toBe(false);
  });

  it("is none where the page was not answered, and says so", () => {
    expect(
      trace.evaluate(spec, { statuses: { 404: 4 }, traces: all.map(() => ["istio-ingressgateway"]), spans: 1 }),
    ).toMatchObject({
      ok: false,
      seen: expect.stringContaining("/productpage was answered 4 × 404; "),
      evidence: { statuses: { 404: 4 } },
    });
  });

  it("is asked for by ids of its own, with nothing on whether to sample", async () => {
    const sent: Record<string, string>[] = [];
    const seat = {
      http: async (_: string, options?: { headers?: Record<string, string> }) => (
        sent.push(options!.headers!),
        { status: 200, headers: {}, body: "", milliseconds: 1 }
      ),
      fromService: async (namespace: string, service: string, port: number, path: string) => {
        expect([namespace, service, port]).toEqual(["istio-system", "tracing", 80]);
        const id = path.split("/").at(-1)!;
        expect(path).toBe(`/jaeger/api/traces/${id}`);
        // The first of each attempt's four.
        if (sent.findIndex((headers) => headers["x-b3-traceid"] === id) % 4 !== 0) return { status: 404, body: "{}" };
        const processes = Object.fromEntries(
          all.map((name, index) => [`p${index}`, { serviceName: `${name}.default` }]),
        );
        return {
          status: 200,
          body: JSON.stringify({
            data: [{ spans: Object.keys(processes).map((processID) => ({ processID })), processes }],
          }),
        };
      },
    };
    const found = await trace.look(spec, context(seat));
    expect(found).toMatchObject({ statuses: { 200: 4 }, traces: [all], spans: 4 });
    expect(new Set(sent.map((headers) => headers["x-b3-traceid"])).size).toBe(8);
    for (const headers of sent) {
      expect(Object.keys(headers)).toEqual(["x-b3-traceid", "x-b3-spanid"]);
      expect(headers["x-b3-traceid"]).toMatch(/^[0-9a-f]{32}$/);
      expect(headers["x-b3-spanid"]).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  it("is asked of Zipkin at Zipkin's own path", async () => {
    const paths: string[] = [];
    const seat = {
      http: async () => ({ status: 200, headers: {}, body: "", milliseconds: 1 }),
      fromService: async (_: string, service: string, port: number, path: string) => (
        paths.push(`${service}:${port}${path.replace(/[0-9a-f]{32}/, "ID")}`),
        { status: 200, body: '[{"localEndpoint":{"serviceName":"reviews.default"}}]' }
      ),
    };
    expect(await trace.look({ ...spec, api: "zipkin" }, context(seat))).toMatchObject({
      traces: Array.from({ length: 4 }, () => ["reviews"]),
    });
    expect(new Set(paths)).toEqual(new Set(["tracing:80/zipkin/api/v2/trace/ID"]));
  });

  it("is read of either API", () => {
    expect(
      jaegerServices('{"data":[{"spans":[{"processID":"p1"}],"processes":{"p1":{"serviceName":"reviews.default"}}}]}'),
    ).toEqual(["reviews.default"]);
    expect(jaegerServices('{"data":null,"errors":[{"code":404}]}')).toEqual([]);
    expect(zipkinServices('[{"traceId":"a","localEndpoint":{"serviceName":"reviews.default"}},{}]')).toEqual([
      "reviews.default",
      "?",
    ]);
  });
});

describe("Grafana", () => {
  const spec = of({ kind: "dashboards", dataSources: ["Prometheus"], dashboards: ["Istio Mesh Dashboard"] });
  const health = { status: 200, body: "ok" };

  it("has what is named, and may have more", () => {
    expect(
      dashboards.evaluate(spec, {
        health,
        dataSources: ["Prometheus", "-- Grafana --"],
        dashboards: ["Istio Mesh Dashboard", "Mine"],
      }),
    ).toMatchObject({ ok: true, seen: "data sources Prometheus, 2 dashboards, Istio's among them" });
    expect(dashboards.evaluate(spec, { health, dataSources: [], dashboards: [] })).toMatchObject({
      ok: false,
      seen: "Grafana has no Prometheus, no Istio Mesh Dashboard",
    });
    expect(
      dashboards.evaluate(spec, { health: { status: 503, body: "failing" }, dataSources: [], dashboards: [] }),
    ).toMatchObject({ ok: false, seen: "/api/health: 503 failing" });
  });

  it("is asked for what a viewer may read", async () => {
    const pages: Record<string, unknown> = {
      "/api/health": {},
      "/api/frontend/settings": { datasources: { Prometheus: {} } },
      "/api/search?type=dash-db&limit=200": [{ title: "Istio Mesh Dashboard" }],
    };
    const seat = {
      fromService: async (_: string, __: string, ___: number, path: string) => ({
        status: 200,
        body: JSON.stringify(pages[path]),
      }),
    };
    expect(await dashboards.look(spec, context(seat))).toMatchObject({
      dataSources: ["Prometheus"],
      dashboards: ["Istio Mesh Dashboard"],
    });
  });
});

describe("the access log in Loki", () => {
  const spec = of({ kind: "collected-log", from: "loki", path: "/productpage", withinSeconds: 0 });

  it("has the very request", async () => {
    let mark = "";
    const seat = {
      http: async (path: string) => (
        (mark = path.split("mark=")[1]!),
        { status: 200, headers: {}, body: "", milliseconds: 1 }
      ),
      fromService: async (_: string, __: string, ___: number, path: string) => {
        expect(decodeURIComponent(path)).toContain(`|= "${mark}"`);
        return {
          status: 200,
          body: JSON.stringify({ data: { result: [{ values: [["1", `GET /productpage?mark=${mark}`]] }] } }),
        };
      },
    };
    const seen = await collectedLog.look(spec, context(seat));
    expect(collectedLog.evaluate(spec, seen)).toMatchObject({ ok: true, seen: expect.stringContaining(mark) });
    expect(collectedLog.evaluate(spec, { ...seen, lines: [] })).toMatchObject({ ok: false });
  });
});

describe("the access log that came to the collector", () => {
  const spec = of({ kind: "collected-log", from: "collector", path: "/productpage", withinSeconds: 0 });
  const sent = async (printed: (mark: string) => string[]) => {
    let mark = "";
    const seat = {
      http: async (path: string) => (
        (mark = path.split("mark=")[1]!),
        { status: 200, headers: {}, body: "", milliseconds: 1 }
      ),
      logs: async (namespace: string, pod: object, container: string, options: object) => {
        // By time alone: a burst of other requests is more lines than any number.
        expect(Object.keys(options)).toEqual(["sinceSeconds"]);
        expect([namespace, pod, container]).toEqual([
          "istio-system",
          { labels: { app: "opentelemetry-collector" } },
          "opentelemetry-collector",
        ]);
        return printed(mark).map((line) => ({ pod: "opentelemetry-collector-1", line }));
      },
    };
    const seen = await collectedLog.look(spec, context(seat));
    return { mark, seen, verdict: collectedLog.evaluate(spec, seen) };
  };

  it("has the very request, as the collector prints it", async () => {
    const { mark, seen, verdict } = await sent((mark) => [
      "LogRecord #0",
      "Body: Str(GET /productpage?mark=other)",
      `Body: Str(GET /productpage?mark=${mark})`,
    ]);
    expect(seen.lines).toEqual([`GET /productpage?mark=${mark})`]);
    expect(verdict).toMatchObject({ ok: true, seen: expect.stringMatching(/^GET \/productpage/) });
  });

  it("lacks one that the collector has not printed", async () => {
    const { verdict } = await sent(() => ["Body: Str(GET /productpage?mark=other)"]);
    expect(verdict).toEqual({
      ok: false,
      seen: expect.stringMatching(/^the collector had no line for the request \d+ s after it$/),
    });
  });
});

describe("a placeholder", () => {
  it.each([
    [
      "Grafana",
      dashboards,
      of({ kind: "dashboards", dataSources: [], dashboards: [] }),
      "grafana:3000/api/health: 200",
    ],
    [
      "Loki",
      collectedLog,
      of({ kind: "collected-log", from: "loki", path: "/", withinSeconds: 1 }),
      "loki:3100/ready: 200",
    ],
    [
      "Zipkin",
      trace,
      of({ kind: "trace", api: "zipkin", path: "/", requests: 1, sampling: 100, apps: [], withinSeconds: 1 }),
      "tracing:80/health: 200",
    ],
  ] as const)("of %s is asked for no more than whether it is in its place", async (_, probe, spec, seen) => {
    const ask = probe.placeholder as (spec: unknown, context: Context) => Promise<unknown>;
    expect(await ask(spec, context({ fromService: async () => ({ status: 200, body: "" }) }))).toEqual({
      ok: true,
      seen,
    });
    expect(await ask(spec, context({ fromService: async () => ({ status: 404, body: "" }) }))).toMatchObject({
      ok: false,
    });
  });
});
