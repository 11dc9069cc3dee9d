import { spawn } from "node:child_process";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { apiOf } from "../../../cli/seat/api";
import type { Api, KubeObject } from "../../../kube";
import { PROBE_NAMESPACE, ProbePodMissing, ProbePods } from "../../../cli/check/probe-pods";
import { mayRun, readRun, startOf, thisRun } from "../../../cli/check/run-mark";
import { bootId, self } from "../../../base/process-id";

const NAMESPACE = `/api/v1/namespaces/${PROBE_NAMESPACE}`;
const PODS = `${NAMESPACE}/pods`;
const run = (...parts: (string | number | undefined)[]) => ({ "istio-lab/check-run": parts.join(" ") });

function apiAt(port: number): Api {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser(
    { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "u" },
  );
  return apiOf(kubeconfig);
}

/** Nothing listens on port 1. */
const silentApi = () => apiAt(1);

/** An API server with one namespace and its pods, which deletes under its conditions. */
describe("check's own namespace", () => {
  const objects = new Map<string, KubeObject>();
  const deleted: string[] = [];
  const posted: object[] = [];
  let server: http.Server;
  let api: Api;
  let made = 0;
  /** What is answered to the making of a pod. */
  let refusal: { code: number; message: string } | undefined;

  const namespace = (metadata: object = {}) =>
    objects.set(NAMESPACE, { metadata: { name: PROBE_NAMESPACE, uid: `namespace ${++made}`, ...metadata } });
  const pod = (name: string, labels: Record<string, string> = {}) =>
    objects.set(`${PODS}/${name}`, {
      metadata: { name, uid: `pod ${++made}`, labels },
      spec: { containers: [] },
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    });
  const guests = () => new ProbePods(api, new AbortController().signal);

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += String(chunk)));
      request.on("end", () => {
        const { method = "" } = request;
        const path = request.url!.replace(/\?.*/, "");
        const sent = (body === "" ? {} : JSON.parse(body)) as {
          metadata?: KubeObject["metadata"];
          preconditions?: { uid?: string };
        };
        const answer = (code: number, value: object) => void response.writeHead(code).end(JSON.stringify(value));
        if (method === "POST" && path === "/api/v1/namespaces")
          return (namespace(sent.metadata), answer(201, objects.get(NAMESPACE)!));
        if (method === "POST" && refusal) return answer(refusal.code, refusal);
        if (method === "POST") posted.push(sent);
        if (method === "POST") return (pod(sent.metadata!.name, sent.metadata!.labels), answer(201, {}));
        if (method === "GET" && path === PODS)
          return answer(200, {
            items: [...objects].flatMap(([key, object]) => (key.startsWith(`${PODS}/`) ? [object] : [])),
          });
        const found = objects.get(path);
        if (method === "DELETE") {
          // Without a condition everything of the path would go, as on the real one.
          const wanted = sent.preconditions?.uid;
          if (wanted !== undefined && wanted !== found?.metadata.uid)
            return answer(409, { message: "Precondition failed" });
          const going = [...objects.keys()].filter((key) => key === path || key.startsWith(`${path}/`));
          for (const key of going) {
            deleted.push(key);
            objects.delete(key);
          }
          return answer(200, {});
        }
        if (!found) return answer(404, { message: "not found" });
        if (method === "PATCH")
          Object.assign(found.metadata, {
            annotations: { ...found.metadata.annotations, ...sent.metadata?.annotations },
          });
        return answer(200, found);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    api = apiAt((server.address() as AddressInfo).port);
  });
  beforeEach(() => {
    objects.clear();
    deleted.length = 0;
    posted.length = 0;
    refusal = undefined;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it("is made for the run and gone after it, with its pods", async () => {
    const ours = guests();
    ours.prepare(["outsider"]);
    await ours.ready("outsider");
    expect(objects.get(`${PODS}/outsider`)!.metadata.labels).toMatchObject({ "istio-lab/check": "guest" });
    await ours.remove();
    expect([...objects.keys()]).toEqual([]);
  });

  it("has pods that are nobody's way to more: no root, no right that can be gained, and one of them outside of the mesh", async () => {
    const ours = guests();
    ours.prepare(["outsider", "stranger"]);
    await ours.ready("outsider");
    await expect(ours.ready("stranger")).rejects.toThrow("got no sidecar");
    await ours.remove();
    const [outsider, stranger] = posted as {
      metadata: { labels: object };
      spec: { securityContext: object; containers: { securityContext: object }[] };
    }[];
    for (const { spec } of [outsider!, stranger!]) {
      expect(spec.securityContext).toEqual({ runAsNonRoot: true, runAsUser: 1000 });
      expect(spec.containers.map(({ securityContext }) => securityContext)).toEqual([
        { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      ]);
    }
    expect([outsider!.metadata.labels, stranger!.metadata.labels]).toEqual([
      { app: "outsider", "istio-lab/check": "guest", "sidecar.istio.io/inject": "false" },
      { app: "stranger", "istio-lab/check": "guest" },
    ]);
  });

  it("that somebody made under its name is refused by name, and nothing in it is touched", async () => {
    namespace({ labels: { team: "red" } });
    pod("theirs");
    const before = structuredClone([...objects]);
    const ours = guests();
    ours.prepare(["outsider"]);
    await expect(ours.ready("outsider")).rejects.toThrow(
      `Namespace ${PROBE_NAMESPACE} exists, and check did not create it`,
    );
    await ours.remove();
    expect([...objects]).toEqual(before);
  });

  it("of a run on another machine, which nobody here can see, is left to it", async () => {
    namespace({ annotations: run("elsewhere", 7) });
    const ours = guests();
    ours.prepare(["outsider"]);
    await expect(ours.ready("outsider")).rejects.toThrow("Process 7 on elsewhere");
    await ours.remove();
    expect(deleted).toEqual([]);
  });

  it("of a run that was killed here is taken over", async () => {
    namespace({ annotations: run(hostname(), 2 ** 22) });
    const ours = guests();
    ours.prepare(["outsider"]);
    await ours.ready("outsider");
    await ours.remove();
    expect([...objects.keys()]).toEqual([]);
  });

  it.each<[string, () => (string | number | undefined)[]]>([
    ["at another tick", () => [process.ppid, "1", bootId()]],
    ["in another start of the machine", () => [process.ppid, startOf(process.ppid), "before"]],
    ["as the mark of an older version cannot tell: the first process of the machine runs no check", () => [1]],
  ])("of a run whose process number is another's by now is taken over: it began %s", async (_, process) => {
    namespace({ annotations: run(hostname(), ...process()), creationTimestamp: new Date().toISOString() });
    const ours = guests();
    ours.prepare(["outsider"]);
    await ours.ready("outsider");
    expect(objects.get(NAMESPACE)!.metadata.annotations).toEqual({ "istio-lab/check-run": thisRun() });
    await ours.remove();
    expect([...objects.keys()]).toEqual([]);
  });

  it("of a run that is at work is left to it, by its very process", async () => {
    namespace({ annotations: run(hostname(), process.ppid, startOf(process.ppid), bootId()) });
    const ours = guests();
    ours.prepare(["outsider"]);
    await expect(ours.ready("outsider")).rejects.toThrow(
      `Another check is running on this seat (process ${process.ppid}). Wait until it ends, then check again.`,
    );
    await ours.remove();
    expect(deleted).toEqual([]);
  });

  it.each([
    [
      "refuses its pod",
      () => void (refusal = { code: 422, message: "exceeded quota: pods" }),
      () => api,
      "exceeded quota: pods",
    ],
    ["does not answer", () => undefined, () => silentApi(), "The cluster's API server does not answer"],
  ] as [string, () => void, () => Api, string][])(
    "where the API server %s: nothing was asked, which is not the lesson's fault",
    async (_, before, server, why) => {
      before();
      const ours = new ProbePods(server(), new AbortController().signal);
      ours.prepare(["outsider"]);
      const error = await ours.ready("outsider").catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ProbePodMissing);
      expect((error as Error).message).toContain(
        `the pod ${PROBE_NAMESPACE}/outsider, which sends this check's requests, could not be created: ${why}`,
      );
    },
  );

  it("stays where somebody has put a pod into it: that one is not check's", async () => {
    const ours = guests();
    ours.prepare(["outsider"]);
    await ours.ready("outsider");
    pod("theirs");
    await ours.remove();
    expect(deleted).toEqual([`${PODS}/outsider`]);
  });

  it("that was deleted and made again meanwhile is another one", async () => {
    const ours = guests();
    ours.prepare(["outsider"]);
    await ours.ready("outsider");
    const { annotations } = objects.get(NAMESPACE)!.metadata;
    namespace({ annotations });
    await ours.remove();
    expect(deleted).not.toContain(NAMESPACE);
  });
});

describe("the run that a mark names", () => {
  it("is this machine's, this process, its start and the machine's", () => {
    expect(readRun(thisRun())).toEqual({
      host: hostname(),
      pid: process.pid,
      start: self().start,
      boot: bootId(),
      isHere: true,
    });
    expect(mayRun(readRun(thisRun()), Date.now())).toBe(true);
  });

  it("has its start from ps where there is no /proc", () => {
    expect(startOf(process.pid, false)).toMatch(/^[A-Z][a-z]{2}_[A-Z][a-z]{2}_\d+_[\d:]+_\d{4}$/);
    expect(startOf(2 ** 22, false)).toBeUndefined();
  });

  it("is at work by the mark of an older version only where that process runs this program, and is older than what it made", async () => {
    const child = spawn("bash", ["-c", "exec -a node bash -c 'read -t 60 <> <(:)' cli/run.mjs check"], {
      stdio: "ignore",
    });
    try {
      const old = readRun(`${hostname()} ${child.pid}`);
      await vi.waitFor(() => expect(mayRun(old, Date.now())).toBe(true));
      expect(mayRun(old, Date.now() - 60_000)).toBe(false);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
