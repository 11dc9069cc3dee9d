import { describe, expect, it, vi } from "vitest";
import type { CheckBase, CheckKind } from "../../../components/lessons/checks/check";
import { access } from "../../../cli/check/probes/access";
import { answer } from "../../../cli/check/probes/answer";
import { claim } from "../../../cli/check/probes/claim";
import { collectedLog } from "../../../cli/check/probes/collected-log";
import { curl, curlMany } from "../../../cli/check/probes/curl";
import { fault } from "../../../cli/check/probes/fault";
import { grpc } from "../../../cli/check/probes/grpc";
import { https } from "../../../cli/check/probes/https";
import { log } from "../../../cli/check/probes/log";
import { peer } from "../../../cli/check/probes/peer";
import { plaintext } from "../../../cli/check/probes/plaintext";
import { pods, read } from "../../../cli/check/probes/pods";
import { beginning, type CallerPod, type Context } from "../../../cli/check/probes/probe";
import { proxyRoute, read as readProxy } from "../../../cli/check/probes/proxy-route";
import { split } from "../../../cli/check/probes/split";
import { trace } from "../../../cli/check/probes/trace";
import { user } from "../../../cli/check/probes/user";
import { versions } from "../../../cli/check/probes/versions";
import { grantsTo } from "../../../cli/check/grants";
import type { KubeObject } from "../../../kube";
import type { Answer, HttpOptions, Seat } from "../../../cli/seat/seat";
import { pairFor } from "../config/certificates";

// Looks wait for the next one; here they need not.
vi.mock("node:timers/promises", () => ({ setTimeout: () => new Promise((later) => setImmediate(later)) }));

const base: CheckBase = {
  name: "x",
  lesson: "blog",
  title: "",
  about: { namespace: "blog", services: [], aspects: ["pods"] },
  lookAt: "",
  images: [],
};
const of = <Kind extends CheckKind>(kind: Kind): Kind & CheckBase => ({ ...base, ...kind });
const stranger: CallerPod = { namespace: "istio-lab-check", pod: { name: "stranger" }, container: "curl" };

/** A seat that answers what a test says: it stands in for a live one, which test/mesh asks. */
function context(seat: Partial<Record<keyof Seat, unknown>>): Context {
  return {
    seat: seat as unknown as Seat,
    secure: { host: "192.0.2.1", port: 443 },
    analyze: async () => ({ messages: [] }),
    caller: async () => stranger,
  };
}
const answers = (reply: (path: string, options: HttpOptions, n: number) => Partial<Answer>) => {
  const asked: { path: string; options: HttpOptions }[] = [];
  const http = async (path: string, options: HttpOptions = {}) => ({
    status: 200,
    headers: {},
    body: "",
    milliseconds: 1,
    ...reply(path, options, asked.push({ path, options })),
  });
  return { asked, http };
};

