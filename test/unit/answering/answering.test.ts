import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, test, vi } from "vitest";
import { awaitSeat, waitStep } from "../../../cli/answering";
import { awaitedOf, type Awaited } from "../../../cli/answering/awaited";
import { look } from "../../../cli/answering/look";
import { answers } from "../../../cli/answering/quick";
import type { KubeObject } from "../../../kube";
import { ServiceSilent, type Answer, type Seat } from "../../../cli/seat/seat";
import { UserError } from "../../../base/errors";
import { gatewayEntryOf, PUBLISHED_PORTS } from "../../../cli/stack/entry";
import type { StateResource } from "../../../cli/stack/stack";

const exported = vi.hoisted(() => ({
  resources: [] as unknown[],
  kubeconfigs: 0,
  looks: undefined as (() => Promise<unknown>) | undefined,
}));
vi.mock("../../../cli/stack/stack", async (original) => ({
  ...(await original<object>()),
  exportStack: async () => ({ resources: exported.resources, pending: 0 }),
}));
vi.mock("../../../cli/stack/later", () => ({
  seatInSight: () => ({
    looker: async () => (
      (exported.kubeconfigs += 1),
      exported.looks ?? Promise.reject(new Error("the cluster is asked"))
    ),
  }),
}));

const said: string[] = [];
const say = (line: string) => void said.push(line);

const URL = "http://192.168.49.2:31380";
const began = Date.parse("2026-11-29T10:00:00Z");
const [before, after] = ["2026-11-29T09:00:00Z", "2026-11-29T10:00:05Z"];

const resource = (type: string, rest: Partial<StateResource> = {}): StateResource => ({
  urn: `urn:${type}`,
  type,
  modified: before,
  ...rest,
});
const stackOf = (
  gatewayUrl: unknown = URL,
  lessons: object = {
    bookinfo: `${URL}/productpage`,
    blog: "http://codewithmsmaxpro.me:31380/",
    admission: "kubectl get pvc myclaim",
  },
) => resource("pulumi:pulumi:Stack", { outputs: { GATEWAY_URL: gatewayUrl, lessons } });
const deployment = resource("kubernetes:apps/v1:Deployment", { id: "default/reviews-v1" });
const release = resource("kubernetes:helm.sh/v3:Release", {
  id: "istio-system/istiod",
  outputs: {
    namespace: "istio-system",
    resourceNames: { "Deployment.apps/apps/v1": ["istiod", "istio-ingress/other"], "ConfigMap/v1": ["istio"] },
  },
});
const endpoint = (modified: string) => resource("pulumi-nodejs:dynamic/cluster:Endpoint", { modified });

afterEach(() => void vi.restoreAllMocks());

test("what a seat needs is in its state: the program's Deployments, those of its releases, and the lessons' pages behind the gateway", () => {
  const loki = resource("kubernetes:apps/v1:StatefulSet", { id: "istio-system/loki" });
  const leaving = { ...deployment, id: "default/old", delete: true };
  expect(awaitedOf([stackOf(), endpoint(before), deployment, loki, release, leaving], began)).toEqual({
    gatewayUrl: URL,
    pages: [`${URL}/productpage`],
    workloads: [
      { kind: "Deployment", namespace: "default", name: "reviews-v1" },
      { kind: "StatefulSet", namespace: "istio-system", name: "loki" },
      { kind: "Deployment", namespace: "istio-system", name: "istiod" },
      { kind: "Deployment", namespace: "istio-ingress", name: "other" },
    ],
    restarted: false,
    entry: { isForwarded: false, isAtSomebodysNode: false },
    guarded: false,
  });
  expect(awaitedOf([stackOf(), resource("azure-native:network:NetworkSecurityGroup")], began)).toMatchObject({
    guarded: true,
  });
});

test.each([
  ["minikube's endpoint", endpoint(after), true],
  ["an endpoint of before", endpoint(before), false],
  ["an embedded seat that was started", resource("pulumi-nodejs:dynamic/cluster:Power", { modified: after }), true],
  ["a virtual machine", resource("azure-native:compute:VirtualMachine", { modified: after }), true],
  ["the generation alone", resource("pulumi-nodejs:dynamic/cluster:Generation", { modified: after }), false],
  ["a route", resource("kubernetes:networking.istio.io/v1:VirtualService", { modified: after }), false],
])("whether a run has started the cluster is told by when the state's resource changed: %s", (_, one, restarted) => {
  expect(awaitedOf([stackOf(), one], began)).toMatchObject({ restarted });
});

