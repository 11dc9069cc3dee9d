import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KubeObject } from "../../../kube";
import { openTasks, readTasks } from "../../../cli/check";
import { forgetTasks, noteHint, taskRecordFile, readRecord } from "../../../cli/stack/task-record";
import { settingsWith } from "../check/settings";

/** A cluster of objects by their paths. */
class Cluster {
  readonly asked: string[] = [];
  readonly objects = new Map<string, object>();
  pods: object[] = [];
  failing?: string;

  constructor(readonly uid = "cluster-1") {}

  get = async (path: string): Promise<KubeObject | undefined> => {
    this.asked.push(path);
    if (path === "/api/v1/namespaces/kube-system") return { metadata: { name: "kube-system", uid: this.uid } } as never;
    if (path === this.failing) throw new Error("etcdserver: request timed out");
    return this.objects.get(path) as KubeObject | undefined;
  };
  list = async (path: string) => (this.asked.push(path), this.pods as KubeObject[]);

  mtls(mode: string): void {
    this.objects.set(MTLS, { metadata: { name: "default" }, spec: { mtls: { mode } } });
  }
}

const MTLS = "/apis/security.istio.io/v1/namespaces/client/peerauthentications/default";
const settings = settingsWith({ lessons: ["backend"] });
const at = (time: string) => () => new Date(`2026-12-01T${time}Z`);
let home: string;
let cluster: Cluster;
const read = (time = "10:00:00", seat: Cluster = cluster, installed: readonly string[] = ["backend"]) =>
  readTasks({ stack: "ada", settings, installed, seat }, at(time));
const statesOf = async (...args: Parameters<typeof read>) =>
  Object.fromEntries(
    (await read(...args)).map(({ task, state, done }) => [task.replace("backend-", ""), done ?? state]),
  );

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-progress-"));
  vi.stubEnv("ISTIO_LAB_HOME", home);
  cluster = new Cluster();
  cluster.mtls("STRICT");
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(home, { recursive: true });
});