describe("a split is measured", () => {
  const spec = of({
    kind: "split",
    path: "/page",
    host: "shop",
    service: "s",
    version: "version (v\\d)",
    weights: { v1: 90, v2: 10 },
    requests: 400,
    confidence: 0.9999,
  });

  it("by as many requests as the check says, each to the lesson's host, and by answers that say 200 and a version", async () => {
    const { asked, http } = answers((_, __, n) => ({ body: `version v${n % 10 === 0 ? 2 : 1}` }));
    const seen = await split.look(spec, context({ http }));
    expect(seen).toEqual({ versions: { v1: 360, v2: 40 }, statuses: { 200: 400 }, problems: [] });
    expect(asked).toHaveLength(400);
    expect(new Set(asked.map((one) => JSON.stringify(one)))).toEqual(
      new Set(['{"path":"/page","options":{"headers":{"host":"shop"}}}']),
    );
    expect(split.evaluate(spec, seen).ok).toBe(true);
  });

  it("and an error page that names a version is no answer of it", async () => {
    const { http } = answers((_, __, n) =>
      n === 7 ? { status: 500, body: "version v1" } : n === 8 ? { body: "no such thing" } : { body: "version v1" },
    );
    const seen = await split.look(spec, context({ http }));
    expect(seen.versions).toEqual({ v1: 398 });
    expect(seen.problems.sort()).toEqual(["200 without a version: no such thing", "500"]);
  });

  it("until it is clear that nothing comes of it", async () => {
    const { asked, http } = answers(() => ({ status: 503 }));
    const seen = await split.look(spec, context({ http }));
    expect(asked.length).toBeLessThan(50);
    expect(split.evaluate(spec, seen)).toMatchObject({
      ok: false,
      seen: expect.stringMatching(/requests failed: 503$/),
    });
  });

  it("where a fault is configured by the answers alone, as many as are wanted", async () => {
    const { http } = answers((_, __, n) => (n % 2 === 0 ? { status: 503 } : { body: "version v1" }));
    const seen = await split.look({ ...spec, faulty: true }, context({ http }));
    expect(seen.versions.v1).toBeGreaterThanOrEqual(400);
    expect(seen.problems.length).toBeGreaterThan(300);
  });

  it.each<[string, Record<string, number>, boolean]>([
    ["the least of v1 that passes", { v1: 334, v2: 66 }, true],
    ["one less", { v1: 333, v2: 67 }, false],
    ["the most of v1 that passes", { v1: 382, v2: 18 }, true],
    ["one more", { v1: 383, v2: 17 }, false],
    ["fewer answers than requests", { v1: 359, v2: 40 }, false],
    ["no answer at all", {}, false],
    ["all at the first version", { v1: 400 }, false],
  ])("and passes by the binomial's own quantiles: %s", (_, seen, ok) => {
    // The exact quantiles 0.000025 and 0.999975 of Binomial(400, 0.9): 334 and 382.
    expect(split.evaluate(spec, { versions: seen, statuses: { 200: 400 }, problems: [] }).ok).toBe(ok);
  });

  it("each of its versions, the last as the first", () => {
    const three = of({ ...spec, weights: { v1: 50, v2: 50, v3: 0 } });
    expect(split.evaluate(three, { versions: { v1: 200, v2: 200 }, statuses: {}, problems: [] }).ok).toBe(true);
    expect(split.evaluate(three, { versions: { v1: 200, v2: 199, v3: 1 }, statuses: {}, problems: [] }).ok).toBe(false);
    // What the first lacks is shared by two that stay within theirs.
    const uneven = of({ ...spec, weights: { v1: 50, v2: 25, v3: 25 } });
    expect(split.evaluate(uneven, { versions: { v1: 150, v2: 125, v3: 125 }, statuses: {}, problems: [] }).ok).toBe(
      false,
    );
    expect(split.evaluate(uneven, { versions: { v1: 180, v2: 110, v3: 110 }, statuses: {}, problems: [] }).ok).toBe(
      true,
    );
  });
});

describe("a fault is measured", () => {
  const both = of({
    kind: "fault",
    service: "ratings",
    path: "/ratings/0",
    confidence: 0.9999,
    abort: { httpStatus: 503, percentage: 50 },
    delay: { seconds: 2, percentage: 50 },
  });
  const timed = (count: number, status: number, seconds: number) =>
    Array.from({ length: count }, () => ({ status, seconds }));

  it("in both of its parts", () => {
    const [slowly, quickly] = [2.01, 0.01];
    const meant = [
      ...timed(50, 503, slowly),
      ...timed(50, 503, quickly),
      ...timed(50, 200, slowly),
      ...timed(50, 200, quickly),
    ];
    expect(fault.evaluate(both, { meant }).ok).toBe(true);
    expect(fault.evaluate(both, { meant: [...timed(100, 503, quickly), ...timed(100, 200, quickly)] }).ok).toBe(false);
    expect(fault.evaluate(both, { meant: [...timed(100, 200, slowly), ...timed(100, 200, quickly)] }).ok).toBe(false);
  });

  it("and a delay of exactly the configured time is one", () => {
    const slow = of({
      kind: "fault",
      service: "ratings",
      path: "/",
      confidence: 0.9999,
      delay: { seconds: 2, percentage: 100 },
    });
    expect(fault.evaluate(slow, { meant: timed(60, 200, 2) }).ok).toBe(true);
    expect(fault.evaluate(slow, { meant: timed(60, 200, 1.99) }).ok).toBe(false);
  });

  it.each([
    [73, true],
    [72, false],
    [127, true],
    [128, false],
  ])("%i of 200 for 50 %% pass: %s", (count, ok) => {
    const half = of({
      kind: "fault",
      service: "ratings",
      path: "/",
      confidence: 0.9999,
      abort: { httpStatus: 503, percentage: 50 },
    });
    // The exact quantiles 0.00005 and 0.99995 of Binomial(200, 0.5): 73 and 127.
    expect(fault.evaluate(half, { meant: [...timed(count, 503, 0), ...timed(200 - count, 200, 0)] }).ok).toBe(ok);
  });

  it("for its user, and for nobody else, through the gateway", async () => {
    const spec = of({
      kind: "fault",
      service: "productpage",
      path: "/productpage",
      confidence: 0.9999,
      user: "jason",
      abort: { httpStatus: 503, percentage: 100 },
    });
    const { asked, http } = answers((_, { headers = {} }) => ({ status: headers["end-user"] === "jason" ? 503 : 200 }));
    const seen = await fault.look(spec, context({ http }));
    expect([seen.meant.length, seen.others?.length, asked.length]).toEqual([200, 200, 400]);
    expect(fault.evaluate(spec, seen).ok).toBe(true);
    expect(fault.evaluate(spec, { ...seen, others: [...seen.others!.slice(1), { status: 503, seconds: 0 }] }).ok).toBe(
      false,
    );
  });

  it("by a stranger inside the mesh, who waits longer than the delay", async () => {
    const spec = of({
      kind: "fault",
      service: "ratings",
      url: "http://ratings:9080",
      path: "/ratings/0",
      confidence: 0.9999,
      delay: { seconds: 7, percentage: 100 },
    });
    const commands: string[][] = [];
    const exec = async (_: string, __: unknown, ___: string, command: string[]) => (
      commands.push(command),
      { stdout: "200 7.1\n".repeat(100), stderr: "", exitCode: 0 }
    );
    expect(fault.evaluate(spec, await fault.look(spec, context({ exec }))).ok).toBe(true);
    expect(commands[0]).toEqual(
      expect.arrayContaining(["--max-time", "17", "http://ratings:9080/ratings/0?n=[1-100]"]),
    );
  });
});