test.each([undefined, 7, "pending"])("a stack without a gateway has nothing to answer: GATEWAY_URL %j", (url) => {
  expect(
    awaitedOf([resource("pulumi:pulumi:Stack", { outputs: { GATEWAY_URL: url } }), deployment], began),
  ).toBeUndefined();
});

describe("how the gateway is reached is told by its Service, not by its address", () => {
  const front = (type: string, name = "istio-ingressgateway") =>
    resource("kubernetes:core/v1:Service", { outputs: { metadata: { name }, spec: { type } } });
  const existing = resource("istio-lab:cluster:Existing");
  it.each<[string, StateResource[], object]>([
    ["by a port-forward", [front("ClusterIP")], { isForwarded: true, isAtSomebodysNode: false }],
    ["at a seat's own node", [front("NodePort")], { isForwarded: false, isAtSomebodysNode: false }],
    ["at somebody's node", [front("NodePort"), existing], { isForwarded: false, isAtSomebodysNode: true }],
    ["at a load balancer", [front("LoadBalancer"), existing], { isForwarded: false, isAtSomebodysNode: false }],
    [
      "at a node, in place of a Service that is still to be deleted",
      [{ ...front("ClusterIP"), delete: true }, front("NodePort")],
      { isForwarded: false, isAtSomebodysNode: false },
    ],
    ["another Service", [front("ClusterIP", "details")], { isForwarded: false, isAtSomebodysNode: false }],
    ["nothing", [], { isForwarded: false, isAtSomebodysNode: false }],
  ])("%s", (_, resources, entry) => {
    expect(gatewayEntryOf(resources)).toEqual(entry);
    expect(awaitedOf([stackOf("http://localhost:8080"), ...resources], began)).toMatchObject({ entry });
  });
});

/** A cluster of a few variables. */
function seatOf(live: {
  deployments?: KubeObject[] | Error;
  answers?: Record<string, Partial<Answer>>;
  service?: Error;
}): Seat {
  const seat: Partial<Seat> = {
    list: async (path) => {
      if (live.deployments instanceof Error) throw live.deployments;
      return path.endsWith("/deployments") ? (live.deployments ?? []) : [];
    },
    http: async (path) => ({
      status: 0,
      headers: {},
      body: "",
      milliseconds: 1,
      error: "connect ECONNREFUSED",
      ...live.answers?.[path],
    }),
    fromService: async (_, __, ___, path) => {
      if (live.service !== undefined) throw live.service;
      return { status: 200, body: "", ...live.answers?.[path] };
    },
  };
  return seat as Seat;
}
const liveDeployment = (
  name: string,
  available: number,
  spec: object = { replicas: 1 },
  generation = 1,
): KubeObject => ({
  metadata: { name, namespace: "default", generation },
  spec,
  status: { observedGeneration: 1, availableReplicas: available },
});
const wanted: Awaited = {
  gatewayUrl: URL,
  pages: [`${URL}/productpage`],
  workloads: [
    { kind: "Deployment", namespace: "default", name: "a" },
    { kind: "Deployment", namespace: "default", name: "b" },
  ],
  restarted: true,
  entry: { isForwarded: false, isAtSomebodysNode: false },
  guarded: false,
};
const byForward = { isForwarded: true, isAtSomebodysNode: false };
const all = { "/": { status: 404 }, "/productpage": { status: 200 } };

