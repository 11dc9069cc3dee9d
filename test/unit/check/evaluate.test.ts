import { describe, expect, it } from "vitest";
import type { CheckBase, CheckKind } from "../../../components/lessons/checks/check";
import { access } from "../../../cli/check/probes/access";
import { answer, holds } from "../../../cli/check/probes/answer";
import { claim } from "../../../cli/check/probes/claim";
import { fault } from "../../../cli/check/probes/fault";
import { grpc } from "../../../cli/check/probes/grpc";
import { log } from "../../../cli/check/probes/log";
import { objects } from "../../../cli/check/probes/objects";
import { peer } from "../../../cli/check/probes/peer";
import { plaintext } from "../../../cli/check/probes/plaintext";
import { pods, type PodSeen } from "../../../cli/check/probes/pods";
import { proxyRoute, read as readProxy } from "../../../cli/check/probes/proxy-route";
import { split } from "../../../cli/check/probes/split";
import { user } from "../../../cli/check/probes/user";
import { versions } from "../../../cli/check/probes/versions";

const base: CheckBase = {
  name: "x",
  lesson: "blog",
  title: "",
  about: { namespace: "blog", services: [], aspects: ["pods"] },
  lookAt: "",
  images: [],
};
const of = <Kind extends CheckKind>(kind: Kind): Kind & CheckBase => ({ ...base, ...kind });

describe("pods", () => {
  const spec = of({ kind: "pods", apps: [{ app: "api", version: "v1", pods: 1 }] });
  const pod: PodSeen = { name: "api-v1-x", app: "api", version: "v1", ready: true, proxy: "init", istioInit: true };

  it("passes with both of Istio's containers, and says which kind of sidecar it is", () => {
    expect(pods.evaluate(spec, [pod])).toMatchObject({
      ok: true,
      seen: "1 of 1 pods ready, each with istio-init and istio-proxy (a native sidecar)",
    });
    expect(pods.evaluate(spec, [{ ...pod, proxy: "container" }])).toMatchObject({
      ok: true,
      seen: expect.not.stringContaining("native"),
    });
  });

  it.each([
    ["no pod", [], "api v1: 0 of 1 pods"],
    ["too many", [pod, { ...pod, name: "b" }], "api v1: 2 of 1 pods"],
    ["another version's", [{ ...pod, version: "v2" }], "api v1: 0 of 1 pods"],
    [
      "not ready",
      [{ ...pod, ready: false, problem: "api is waiting (CrashLoopBackOff)" }],
      "api-v1-x: api is waiting (CrashLoopBackOff)",
    ],
    ["no sidecar", [{ ...pod, proxy: "none" as const, istioInit: false }], "api-v1-x: no istio-proxy, no istio-init"],
  ])("fails with %s", (_, seen, words) => {
    expect(pods.evaluate(spec, seen)).toMatchObject({ ok: false, seen: words });
  });
});