describe("every case of a check counts, the last as the first", () => {
  it("of access, which is asked from the case's own caller with its method", async () => {
    const commands: unknown[][] = [];
    const callers: unknown[] = [];
    const exec = async (...asked: unknown[]) => (commands.push(asked), { stdout: "\n403", stderr: "", exitCode: 0 });
    const cases = [
      ["stranger", "GET"],
      ["outsider", "DELETE"],
    ].map(([from, method]) => ({
      from: from as "stranger",
      method: method!,
      url: `http://api/${from}`,
      status: 403,
      words: method!,
    }));
    const seat = {
      ...context({ exec }),
      caller: async (from: unknown) => (callers.push(from), { ...stranger, pod: { name: String(from) } }),
    };
    const seen = await access.look(of({ kind: "access", cases }), seat);
    expect([callers, seen.map(({ status }) => status)]).toEqual([
      ["stranger", "outsider"],
      [403, 403],
    ]);
    for (const [index, { method, url, from }] of cases.entries())
      expect(commands[index]).toEqual([
        "istio-lab-check",
        { name: from },
        "curl",
        expect.arrayContaining([method, url]),
      ]);
  });

  it("of access", () => {
    const cases = ["GET", "POST"].map((method) => ({
      from: "stranger" as const,
      method,
      url: "http://api",
      status: 403,
      words: method,
    }));
    const spec = of({ kind: "access", cases });
    expect(
      access.evaluate(spec, [
        { status: 403, body: "" },
        { status: 403, body: "" },
      ]).ok,
    ).toBe(true);
    expect(
      access.evaluate(spec, [
        { status: 403, body: "" },
        { status: 200, body: "" },
      ]),
    ).toMatchObject({ ok: false, evidence: { statuses: { 200: 1 } } });
  });

  it("of answers, with every field that is named", () => {
    const spec = of({
      kind: "answer",
      cases: [
        { path: "/a", status: 200, body: { text: "yes" }, words: "a" },
        { path: "/b", status: 200, body: { json: { value: 1, unit: "K" } }, words: "b" },
      ],
    });
    const a = { status: 200, body: "oh yes" };
    expect(answer.evaluate(spec, [a, { status: 200, body: '{"value":1,"unit":"K"}' }]).ok).toBe(true);
    for (const body of [
      '{"value":1,"unit":"C"}',
      '{"value":1}',
      '{"value":1.001,"unit":"K"}',
      '{"value":"1","unit":"K"}',
      "[1]",
      "null",
      "",
    ]) {
      expect(answer.evaluate(spec, [a, { status: 200, body }]).ok, body).toBe(false);
    }
    expect(
      answer.evaluate(spec, [
        { status: 200, body: "no" },
        { status: 200, body: '{"value":1,"unit":"K"}' },
      ]).ok,
    ).toBe(false);
    expect(
      answer.evaluate(spec, [
        { status: 201, body: "yes" },
        { status: 200, body: '{"value":1,"unit":"K"}' },
      ]).ok,
    ).toBe(false);
  });

  it("of plaintext", () => {
    const [a, b] = ["http://a.blog/", "http://b.blog/"];
    const reset = { status: 0, body: "", error: "Recv failure: Connection reset by peer" };
    const spec = of({ kind: "plaintext", urls: [a, b], mtls: "STRICT" });
    expect(
      plaintext.evaluate(spec, [
        { url: a, ...reset },
        { url: b, ...reset },
      ]).ok,
    ).toBe(true);
    expect(
      plaintext.evaluate(spec, [
        { url: a, ...reset },
        { url: b, status: 200, body: "" },
      ]).ok,
    ).toBe(false);
    expect(
      plaintext.evaluate(of({ ...spec, mtls: "PERMISSIVE" }), [
        { url: a, status: 200, body: "" },
        { url: b, ...reset },
      ]).ok,
    ).toBe(false);
  });

  it("of pods", () => {
    const spec = of({
      kind: "pods",
      apps: [
        { app: "api", version: "v1", pods: 1 },
        { app: "web", version: "v1", pods: 2 },
      ],
    });
    const pod = (name: string, app: string) => ({
      name,
      app,
      version: "v1",
      ready: true,
      proxy: "init" as const,
      istioInit: true,
    });
    expect(pods.evaluate(spec, [pod("a", "api"), pod("b", "web"), pod("c", "web")]).ok).toBe(true);
    expect(pods.evaluate(spec, [pod("a", "api"), pod("b", "web")])).toMatchObject({
      ok: false,
      seen: "web v1: 1 of 2 pods",
    });
    expect(pods.evaluate(spec, [pod("a", "api"), pod("b", "web"), { ...pod("c", "web"), ready: false }])).toMatchObject(
      { ok: false, seen: "c: not ready" },
    );
  });

  it("of versions", () => {
    const spec = of({
      kind: "versions",
      app: "reviews",
      port: 9080,
      path: "/reviews/0",
      colours: { v1: null, v2: "black" },
    });
    const body = (...colours: (string | undefined)[]) =>
      JSON.stringify({ reviews: colours.map((color) => (color === undefined ? {} : { rating: { color } })) });
    expect(versions.evaluate(spec, { v1: body(undefined, undefined), v2: body("black", "black") }).ok).toBe(true);
    expect(versions.evaluate(spec, { v1: body(undefined), v2: body("black", "red") })).toMatchObject({
      ok: false,
      seen: "v2: reviews with different stars",
    });
    expect(versions.evaluate(spec, { v1: body("black"), v2: body("black") }).ok).toBe(false);
    expect(versions.evaluate(spec, { v1: "connection refused", v2: body("black") })).toMatchObject({
      ok: false,
      seen: "v1: connection refused",
    });
  });
});