describe("the tasks of a seat", () => {
  it("are open where they can be done now, and later where another comes before, which nobody asks", async () => {
    expect(await statesOf()).toEqual({
      "let-plaintext-in": "open",
      "keep-plaintext-out": "later",
      "leave-the-mesh": "open",
      "join-the-mesh": "later",
    });
    expect(cluster.asked).toEqual(["/api/v1/namespaces/kube-system", MTLS, "/api/v1/namespaces/client"]);
    expect(fs.existsSync(taskRecordFile("ada"))).toBe(false);
  });

  it("are done from the first time that somebody sees it, whatever happens later, and their next one opens", async () => {
    cluster.mtls("PERMISSIVE");
    expect(await statesOf("10:00:00")).toMatchObject({
      "let-plaintext-in": "2026-12-01T10:00:00.000Z",
      "keep-plaintext-out": "open",
      "join-the-mesh": "later",
    });
    cluster.mtls("STRICT");
    expect(await statesOf("10:02:00")).toMatchObject({
      "let-plaintext-in": "2026-12-01T10:00:00.000Z",
      "keep-plaintext-out": "2026-12-01T10:02:00.000Z",
    });
    cluster.objects.clear();
    expect(await statesOf("10:03:00")).toMatchObject({ "keep-plaintext-out": "2026-12-01T10:02:00.000Z" });
  });

  it("with several facts are done once all are so: a pod with its sidecar is no proof while the next one gets none", async () => {
    const label = (value: string) =>
      cluster.objects.set("/api/v1/namespaces/client", { metadata: { labels: { "istio-injection": value } } });
    cluster.pods = ["echo-service", "httpbin", "client"].map((app) => ({
      metadata: { name: app, namespace: "client", labels: { app, version: "v1" } },
      spec: { initContainers: [{ name: "istio-init" }, { name: "istio-proxy" }] },
      status: { conditions: [{ type: "Ready", status: "True" }] },
    }));
    label("disabled");
    expect(await read("10:00:00")).toMatchObject([
      {},
      {},
      { task: "backend-leave-the-mesh", state: "done" },
      { state: "open", seen: 'Namespace client: metadata.labels.istio-injection is "disabled"' },
    ]);
    label("enabled");
    expect(await statesOf("10:01:00")).toMatchObject({ "join-the-mesh": "2026-12-01T10:01:00.000Z" });
  });

  it("say what was seen where they are open, and in which section of which page they are", async () => {
    expect(openTasks(await read())[0]).toEqual({
      lesson: "backend",
      task: "backend-let-plaintext-in",
      title: "Let the namespace's pods take plaintext as well",
      page: "docs/lessons/backend.md",
      section: "4. Break: take plaintext as well",
      state: "open",
      seen: 'PeerAuthentication default: spec.mtls.mode is "STRICT"',
    });
  });

  it("are unknown where they cannot be asked, and never open or done", async () => {
    cluster.failing = MTLS;
    expect((await read()).find(({ task }) => task === "backend-let-plaintext-in")).toMatchObject({
      state: "unknown",
      seen: "etcdserver: request timed out",
    });
  });

  it("begin anew with another cluster: what was done on an earlier seat of this name is not done on this one", async () => {
    cluster.mtls("PERMISSIVE");
    await read();
    noteHint("ada", "cluster-1", "backend-leave-the-mesh", 2);
    const anew = new Cluster("cluster-2");
    anew.mtls("STRICT");
    expect(await statesOf("11:00:00", anew)).toMatchObject({ "let-plaintext-in": "open" });
    expect(readRecord("ada", "cluster-2")).toEqual({ seat: "cluster-2", done: {}, hints: {} });
  });

  it("are unknown as a whole where the cluster has no identity", async () => {
    vi.spyOn(cluster, "get").mockResolvedValue(undefined);
    await expect(read()).rejects.toThrow("its cluster has no namespace kube-system");
  });

  it("are those of the lessons that are installed", async () => {
    expect(await read("10:00:00", cluster, ["blog"])).toEqual([]);
    expect(cluster.asked).toEqual([]);
  });
});

describe("the record of a seat", () => {
  it("keeps what another command has noted meanwhile, and the earlier time", async () => {
    cluster.mtls("PERMISSIVE");
    const get = cluster.get;
    vi.spyOn(cluster, "get").mockImplementation(async (path) => {
      // Another command sees it first, and somebody asks for a hint.
      if (path === MTLS) {
        const other = new Cluster();
        other.mtls("PERMISSIVE");
        await read("09:59:00", other);
        noteHint("ada", "cluster-1", "backend-leave-the-mesh", 1);
      }
      return get(path);
    });
    expect(await statesOf("10:00:00")).toMatchObject({ "let-plaintext-in": "2026-12-01T09:59:00.000Z" });
    expect(readRecord("ada", "cluster-1").hints).toEqual({ "backend-leave-the-mesh": 1 });
  });

  it("is closed to other users, and goes with the seat", async () => {
    cluster.mtls("PERMISSIVE");
    await read();
    expect(fs.statSync(taskRecordFile("ada")).mode & 0o777).toBe(0o600);
    forgetTasks("ada");
    expect(fs.existsSync(taskRecordFile("ada"))).toBe(false);
    forgetTasks("ada");
  });

  it.each(["{", "{}", '{"seat":"cluster-1","done":{"x":"yesterday"},"hints":{}}'])(
    "that is broken (%s) is refused with the way out, and not taken for nothing done",
    async (text) => {
      noteHint("ada", "cluster-1", "x", 1);
      fs.writeFileSync(taskRecordFile("ada"), text);
      await expect(read()).rejects.toThrow(
        `${taskRecordFile("ada")} is not a record of tasks. \`rm ${taskRecordFile("ada")}\` begins a new one.`,
      );
    },
  );
});