describe("objects", () => {
  const path = "/apis/networking.istio.io/v1/namespaces/blog/destinationrules/api";
  const fields = { "spec.host": "api", "spec.subsets.0.name": "v1" };
  const spec = of({ kind: "objects", wanted: [{ object: "DestinationRule api", path, fields }] });
  const seen = (spec: object) => [{ metadata: { name: "api" }, spec }];

  it("passes where each field is as wanted, whatever else there is", () => {
    const rule = { host: "api", subsets: [{ name: "v1", labels: { version: "v1" } }, { name: "v2" }] };
    expect(objects.evaluate(spec, seen(rule))).toEqual({ ok: true, seen: "DestinationRule api is as wanted" });
    expect(objects.expected(spec)).toBe('DestinationRule api spec.host: "api" spec.subsets.0.name: "v1"');
  });

  it("fails with every field that differs, and with an object that is not there", () => {
    expect(objects.evaluate(spec, seen({ host: "web" }))).toEqual({
      ok: false,
      seen: 'DestinationRule api: spec.host is "web"; DestinationRule api: spec.subsets.0.name is not set',
    });
    expect(objects.evaluate(spec, [undefined])).toEqual({
      ok: false,
      seen: "DestinationRule api does not exist in namespace blog",
    });
  });

  const wanting = (fields: Record<string, unknown>) =>
    of({ kind: "objects", wanted: [{ object: "X api", path, fields }] });

  it("with `*` takes any item of a list, and of lists in it", () => {
    const rules = { http: [{ route: [{ weight: 90 }] }, { route: [{ weight: 50 }, { weight: 10 }] }] };
    const weight = (wanted: number) => objects.evaluate(wanting({ "spec.http.*.route.*.weight": wanted }), seen(rules));
    expect(weight(10).ok).toBe(true);
    expect(weight(20)).toEqual({ ok: false, seen: "X api: spec.http.*.route.*.weight is 90 or 50 or 10" });
    expect(objects.evaluate(wanting({ "spec.http.*.weight": 1 }), seen({}))).toEqual({
      ok: false,
      seen: "X api: spec.http.*.weight is not set",
    });
  });

  it("with null takes a field that is not set, and no other", () => {
    const spec = wanting({ "spec.fault": null });
    expect(objects.evaluate(spec, seen({})).ok).toBe(true);
    expect(objects.evaluate(spec, seen({ fault: null })).ok).toBe(true);
    expect(objects.evaluate(spec, seen({ fault: {} }))).toEqual({ ok: false, seen: "X api: spec.fault is {}" });
  });

  it("passes without an object that may not exist, and only then", () => {
    const spec = of({ kind: "objects", wanted: [{ object: "X api", path, fields: {}, isAbsent: true }] });
    expect(objects.expected(spec)).toBe("no X api");
    expect(objects.evaluate(spec, [undefined])).toEqual({ ok: true, seen: "X api does not exist" });
    expect(objects.evaluate(spec, seen({}))).toEqual({ ok: false, seen: "X api exists" });
  });
});

describe("log", () => {
  const spec = of({
    kind: "log",
    app: "client",
    container: "client",
    line: "Hello from backend service",
    withinSeconds: 17,
  });

  it("takes only lines that came while the check ran", () => {
    expect(log.evaluate(spec, { lines: ["curl: (56) reset", "Hello from backend service"], seconds: 4 }).ok).toBe(true);
    expect(log.evaluate(spec, { lines: [], seconds: 17.2 })).toMatchObject({
      ok: false,
      seen: "nothing new in the log of client within 17 s",
      isFinal: true,
    });
    expect(log.evaluate({ ...spec, withinSeconds: 2 }, { lines: [], seconds: 2.2 })).not.toHaveProperty("isFinal");
    expect(log.evaluate(spec, { lines: ["curl: (56) Recv failure"], seconds: 4 })).toMatchObject({
      ok: false,
      seen: '"curl: (56) Recv failure"',
    });
  });
});

describe("peer", () => {
  const spiffe = "spiffe://cluster.local/ns/client/sa/client";
  const spec = of({ kind: "peer", from: "stranger", url: "http://httpbin", spiffe });
  const saw = (value?: string | string[]) => ({
    status: 200,
    body: JSON.stringify({ headers: { Host: ["httpbin"], ...(value && { "X-Forwarded-Client-Cert": value }) } }),
  });

  it("finds the caller's identity, whichever way the echo writes it", () => {
    const header = `By=spiffe://cluster.local/ns/client/sa/httpbin;Hash=ab;Subject="";URI=${spiffe}`;
    expect(peer.evaluate(spec, saw([header])).ok).toBe(true);
    expect(peer.evaluate(spec, saw(header)).ok).toBe(true);
  });

  it("is not content with another identity, the callee's own, plaintext, or an error", () => {
    expect(peer.evaluate(spec, saw("By=x;URI=spiffe://cluster.local/ns/client/sa/default"))).toMatchObject({
      ok: false,
      seen: "URI=spiffe://cluster.local/ns/client/sa/default",
    });
    expect(peer.evaluate(spec, saw(`By=${spiffe}`)).ok).toBe(false);
    expect(peer.evaluate(spec, saw())).toMatchObject({
      ok: false,
      seen: "no X-Forwarded-Client-Cert: the call arrived as plaintext",
    });
    expect(peer.evaluate(spec, { status: 503, body: "upstream connect error" })).toMatchObject({
      ok: false,
      seen: "answered 503: upstream connect error",
      evidence: { statuses: { 503: 1 } },
    });
  });
});