describe("pods", () => {
  const pod = (more: object = {}, status: object = {}): KubeObject => ({
    metadata: { name: "a", labels: { app: "api", version: "v1" }, ...more },
    spec: { initContainers: [{ name: "istio-init" }, { name: "istio-proxy" }], containers: [{ name: "api" }] },
    status: { conditions: [{ type: "Ready", status: "True" }], ...status },
  });

  it("that are on their way out are not counted", async () => {
    expect(
      await pods.look(
        of({ kind: "pods", apps: [] }),
        context({ list: async () => [pod(), pod({ name: "b", deletionTimestamp: "now" })] }),
      ),
    ).toEqual([read(pod())]);
  });

  it("are ready by their condition's status, and say what keeps them", () => {
    expect(read(pod())).toEqual({
      name: "a",
      app: "api",
      version: "v1",
      ready: true,
      problem: undefined,
      proxy: "init",
      istioInit: true,
    });
    expect(
      read(
        pod({}, { conditions: [{ type: "Ready", status: "False", message: "containers with unready status: [api]" }] }),
      ),
    ).toMatchObject({ ready: false, problem: "containers with unready status: [api]" });
    expect(
      read(
        pod(
          {},
          {
            conditions: [],
            containerStatuses: [
              { name: "x", state: { running: {} } },
              { name: "api", state: { waiting: { reason: "ImagePullBackOff" } } },
            ],
          },
        ),
      ),
    ).toMatchObject({ ready: false, problem: "api is waiting (ImagePullBackOff)" });
  });
});

