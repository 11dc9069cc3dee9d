import { expect, test, afterEach, beforeEach } from "vitest";
import { rmSync } from "node:fs";
import { judge, type Machine } from "../../../cli/preflight/minikube";
import { MinikubeError } from "../../../components/cluster/minikube/errors";
import type { MinikubeSettings } from "../../../components/cluster/minikube/settings";
import { Fake } from "./fake";

const GB = 2 ** 30;
const settings: MinikubeSettings = { cpus: 4, memory: 8192, kubernetesVersion: "1.33.1" };
const machine: Machine = { platform: "linux", isWsl: false, uid: 1000, cpus: 8, memory: 16 * GB, daemon: async () => undefined, machines: async () => [] };
const docker = (cpus: number, memory: number, isApart = false) => ({ daemon: async () => ({ cpus, memory, isApart }) });

let fake: Fake;
beforeEach(() => void (fake = new Fake()));
afterEach(() => rmSync(fake.folder, { recursive: true }));

const asked = (changes: Partial<MinikubeSettings> = {}, on: Partial<Machine> = {}, generation?: string) => judge({ ...settings, ...changes }, "p", generation === undefined ? [] : ["g0", generation], { ...machine, ...on }, fake.minikube);
const refused = async (...args: Parameters<typeof asked>) => (await asked(...args)).filter(({ status }) => status === "refused");

test("on a machine that has all of it every line is ok, and what needs the tunnel is said", async () => {
  expect(await asked()).toEqual([
    { name: "minikube", status: "ok", seen: "1.36.0" },
    { name: "driver", status: "ok", seen: "minikube's own choice" },
    { name: "CPUs", status: "ok", seen: "4 asked for, 8 on this machine" },
    { name: "memory", status: "ok", seen: "8192 MB asked for, 16384 MB on this machine" },
    { name: "profile p", status: "ok", seen: "no profile has this name" },
    { name: "URLs", status: "ok", seen: "node ports at the address of `minikube ip`" },
    { name: "LoadBalancer", status: "notice", seen: "the seat needs none; one that a trainee makes stays pending", todo: "minikube tunnel --profile=p" },
  ]);
});

test.each(["There is no minikube on PATH. Install it: brew install minikube", "minikube is 1.35.0; 1.36.0 or newer is needed. Install it: brew install minikube"])("without a minikube that does: %s", async (message) => {
  fake.minikube.version = async () => {
    throw new MinikubeError(message);
  };
  expect(await asked()).toEqual([{ name: "minikube", status: "refused", seen: message }]);
});

test.each<[string, Partial<Machine>, string, string]>([
  ["a machine of 3 CPUs", { cpus: 3 }, "CPUs", "4 asked for, 3 on this machine"],
  ["a machine of 7 GB", { memory: 7 * GB }, "memory", "8192 MB asked for, 7168 MB on this machine"],
  ["a machine whose 8 GB are not all there", { memory: 7.7 * GB }, "memory", "8192 MB asked for, 7884 MB on this machine"],
  ["a Docker with 2 CPUs on a machine with 8", docker(2, 12 * GB), "CPUs", "4 asked for, 2 for containers"],
  ["a Docker with 4 GB on a machine with 16", docker(8, 4 * GB), "memory", "8192 MB asked for, 4096 MB for containers"],
])("%s is refused, with what to do", async (_, on, name, seen) => {
  const [finding, ...others] = await refused({}, on);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ name, seen, todo: expect.stringMatching(/pulumi config set --path istio-lab:minikube\.(cpus|memory) N/) });
});

test("less than all lessons need may be asked for, and is said", async () => {
  const found = await asked({ cpus: 2, memory: 4096 }, { cpus: 2, memory: 4 * GB });
  expect(found.filter(({ name }) => ["CPUs", "memory"].includes(name)).map(({ status, seen }) => [status, seen])).toEqual([
    ["notice", "2 asked for, 2 on this machine; all lessons need 4"],
    ["notice", "4096 MB asked for, 4096 MB on this machine; all lessons need 8192 MB"],
  ]);
});

test.each([
  [undefined, undefined, "was not made by this program"],
  [undefined, "g1", "was not made by this program"],
  ["g2", "g1", "belongs to another checkout, or to another stack"],
  ["g2", undefined, "belongs to another checkout, or to another stack"],
])("a profile of generation %s is refused to a stack of generation %s", async (its, ours, words) => {
  fake.has("p", { generation: its });
  expect(await refused({}, {}, ours)).toEqual([{ name: "profile p", status: "refused", seen: expect.stringContaining(`minikube has a profile p that ${words}; it is left alone.`) }]);
});

test("the stack's own profile is no obstacle, and its machine is asked nothing any more", async () => {
  fake.has("p", { generation: "g1" });
  const found = await asked({}, { cpus: 2, uid: 0 }, "g1");
  expect(found.map(({ name }) => name)).toEqual(["minikube", "profile p", "URLs", "LoadBalancer"]);
  expect(found[1]).toMatchObject({ status: "ok", seen: "this stack's own" });
});

test.each<[string, Partial<MinikubeSettings>, Partial<Machine>, RegExp]>([
  ["a Docker that is asked for and silent", { driver: "docker" }, {}, /^docker is not installed or does not answer$/],
  ["a Podman likewise", { driver: "podman" }, {}, /^podman is not installed/],
  ["root, whom all drivers refuse", {}, { uid: 0 }, /as root: minikube's drivers refuse it, all but none/],
  ["Docker on another machine", { driver: "docker" }, { remoteDocker: "ssh://box", ...docker(8, 16 * GB) }, /DOCKER_HOST is ssh:\/\/box/],
])("%s is refused", async (_, changes, on, seen) => {
  expect(await refused(changes, on)).toEqual([{ name: "driver", status: "refused", seen: expect.stringMatching(seen), todo: expect.any(String) }]);
});

test("root is what driver none wants, and what a user may force", async () => {
  expect(await refused({}, { uid: 0, isForced: true })).toEqual([]);
  expect(await refused({ driver: "none" }, { uid: 0 })).toEqual([]);
});

test("where nodes are not reached the URLs are of this machine", async () => {
  expect((await asked({ driver: "docker" }, { platform: "darwin", ...docker(8, 16 * GB) })).find(({ name }) => name === "URLs")?.seen).toBe("free ports of 127.0.0.1, where the node ports are published");
});