test.each<[string, Parameters<typeof seatOf>[0], string[]]>([
  [
    "all is there",
    { deployments: [liveDeployment("a", 1), liveDeployment("b", 2, { replicas: 2 })], answers: all },
    [],
  ],
  [
    "one is scaled to zero",
    { deployments: [liveDeployment("a", 1), liveDeployment("b", 0, { replicas: 0 })], answers: all },
    [],
  ],
  [
    "a fault of a lesson answers",
    {
      deployments: [liveDeployment("a", 1), liveDeployment("b", 1)],
      answers: { ...all, "/productpage": { status: 503, body: "fault filter abort" } },
    },
    [],
  ],
  [
    "pods are missing",
    { deployments: [liveDeployment("a", 0), liveDeployment("b", 1, { replicas: 3 })], answers: all },
    ["Deployment default/a: 0 of 1 pod available", "Deployment default/b: 1 of 3 pods available"],
  ],
  [
    "one was deleted, and another not seen yet",
    { deployments: [liveDeployment("b", 1, {}, 2)], answers: all },
    ["Deployment default/a: it does not exist", "Deployment default/b: its controller has not seen it yet"],
  ],
  [
    "the node ports lead nowhere",
    { deployments: [liveDeployment("a", 1), liveDeployment("b", 1)] },
    [`GATEWAY_URL ${URL}: connect ECONNREFUSED`, `${URL}/productpage: connect ECONNREFUSED`],
  ],
  [
    "nothing is behind the gateway",
    {
      deployments: [liveDeployment("a", 1), liveDeployment("b", 1)],
      answers: { ...all, "/productpage": { status: 503, body: "no healthy upstream" } },
    },
    [`${URL}/productpage: the gateway answers 503, because nothing behind it is ready`],
  ],
  [
    "the API is silent",
    { deployments: new Error("The cluster's API server does not answer."), answers: all },
    ["2 Deployments: The cluster's API server does not answer."],
  ],
])("what has not come is named: %s", async (_, live, missing) => {
  const seen = await look(seatOf(live), wanted);
  expect(seen.missing).toEqual(missing);
  expect([seen.total, seen.come === seen.total]).toEqual([4, missing.length === 0]);
});

test("a gateway that is reached by a port-forward alone is asked through the API server", async () => {
  const forwarded = {
    ...wanted,
    gatewayUrl: "http://localhost:8080",
    entry: byForward,
    pages: ["http://localhost:8080/productpage"],
    workloads: [],
  };
  expect((await look(seatOf({}), forwarded)).missing).toEqual([]);
  expect(
    (await look(seatOf({ service: new ServiceSilent("silent", "no endpoints available") }), forwarded)).missing,
  ).toEqual([
    "Service istio-ingress/istio-ingressgateway: no endpoints available",
    "http://localhost:8080/productpage: no endpoints available",
  ]);
});

test("of a silent gateway at somebody's node ports it is said whether it answers inside, and where the ports' keys are", async () => {
  const published = { ...wanted, workloads: [], pages: [], entry: { isForwarded: false, isAtSomebodysNode: true } };
  const silence = `GATEWAY_URL ${URL}: connect ECONNREFUSED`;
  expect((await look(seatOf({}), published)).missing).toEqual([
    `${silence}. Inside the cluster the gateway answers. ${PUBLISHED_PORTS}`,
  ]);
  const service = new ServiceSilent("silent", "no endpoints available");
  expect((await look(seatOf({ service }), published)).missing).toEqual([silence]);
  expect((await look(seatOf({ answers: all }), published)).missing).toEqual([]);
});

test("a gateway behind a security group that keeps this machine out is asked through the API server; its own answer from here counts first", async () => {
  const guarded = { ...wanted, workloads: [], guarded: true };
  expect((await look(seatOf({}), guarded)).missing).toEqual([]);
  expect((await look(seatOf({}), { ...guarded, guarded: false })).missing).toEqual([
    `GATEWAY_URL ${URL}: connect ECONNREFUSED`,
    `${URL}/productpage: connect ECONNREFUSED`,
  ]);
  const silent = new ServiceSilent("silent", "no endpoints available");
  expect((await look(seatOf({ service: silent }), guarded)).missing).toEqual([
    "Service istio-ingress/istio-ingressgateway: no endpoints available",
    `${URL}/productpage: no endpoints available`,
  ]);
  expect((await look(seatOf({ answers: all, service: silent }), guarded)).missing).toEqual([]);
});

test("where such a gateway answered inside the cluster alone, the wait says so, and that nobody asked for trainees; never where it answered from here", async () => {
  const guarded = { ...wanted, workloads: [], guarded: true };
  const noticeOf = async (live: Parameters<typeof seatOf>[0], awaited: Awaited, run: boolean) => {
    const wait = waitStep("dev", () => look(seatOf(live), awaited), { whole: 60_000, between: 5 });
    await (run ? wait.run(() => undefined, new AbortController().signal) : wait.isDone());
    return wait.notice();
  };
  const notice =
    `The gateway answers inside the cluster, where the API server asked it. From this machine nothing answers at GATEWAY_URL ${URL}, and whether it answers trainees is unknown: ` +
    `azure.traineeCidrs and azure.openToWorld say whom the security group lets in. Ask from a trainee's network: curl -sS -o /dev/null -w '%{http_code}\\n' ${URL}/`;
  expect(await noticeOf({}, guarded, true)).toBe(notice);
  expect(await noticeOf({}, guarded, false)).toBe(notice);
  expect(await noticeOf({ answers: all }, guarded, true)).toBeUndefined();
  expect(
    await noticeOf({}, { ...guarded, gatewayUrl: "http://localhost:8080", entry: byForward, pages: [] }, true),
  ).toBeUndefined();
  expect(
    await noticeOf({ service: new ServiceSilent("silent", "no endpoints available") }, guarded, false),
  ).toBeUndefined();
});