describe("a claim", () => {
  const spec = of({ kind: "claim", claim: "myclaim" });
  const classes = [
    { name: "fast", isDefault: false, waits: true },
    { name: "standard", isDefault: true, waits: false },
  ];

  it("that is pending is right only where its class waits for the first consumer", () => {
    expect(claim.evaluate(spec, { claim: { class: "standard", phase: "Pending" }, classes }).ok).toBe(false);
    expect(claim.evaluate(spec, { claim: { class: "standard", phase: "Lost" }, classes }).ok).toBe(false);
    expect(
      claim.evaluate(spec, {
        claim: { class: "standard", phase: "Pending" },
        classes: [{ ...classes[1]!, waits: true }],
      }).ok,
    ).toBe(true);
    expect(claim.evaluate(spec, { claim: { class: "fast", phase: "Bound" }, classes }).ok).toBe(false);
  });

  it("has no class to be filled in where the cluster has no default one: that is neither right nor its fault", () => {
    expect(claim.evaluate(spec, { claim: { phase: "Pending" }, classes: [classes[0]!] })).toMatchObject({
      ok: false,
      notApplicable: true,
      seen: expect.stringContaining("no default StorageClass (it has fast)"),
    });
    expect(claim.evaluate(spec, { claim: { phase: "Pending" }, classes: [] })).toMatchObject({
      ok: false,
      notApplicable: true,
      seen: expect.stringContaining("has no StorageClass"),
    });
    expect(claim.evaluate(spec, { claim: { phase: "Pending" }, classes })).toEqual({
      ok: false,
      seen: "myclaim has no class, though standard is the default",
    });
  });

  it("is looked at with its class, which says whether it is the default", async () => {
    const key = "storageclass.kubernetes.io/is-default-class";
    const list = async () => [
      { metadata: { name: "plain" } },
      { metadata: { name: "fast", annotations: { [key]: "false" } } },
      { metadata: { name: "standard", annotations: { [key]: "true" } }, volumeBindingMode: "WaitForFirstConsumer" },
    ];
    const get = async () => ({
      metadata: { name: "myclaim" },
      spec: { storageClassName: "standard" },
      status: { phase: "Bound" },
    });
    expect(await claim.look(spec, context({ list, get }))).toEqual({
      claim: { class: "standard", phase: "Bound" },
      classes: [
        { name: "plain", isDefault: false, waits: false },
        { name: "fast", isDefault: false, waits: false },
        { name: "standard", isDefault: true, waits: true },
      ],
    });
  });
});

describe("the caller's identity", () => {
  const spiffe = "spiffe://cluster.local/ns/client/sa/client";
  const saw = (header: string, status = 200) => ({
    status,
    body: JSON.stringify({ headers: { "x-forwarded-client-cert": header } }),
  });
  const spec = of({ kind: "peer", from: "stranger", url: "http://httpbin", spiffe });

  it("is that of the last hop, which the service's own proxy saw", () => {
    expect(peer.evaluate(spec, saw(`By=x;URI=spiffe://other,By=y;Subject="";URI=${spiffe}`)).ok).toBe(true);
    expect(peer.evaluate(spec, saw(`By=x;URI=${spiffe},By=y;URI=spiffe://other`)).ok).toBe(false);
  });

  it("is known as the first field of its hop as well, and is no field's end", () => {
    expect(peer.evaluate(spec, saw(`URI=${spiffe};By=x`)).ok).toBe(true);
    expect(peer.evaluate(spec, saw(`By=x;NoURI=${spiffe}`)).ok).toBe(false);
  });

  it.each([0, 201, 403, 500])("is not taken from an answer %i", (status) => {
    expect(peer.evaluate(spec, saw(`By=x;URI=${spiffe}`, status)).ok).toBe(false);
  });
});

it("a log's line counts only where it came after the check began", async () => {
  const spec = of({ kind: "log", app: "client", container: "client", line: "Hello", withinSeconds: -1 });
  const at = (second: number, text: string) => ({ pod: "p", line: `2026-01-01T00:00:0${second}Z ${text}` });
  const looks = [
    [at(1, "Hello"), at(2, "reset")],
    [at(1, "Hello"), at(2, "reset")],
  ];
  expect(await log.look(spec, context({ logs: async () => looks.shift() }))).toMatchObject({ lines: [] });
  const fresh = [[at(2, "reset")], [at(2, "reset"), at(3, "Hello again")]];
  expect(await log.look(spec, context({ logs: async () => fresh.shift() }))).toMatchObject({ lines: ["Hello again"] });
  // Of several pods the newest line counts, in whatever order they are read; of none there is no line of before.
  const unsorted = [
    [at(2, "Hello"), at(1, "reset")],
    [at(2, "Hello"), at(1, "reset")],
  ];
  expect(await log.look(spec, context({ logs: async () => unsorted.shift() }))).toMatchObject({ lines: [] });
  const empty = [[], [at(1, "Hello")]];
  expect(await log.look(spec, context({ logs: async () => empty.shift() }))).toMatchObject({ lines: ["Hello"] });
});

it("a gRPC call counts only where it came with the request", async () => {
  const line = (path: string) => ({
    pod: "p",
    line: `2026-01-01T00:00:01Z ${JSON.stringify({ method: "POST", path, response_code: 200 })}`,
  });
  const logs = [[line("/a.B/Old")], [line("/a.B/Old"), line("/a.B/New")]];
  const { http } = answers(() => ({ status: 200 }));
  const seen = await grpc.look(
    of({ kind: "grpc", path: "/", app: "s", spiffe: "x" }),
    context({ http, logs: async () => logs.shift() }),
  );
  expect(seen.calls.map(({ path }) => path)).toEqual(["/a.B/New"]);
});