describe("plaintext", () => {
  const strict = of({ kind: "plaintext", urls: ["http://api.blog/get"], mtls: "STRICT" });
  const permissive = of({ kind: "plaintext", urls: ["http://api.blog/get"], mtls: "PERMISSIVE" });
  const url = "http://api.blog/get";

  it("STRICT wants the reset, and no other failure", () => {
    expect(
      plaintext.evaluate(strict, [{ url, status: 0, body: "", error: "Recv failure: Connection reset by peer" }]).ok,
    ).toBe(true);
    expect(plaintext.evaluate(strict, [{ url, status: 200, body: "" }])).toMatchObject({
      ok: false,
      seen: "api.blog: plaintext was answered 200",
    });
    expect(
      plaintext.evaluate(strict, [{ url, status: 0, body: "", error: "Failed to connect: Connection refused" }]),
    ).toMatchObject({ ok: false, seen: "api.blog: Failed to connect: Connection refused" });
  });

  it("PERMISSIVE wants an answer, a 403 among them, and says that it was taken", () => {
    expect(plaintext.evaluate(permissive, [{ url, status: 403, body: "RBAC" }])).toMatchObject({
      ok: true,
      seen: "accepted, because mtls is PERMISSIVE: api.blog answered 403",
    });
    expect(plaintext.evaluate(permissive, [{ url, status: 0, body: "", error: "Connection reset by peer" }]).ok).toBe(
      false,
    );
  });
});

describe("answer", () => {
  const spec = of({
    kind: "answer",
    cases: [
      { path: "/", status: 200, body: { json: { value: 423.15, unit: "Kelvin" } }, words: "150 Celsius → Kelvin" },
    ],
  });

  it("compares status and body", () => {
    expect(answer.evaluate(spec, [{ status: 200, body: '{"value":423.15,"unit":"Kelvin"}' }])).toMatchObject({
      ok: true,
      seen: '150 Celsius → Kelvin: {"value":423.15,"unit":"Kelvin"}',
    });
    expect(
      answer.evaluate(spec, [{ status: 200, body: '{"value":423.14999999999998,"unit":"Kelvin","more":1}' }]).ok,
    ).toBe(true);
    expect(answer.evaluate(spec, [{ status: 200, body: '{"value":424,"unit":"Kelvin"}' }]).ok).toBe(false);
    expect(answer.evaluate(spec, [{ status: 200, body: "<html>" }]).ok).toBe(false);
    expect(answer.evaluate(spec, [{ status: 404, body: "" }])).toMatchObject({
      ok: false,
      seen: "150 Celsius → Kelvin: 404",
      evidence: { statuses: { 404: 1 } },
    });
    expect(answer.evaluate(spec, [{ status: 0, body: "", error: "ECONNREFUSED" }])).toMatchObject({
      ok: false,
      seen: "150 Celsius → Kelvin: ECONNREFUSED",
    });
  });

  it("lets JSON have more than is named, but not less", () => {
    expect(holds([{ id: 0, title: "A", year: 1 }], [{ id: 0, title: "A" }])).toBe(true);
    expect(holds([], [{ id: 0 }])).toBe(false);
    expect(holds({ 0: { id: 0 } }, [{ id: 0 }])).toBe(false);
    expect(holds(null, { id: 0 })).toBe(false);
  });
});