test("up says it after the wait", async () => {
  exported.resources = [stackOf("http://127.0.0.1:9"), endpoint(before)];
  exported.looks = async () => ({ total: 1, come: 1, missing: [], notice: "nobody asked for trainees" });
  said.length = 0;
  await awaitSeat({ env: {} }, "dev", began, say);
  expect(said).toEqual(["nobody asked for trainees"]);
  exported.looks = async () => ({ total: 1, come: 1, missing: [] });
  await awaitSeat({ env: {} }, "dev", began, say);
  expect(said).toHaveLength(1);
  exported.looks = undefined;
});

/** A wait that only a hang ends by its bound. */
const steps = (...looks: string[][]) => stepsWithin(60_000, ...looks);
const stepsWithin = (whole: number, ...looks: string[][]) => {
  const reported: string[] = [];
  const seen = async () => ({
    total: 3,
    come: 3 - (looks[0] ?? []).length,
    missing: (looks.length > 1 ? looks.shift() : looks[0])!,
  });
  return {
    reported,
    step: waitStep("dev", seen, { whole, between: 5 }),
    report: (done: number, total: number, note?: string) => void reported.push(`${done}/${total} ${note}`),
  };
};

test("the wait ends with what came last, and says meanwhile what is next", async () => {
  const { step, report, reported } = steps(["a: 0 of 1 pod available", "b"], ["b"], []);
  await step.run(report, new AbortController().signal);
  expect(reported).toHaveLength(2);
  expect(reported[0]).toContain("next: a: 0 of 1 pod available");
  expect(await step.isDone()).toBe(true);
});

test("the wait has a bound, and names what did not come", async () => {
  const { step, report } = stepsWithin(20, [
    "Deployment default/a: 0 of 1 pod available",
    `GATEWAY_URL ${URL}: connect ECONNREFUSED`,
  ]);
  const failure = await step.run(report, new AbortController().signal).catch((error: Error) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect((failure as Error).message.replace(/after [\d.]+ s/, "after T")).toBe(
    `The seat of stack dev does not answer. Everything is made, but after T this is still missing:\n  Deployment default/a: 0 of 1 pod available\n  GATEWAY_URL ${URL}: connect ECONNREFUSED\n` +
      "`npm run check -- --stack dev` looks for the cause; `npm run up -- --stack dev` waits once more.",
  );
});

test("an interrupt ends the wait", async () => {
  const abort = new AbortController();
  const { step, report } = steps(["a"]);
  const running = step.run(report, abort.signal);
  abort.abort(new Error("interrupted"));
  await expect(running).rejects.toThrow();
});

async function serving<T>(answer: http.RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("a gateway that answers is enough where nothing was started, also with 404, and the cluster is not asked then", async () => {
  exported.kubeconfigs = 0;
  await serving(
    (_, response) => void response.writeHead(404).end(),
    async (url) => {
      exported.resources = [stackOf(url), endpoint(before), deployment];
      expect((await awaitSeat({ env: {} }, "dev", began, say)).resources).toBe(exported.resources);
      expect(exported.kubeconfigs).toBe(0);
      exported.resources = [stackOf(url), endpoint(after), deployment];
      await expect(awaitSeat({ env: {} }, "dev", began, say)).rejects.toThrow("the cluster is asked");
    },
  );
  exported.resources = [stackOf("http://127.0.0.1:9"), endpoint(before), deployment];
  await expect(awaitSeat({ env: {} }, "dev", began, say)).rejects.toThrow("the cluster is asked");
  exported.resources = [deployment];
  expect((await awaitSeat({ env: {} }, "dev", began, say)).resources).toBe(exported.resources);
});

test("who takes a connection and says nothing has not answered", async () => {
  expect(
    await serving(
      () => undefined,
      (url) => answers(url, 50),
    ),
  ).toBe(false);
  expect(
    await serving(
      (_, response) => void response.end("x"),
      (url) => answers(url, 1000),
    ),
  ).toBe(true);
});