describe("a user is sent to one version", () => {
  const spec = of({ kind: "user", user: "jason", path: "/", version: "(v\\d)", to: "v2", requests: 3 });

  it("with the session that signing in gave", async () => {
    const { asked, http } = answers((path, { headers = {} }) =>
      path === "/login"
        ? { status: 302, headers: { "set-cookie": ["session=1; Path=/", "b=2; Secure"] } }
        : { body: headers.cookie === "session=1; b=2" ? "v2" : "v1" },
    );
    expect(user.evaluate(spec, await user.look(spec, context({ http }))).ok).toBe(true);
    expect(asked[0]!.options).toMatchObject({ method: "POST", body: "username=jason&passwd=" });
  });

  it("and an error is none of it", async () => {
    const { http } = answers((path, _, n) =>
      path === "/login"
        ? { headers: { "set-cookie": "session=1" } }
        : n === 3
          ? { status: 500, body: "v2" }
          : { body: "v2" },
    );
    expect(await user.look(spec, context({ http }))).toEqual({ answers: { v2: 2, 500: 1 } });
    expect(user.evaluate(spec, { answers: { v2: 2, 500: 1 } })).toEqual({
      ok: false,
      seen: expect.stringContaining("jason: "),
      evidence: { versions: { v2: 2, 500: 1 } },
    });
  });

  it("or cannot sign in", async () => {
    const { http } = answers(() => ({ status: 200 }));
    expect(await user.look(spec, context({ http }))).toEqual({
      refused: "/login answered 200 without a session",
      answers: {},
    });
    expect(user.evaluate(spec, { refused: "no session", answers: {} })).toEqual({
      ok: false,
      seen: "jason cannot sign in: no session",
      evidence: { errors: ["no session"] },
    });
  });
});

describe("a proxy's route", () => {
  const spec = of({
    kind: "proxy-route",
    service: "reviews",
    proxy: "stranger",
    host: "reviews.default.svc.cluster.local",
    port: 9080,
    retries: { attempts: 2, perTryTimeoutSeconds: 1, retryOn: "5xx,reset" },
    loadBalancer: "RANDOM",
  });
  const right = {
    routes: [{ retries: { attempts: 2, perTryTimeout: "1s", retryOn: "5xx,reset,cancelled" } }],
    loadBalancers: ["RANDOM"],
  };

  it.each<[string, object]>([
    ["attempts", { routes: [{ retries: { ...right.routes[0]!.retries, attempts: 3 } }] }],
    ["time for each try", { routes: [{ retries: { ...right.routes[0]!.retries, perTryTimeout: "2s" } }] }],
    ["no time for each try", { routes: [{ retries: { attempts: 2, retryOn: "5xx,reset" } }] }],
    ["fewer conditions", { routes: [{ retries: { ...right.routes[0]!.retries, retryOn: "5xx" } }] }],
    ["no retries", { routes: [{}] }],
    ["balancing", { loadBalancers: ["LEAST_REQUEST"] }],
    ["no balancing", { loadBalancers: [] }],
  ])("with other %s is not the config's", (_, other) => {
    expect(proxyRoute.evaluate(spec, right).ok).toBe(true);
    expect(proxyRoute.evaluate(spec, { ...right, ...other }).ok).toBe(false);
  });

  it("is the one to the service's own port, by any cluster that it may take", () => {
    const to = (...names: string[]) => [
      {
        route_config: {
          virtual_hosts: [
            { routes: [{ route: { weighted_clusters: { clusters: names.map((name) => ({ name })) } } }] },
          ],
        },
      },
    ];
    const [own, second, port, direction, domain] = [
      "outbound|9080|v1|reviews.default.svc.cluster.local",
      "outbound|9080|v2|reviews.default.svc.cluster.local",
      "outbound|9081||reviews.default.svc.cluster.local",
      "inbound|9080||reviews.default.svc.cluster.local",
      "outbound|9080||reviews.shop.svc.cluster.local",
    ];
    expect(readProxy(spec, to("outbound|80||other.default.svc.cluster.local", second), []).routes).toHaveLength(1);
    for (const other of [port, direction, domain])
      expect(readProxy(spec, to(other), [{ cluster: { name: other, lb_policy: "RANDOM" } }]), other).toEqual({
        routes: [],
        loadBalancers: [],
      });
    expect(
      readProxy(spec, to(own), [{ cluster: { name: own, lb_policy: "RANDOM" } }, { cluster: { name: second } }])
        .loadBalancers,
    ).toEqual(["RANDOM", "ROUND_ROBIN"]);
  });

  it("is read of a pod of the gateway that runs, and of a dump that is one", async () => {
    const list = async () => [
      { metadata: { name: "old" }, status: { phase: "Failed" } },
      { metadata: { name: "gw" }, status: { phase: "Running" } },
    ];
    const pods: unknown[] = [];
    const exec = (stdout: string) => async (_: string, pod: unknown) => (
      pods.push(pod),
      { stdout, stderr: "", exitCode: 0 }
    );
    const gateway = of({ ...spec, proxy: "gateway" as const });
    expect(await proxyRoute.look(gateway, context({ list, exec: exec("{}") }))).toEqual({
      routes: [],
      loadBalancers: [],
    });
    expect(pods).toEqual([{ name: "gw" }, { name: "gw" }]);
    await expect(proxyRoute.look(gateway, context({ list, exec: exec("no healthy upstream") }))).rejects.toThrow(
      "the proxy did not show its config: no healthy upstream",
    );
  });
});