describe("split", () => {
  const spec = of({
    kind: "split",
    path: "/",
    service: "my-blog",
    version: "(v\\d)",
    weights: { v1: 90, v2: 10 },
    requests: 400,
    confidence: 0.9999,
  });
  const judge = (v: Record<string, number>, more: { problems?: string[]; statuses?: Record<number, number> } = {}) =>
    split.evaluate(spec, { versions: v, statuses: { 200: 400 }, problems: [], ...more });

  it("passes within the tolerance, which the row states with the sample", () => {
    expect(judge({ v1: 362, v2: 38 })).toMatchObject({
      ok: true,
      seen: "v1 90.5 %, v2 9.5 % of 400 requests (configured: v1 90 % → 83.5–95.5 %, v2 10 % → 4.5–16.5 %)",
    });
    expect(split.expected(spec)).toContain("of 400 requests (99.99 % confidence)");
  });

  it("fails outside of it, and when a version nobody configured answers", () => {
    expect(judge({ v1: 40, v2: 360 }).ok).toBe(false);
    expect(judge({ v1: 200, v2: 200 }).ok).toBe(false);
    expect(judge({ v1: 359, v2: 40, v3: 1 }).ok).toBe(false);
  });

  it("knows no tolerance at 0 and 100 %", () => {
    const all = of({ ...spec, weights: { v1: 0, v2: 100 } });
    expect(split.evaluate(all, { versions: { v2: 400 }, statuses: { 200: 400 }, problems: [] })).toMatchObject({
      ok: true,
      seen: "v2 100 % of 400 requests (configured: v2 100 %)",
    });
    expect(split.evaluate(all, { versions: { v1: 1, v2: 399 }, statuses: { 200: 400 }, problems: [] }).ok).toBe(false);
  });

  it("fails with a single failed request, unless the config injects them", () => {
    expect(judge({ v1: 360, v2: 39 }, { problems: ["503"], statuses: { 200: 399, 503: 1 } })).toMatchObject({
      ok: false,
      seen: "1 of 400 requests failed: 503",
    });
    expect(
      split.evaluate(
        { ...spec, faulty: true },
        { versions: { v1: 360, v2: 40 }, statuses: {}, problems: ["503", "503"] },
      ).ok,
    ).toBe(true);
    expect(judge({}, { problems: ["connect ECONNREFUSED"], statuses: { 0: 1 } }).ok).toBe(false);
  });
});

describe("versions", () => {
  const spec = of({
    kind: "versions",
    app: "reviews",
    port: 9080,
    path: "/reviews/0",
    colours: { v1: null, v2: "black" },
  });
  const body = (rating?: object) => JSON.stringify({ reviews: [{ reviewer: "A", ...(rating && { rating }) }] });

  it("tells the stars of each", () => {
    expect(versions.evaluate(spec, { v1: body(), v2: body({ stars: 5, color: "black" }) })).toMatchObject({
      ok: true,
      seen: "v1: no stars, v2: black stars",
    });
    expect(versions.evaluate(spec, { v1: body(), v2: body({ stars: 5, color: "red" }) })).toMatchObject({
      ok: false,
      seen: "v2: red stars",
    });
    expect(
      versions.evaluate(spec, { v1: undefined, v2: body({ error: "Ratings service is currently unavailable" }) }),
    ).toMatchObject({ ok: false, seen: "v1: none of its pods runs, v2: Ratings service is currently unavailable" });
  });
});

describe("user", () => {
  const spec = of({ kind: "user", user: "jason", path: "/", version: "", to: "v2", requests: 30 });

  it("wants every request at the user's version", () => {
    expect(user.evaluate(spec, { answers: { v2: 30 } })).toMatchObject({
      ok: true,
      seen: "jason: v2 30 of 30 requests",
    });
    expect(user.evaluate(spec, { answers: { v2: 29, v1: 1 } }).ok).toBe(false);
    expect(user.evaluate(spec, { refused: "/login answered 404 without a session", answers: {} })).toMatchObject({
      ok: false,
      seen: "jason cannot sign in: /login answered 404 without a session",
    });
  });
});

describe("fault", () => {
  const spec = of({
    kind: "fault",
    service: "ratings",
    path: "/ratings/0",
    confidence: 0.9999,
    user: "jason",
    abort: { httpStatus: 503, percentage: 50 },
  });
  const asked = (count: number, status: number, seconds = 0.01) =>
    Array.from({ length: count }, () => ({ status, seconds }));

  it("measures the share, and that others are spared", () => {
    expect(
      fault.evaluate(spec, { meant: [...asked(104, 503), ...asked(96, 200)], others: asked(200, 200) }),
    ).toMatchObject({
      ok: true,
      seen: "104 of 200 requests of jason answered 503 (configured: 50 % → 73–127); 0 of 200 of others",
    });
    expect(fault.evaluate(spec, { meant: asked(200, 503), others: asked(200, 200) }).ok).toBe(false);
    expect(fault.evaluate(spec, { meant: [...asked(100, 503), ...asked(100, 200)], others: asked(1, 503) }).ok).toBe(
      false,
    );
  });

  it("measures a delay by its time", () => {
    const slow = of({
      kind: "fault",
      service: "ratings",
      path: "/",
      confidence: 0.9999,
      delay: { seconds: 2, percentage: 100 },
    });
    expect(fault.evaluate(slow, { meant: asked(40, 200, 2.01) }).ok).toBe(true);
    expect(fault.evaluate(slow, { meant: [...asked(39, 200, 2.01), ...asked(1, 200, 0.1)] }).ok).toBe(false);
  });
});