describe("curl in a pod", () => {
  it.each([
    [undefined, "GET"],
    ["POST", "POST"],
  ])("asks by method %s as %s, with each header", async (method, asked) => {
    const commands: string[][] = [];
    const exec = async (_: string, __: unknown, ___: string, command: string[]) => (
      commands.push(command),
      { stdout: "\n200", stderr: "", exitCode: 0 }
    );
    await curl({ exec } as unknown as Seat, stranger, "http://x", {
      ...(method && { method }),
      headers: { one: "1", two: "2" },
    });
    expect(commands[0]!.join(" ")).toContain(` --request ${asked} --header one: 1 --header two: 2 `);
    expect(commands[0]!.at(-1)).toBe("http://x");
  });

  const run = (stdout: string, exitCode = 0, stderr = "") =>
    ({ exec: async () => ({ stdout, stderr, exitCode }) }) as unknown as Seat;

  it("tells status and body apart, and what it said where there was no answer", async () => {
    expect(await curl(run("line\n200 of it\n403"), stranger, "http://x")).toEqual({
      status: 403,
      body: "line\n200 of it",
    });
    expect(
      await curl(run("\n000", 56, "curl: (56) Recv failure: Connection reset by peer\n"), stranger, "http://x"),
    ).toEqual({ status: 0, body: "", error: "Recv failure: Connection reset by peer" });
    expect(await curl(run("\n000", 7), stranger, "http://x")).toMatchObject({ error: "curl's exit code 7" });
  });

  it("that did not run has seen nothing", async () => {
    await expect(curl(run("", 127, "curl: not found"), stranger, "http://x")).rejects.toThrow(
      "curl in istio-lab-check did not run: curl: not found",
    );
    const many = { requests: 2, atATime: 1, maxSeconds: 1, headers: {} };
    await expect(curlMany(run("", 126), stranger, "http://x", many)).rejects.toThrow("did not run: exit code 126");
    expect(await curlMany(run("200 0.5\nwarning\n503 1\n"), stranger, "http://x", many)).toEqual([
      { status: 200, seconds: 0.5 },
      { status: 503, seconds: 1 },
    ]);
  });
});

describe("HTTPS", () => {
  const host = "codewithmsmaxpro.me";
  const spec = of({ kind: "https", host, path: "/", body: "blog" });
  const judged = async (wanted: Parameters<typeof pairFor>[0], more: object = {}, check: object = {}) =>
    https.evaluate(
      { ...spec, ...check },
      { certificate: (await pairFor(wanted)).certificate, status: 200, body: "the blog", ...more },
    );

  it("passes with a certificate for the host that is valid now, and the page", async () => {
    expect(await judged({})).toMatchObject({
      ok: true,
      seen: expect.stringContaining(`certificate for ${host}, self-signed, until `),
    });
  });

  it.each<[string, object, object, string]>([
    [
      "another host's certificate",
      { hosts: ["other.example"] },
      {},
      "the certificate is for DNS:other.example, not for codewithmsmaxpro.me",
    ],
    ["one that has expired", { from: -3, to: -1 }, {}, "the certificate is valid from"],
    ["one that is not valid yet", { from: 1 }, {}, "the certificate is valid from"],
    ["an error page with the right words", {}, { status: 503 }, "answered 503 the blog"],
    ["another page", {}, { body: "404" }, "answered 200 404"],
    ["no answer", {}, { status: undefined, body: undefined }, "answered undefined"],
  ])("fails with %s", async (_, wanted, seen, words) => {
    expect(await judged(wanted, seen)).toMatchObject({ ok: false, seen: expect.stringContaining(words) });
  });

  it("fails with any certificate but the config's, where the config has one", async () => {
    expect(await judged({}, {}, { fingerprint: "AB:CD" })).toMatchObject({
      ok: false,
      seen: "the certificate is not the one in the config",
    });
    expect(https.evaluate(spec, { error: "ECONNREFUSED" })).toMatchObject({
      ok: false,
      seen: "no HTTPS: ECONNREFUSED",
      evidence: { errors: ["ECONNREFUSED"] },
    });
    expect(https.evaluate(spec, {})).toMatchObject({ ok: false, seen: "no HTTPS: no certificate" });
  });
});

describe("the beginning of a text", () => {
  it("is one line, and whole up to its length; what is longer ends with a sign of that", () => {
    expect([beginning(" a\n  b ", 3), beginning("abcd", 4), beginning("abcde", 4)]).toEqual(["a b", "abcd", "abc…"]);
    expect(beginning("x".repeat(500))).toHaveLength(120);
  });
});

describe("a trace", () => {
  const spec = of({
    kind: "trace",
    api: "zipkin",
    path: "/",
    requests: 2,
    sampling: 100,
    apps: ["a", "b"],
    withinSeconds: 60,
  });
  const spans = (...apps: string[]) => ({
    status: 200,
    body: JSON.stringify(apps.map((app) => ({ localEndpoint: { serviceName: `${app}.default` } }))),
  });

  it("is asked for until it has a span of every app, and is not asked again once it has", async () => {
    const asked: string[] = [];
    const fromService = async (_: string, __: string, ___: number, path: string) => {
      const id = path.split("/").at(-1)!;
      asked.push(id);
      const times = asked.filter((one) => one === id).length;
      const isFirst = id === asked[0];
      // The first is whole at its second look, the other never comes.
      return isFirst
        ? spans(...(times === 1 ? ["a"] : ["a", "b", "b"]))
        : asked.length > 5
          ? spans("a", "b")
          : { status: 404, body: "" };
    };
    const { http } = answers(() => ({ status: 200 }));
    const seen = await trace.look(spec, context({ http, fromService }));
    expect(seen).toEqual({
      statuses: { 200: 2 },
      traces: [
        ["a", "b"],
        ["a", "b"],
      ],
      spans: 3,
    });
    const [first, second] = [...new Set(asked)];
    expect([asked.filter((id) => id === first).length, asked.filter((id) => id === second).length]).toEqual([2, 4]);
  });

  it("is unknown where the backend answers with an error: that is no missing trace", async () => {
    const { http } = answers(() => ({ status: 200 }));
    await expect(
      trace.look(spec, context({ http, fromService: async () => ({ status: 500, body: "" }) })),
    ).rejects.toThrow("Zipkin answered 500");
  });
});

it("Loki has the request only where a line bears its mark", () => {
  const spec = of({ kind: "collected-log", from: "loki", path: "/", withinSeconds: 10 });
  const judged = (...lines: string[]) => collectedLog.evaluate(spec, { mark: "m-1", lines, seconds: 3 });
  expect(judged("another request", "GET /?mark=m-1 200")).toMatchObject({
    ok: true,
    seen: "GET /?mark=m-1 200, 3 s after the request",
  });
  for (const lines of [[], ["another request"]]) expect(judged(...lines)).toMatchObject({ ok: false });
});

it("a role of a namespace grants what the one of that very namespace says", () => {
  const role = (namespace: string, verb: string) => ({
    metadata: { name: "kiali", namespace },
    rules: [{ verbs: [verb], resources: ["pods"] }],
  });
  const binding = (namespace: string, kind: string) => ({
    metadata: { name: "b", namespace },
    roleRef: { kind, name: "kiali" },
    subjects: [
      { kind: "User", name: "somebody" },
      { kind: "ServiceAccount", name: "kiali", namespace: "istio-system" },
    ],
  });
  const clusterRoles = [{ metadata: { name: "kiali" }, rules: [{ verbs: ["list"], resources: ["nodes"] }] }];
  const rbac = {
    clusterRoleBindings: [],
    clusterRoles,
    roleBindings: [binding("blog", "Role")],
    roles: [role("client", "delete"), role("blog", "get")],
  };
  const account = { namespace: "istio-system", serviceAccount: "kiali" };
  expect(grantsTo(account, rbac)).toEqual([{ role: "Role kiali", resources: ["pods"], verbs: ["get"] }]);
  expect(grantsTo(account, { ...rbac, roleBindings: [binding("blog", "ClusterRole")] })).toEqual([
    { role: "ClusterRole kiali", resources: ["nodes"], verbs: ["list"] },
  ]);
  for (const other of [
    { namespace: "blog", serviceAccount: "kiali" },
    { namespace: "istio-system", serviceAccount: "grafana" },
  ])
    expect(grantsTo(other, rbac)).toEqual([]);
});