describe("proxy-route", () => {
  const spec = of({
    kind: "proxy-route",
    service: "reviews",
    proxy: "stranger",
    host: "reviews.default.svc.cluster.local",
    port: 9080,
    timeoutSeconds: 0.5,
    retries: { attempts: 2, retryOn: "5xx,503" },
    loadBalancer: "RANDOM",
  });
  const cluster = (name: string) => `outbound|9080|${name}|reviews.default.svc.cluster.local`;
  const route = (timeout: string) => [
    {
      route_config: {
        virtual_hosts: [
          {
            routes: [
              {
                route: {
                  weighted_clusters: { clusters: [{ name: cluster("v1") }] },
                  timeout,
                  retry_policy: { num_retries: 2, retry_on: "5xx,retriable-status-codes" },
                },
              },
            ],
          },
        ],
      },
    },
    {
      route_config: {
        virtual_hosts: [
          { routes: [{ route: { cluster: "outbound|9080||details.default.svc.cluster.local", timeout: "9s" } }] },
        ],
      },
    },
  ];

  it("finds the service's route and cluster in the proxy's config, and compares", () => {
    const seen = readProxy(spec, route("0.500s"), [{ cluster: { name: cluster("v1"), lb_policy: "RANDOM" } }]);
    expect(proxyRoute.evaluate(spec, seen)).toMatchObject({
      ok: true,
      seen: "in the proxy of a caller in the mesh: timeout 0.5 s, 2 retries on 5xx,503, RANDOM",
    });
    expect(
      proxyRoute.evaluate(spec, readProxy(spec, route("0s"), [{ cluster: { name: cluster("v1") } }])),
    ).toMatchObject({ ok: false, seen: "in the proxy of a caller in the mesh: timeout 0s, load balancer ROUND_ROBIN" });
    expect(proxyRoute.evaluate(spec, { routes: [], loadBalancers: [] }).ok).toBe(false);
  });

  it("knows the Services of versions, which the Gateway API has instead of subsets, and no service of a like name", () => {
    const name = (host: string) => [
      {
        route_config: {
          virtual_hosts: [{ routes: [{ route: { cluster: `outbound|9080||${host}.default.svc.cluster.local` } }] }],
        },
      },
    ];
    expect(readProxy(spec, name("reviews-v2"), []).routes).toHaveLength(1);
    expect(readProxy(spec, name("reviews-archive"), []).routes).toHaveLength(0);
  });
});

describe("grpc", () => {
  const spiffe = "spiffe://cluster.local/ns/temperature/sa/temperature-api";
  const spec = of({ kind: "grpc", path: "/", app: "temperature-service", spiffe });
  const call = {
    pod: "p",
    method: "POST",
    path: "/temperature.Converter/Convert",
    protocol: "HTTP/2",
    response_code: 200,
    downstream_peer: spiffe,
  };
  const trigger = { status: 200 };

  it("wants HTTP/2 and the caller's identity", () => {
    expect(grpc.evaluate(spec, { trigger, calls: [call] })).toMatchObject({
      ok: true,
      seen: `POST /temperature.Converter/Convert by HTTP/2, over mTLS from ${spiffe}`,
    });
    expect(grpc.evaluate(spec, { trigger, calls: [{ ...call, path: "/other.v1.Converter/Do" }] }).ok).toBe(true);
  });

  it.each([
    ["HTTP/1.1", { ...call, protocol: "HTTP/1.1" }, "by HTTP/1.1"],
    ["plaintext", { ...call, downstream_peer: null }, "as plaintext"],
    ["Envoy's word for nothing", { ...call, downstream_peer: "-" }, "as plaintext"],
    ["another caller", { ...call, downstream_peer: "spiffe://cluster.local/ns/a/sa/b" }, "ns/a/sa/b"],
    ["a path that is not gRPC's", { ...call, method: "GET", path: "/" }, "GET /"],
    ["a log without the caller", { ...call, downstream_peer: undefined }, "its log names no caller"],
  ])("fails with %s", (_, line, words) => {
    expect(grpc.evaluate(spec, { trigger, calls: [line] })).toMatchObject({
      ok: false,
      seen: expect.stringContaining(words),
    });
  });

  it("says so where nothing was logged, or nothing that can be read", () => {
    expect(grpc.evaluate(spec, { trigger: { status: 503 }, calls: [] })).toMatchObject({
      ok: false,
      seen: "the gateway answered 503; the proxy of temperature-service logged no call",
    });
    expect(grpc.evaluate(spec, { trigger, calls: [], other: '[2026] "POST /x" 200' }).seen).toContain(
      "its access log is not JSON",
    );
  });
});

describe("access", () => {
  const spec = of({
    kind: "access",
    cases: [{ from: "stranger", method: "GET", url: "http://api.blog/get", status: 403, words: "stranger GET" }],
  });

  it("wants the very status", () => {
    expect(access.evaluate(spec, [{ status: 403, body: "RBAC: access denied" }])).toMatchObject({
      ok: true,
      seen: "stranger GET: 403 (RBAC: access denied)",
    });
    expect(access.evaluate(spec, [{ status: 200, body: "{}" }])).toMatchObject({
      ok: false,
      seen: "stranger GET: 200",
      evidence: { statuses: { 200: 1 } },
    });
    expect(access.evaluate(spec, [{ status: 0, body: "", error: "Connection refused" }])).toMatchObject({
      ok: false,
      seen: "stranger GET: Connection refused",
    });
  });
});

describe("claim", () => {
  const spec = of({ kind: "claim", claim: "myclaim" });
  const standard = { name: "standard", isDefault: true, waits: false };

  it("passes with the default class, whatever its name, and says which", () => {
    expect(claim.evaluate(spec, { claim: { class: "standard", phase: "Bound" }, classes: [standard] })).toMatchObject({
      ok: true,
      seen: 'class "standard", the default, filled in; myclaim is Bound',
    });
    expect(
      claim.evaluate(spec, {
        claim: { class: "gp3", phase: "Pending" },
        classes: [{ name: "gp3", isDefault: true, waits: true }],
      }),
    ).toMatchObject({ ok: true, seen: expect.stringContaining("waits for the first consumer") });
  });

  it.each([
    ["no claim", { classes: [standard] }, "claim myclaim does not exist"],
    [
      "a class that does not exist",
      { claim: { class: "nope", phase: "Pending" }, classes: [standard] },
      'the class "nope", which does not exist; the default is "standard"; it is Pending',
    ],
    [
      "another class",
      {
        claim: { class: "slow", phase: "Bound" },
        classes: [standard, { name: "slow", isDefault: false, waits: false }],
      },
      'which is not the default ("standard" is)',
    ],
    [
      "no class, though there is a default",
      { claim: { phase: "Pending" }, classes: [standard] },
      "has no class, though standard is the default",
    ],
    [
      "a claim that stays unbound",
      { claim: { class: "standard", phase: "Pending" }, classes: [standard] },
      "myclaim is Pending",
    ],
  ])("fails with %s", (_, seen, words) => {
    expect(claim.evaluate(spec, seen)).toMatchObject({ ok: false, seen: expect.stringContaining(words) });
  });

  it("is not applicable where the cluster has no default class", () => {
    expect(claim.evaluate(spec, { claim: { phase: "Pending" }, classes: [] })).toMatchObject({
      notApplicable: true,
      seen: expect.stringContaining("the cluster has no StorageClass"),
    });
    expect(
      claim.evaluate(spec, { claim: { phase: "Pending" }, classes: [{ ...standard, isDefault: false }] }).seen,
    ).toContain("no default StorageClass (it has standard)");
  });
});
