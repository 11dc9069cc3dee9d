import { expect, test, afterEach, beforeEach } from "vitest";
import { rmSync } from "node:fs";
import { evaluate, type Machine } from "../../../cli/targets/minikube/preflight";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { MinikubeError } from "../../../components/cluster/minikube/errors";
import type { Driver, MinikubeSettings } from "../../../components/cluster/minikube/settings";
import { addonNames } from "../../../components/addons/catalog";
import { demandOf } from "../../../cli/preflight/demand";
import { neededFor } from "../../../cli/targets/minikube/sizes";
import { parseConfig } from "../../../config";
import { Fake, running, stopped } from "./fake";

const GB = 2 ** 30;
const settings: MinikubeSettings = { cpus: 4, memory: 8192, kubernetesVersion: "1.33.1" };
/** Of all lessons and addons; with the node itself 1.29 CPUs and 2112 MB. */
const demand = { cpu: 440, memory: 1600 * 2 ** 20 };
const machine: Machine = {
  platform: "linux",
  isWsl: false,
  uid: 1000,
  cpus: 8,
  memory: 16 * GB,
  has: (program) => program === "virsh",
  daemon: async () => undefined,
  machines: async () => [],
  network: async () => undefined,
  removeNetwork: async () => undefined,
};
const docker = (cpus: number, memory: number, isApart = false) => ({ daemon: async () => ({ cpus, memory, isApart }) });

let fake: Fake;
beforeEach(() => void (fake = new Fake()));
afterEach(() => rmSync(fake.folder, { recursive: true }));

const asked = (changes: Partial<MinikubeSettings> = {}, on: Partial<Machine> = {}, generation?: string) =>
  evaluate(
    {
      stack: "dev",
      settings: { ...settings, ...changes },
      profile: "p",
      generations: generation === undefined ? [] : ["g0", generation],
      demand,
    },
    { ...machine, ...on },
    fake.minikube,
  );
const refused = async (...args: Parameters<typeof asked>) =>
  (await asked(...args)).filter(({ status }) => status === "refused");

test("on a machine that has all of it every line is ok, and what needs the tunnel is said", async () => {
  expect(await asked()).toEqual([
    { name: "minikube", status: "ok", seen: "1.36.0" },
    { name: "Kubernetes", status: "ok", seen: "1.33.1; minikube 1.36.0 makes 1.20.0 to 1.33.1" },
    { name: "driver", status: "ok", seen: "minikube's own choice; docker does not answer, and this machine has kvm2" },
    { name: "CPUs", status: "ok", seen: "4 asked for, 8 on this machine" },
    { name: "memory", status: "ok", seen: "8192 MB asked for, 16384 MB on this machine" },
    { name: "profile p", status: "ok", seen: "no profile has this name" },
    { name: "URLs", status: "ok", seen: "node ports at the address of `minikube ip`" },
    {
      name: "LoadBalancer",
      status: "notice",
      seen: "the seat needs none; a trainee's Service stays pending",
      todo: `KUBECONFIG=${kubeconfigOf("p")} minikube tunnel --profile=p`,
    },
  ]);
});

test.each([
  "There is no minikube on PATH. Install it: brew install minikube",
  "minikube is 1.35.0; 1.36.0 or newer is needed. Install it: brew install minikube",
])("without a minikube that does: %s", async (message) => {
  fake.minikube.version = async () => {
    throw new MinikubeError(message);
  };
  expect(await asked()).toEqual([{ name: "minikube", status: "refused", seen: message }]);
});

test.each<[string, Partial<Machine>, string, string]>([
  ["a machine of 3 CPUs", { cpus: 3 }, "CPUs", "4 asked for, 3 on this machine"],
  ["a machine of 7 GB", { memory: 7 * GB }, "memory", "8192 MB asked for, 7168 MB on this machine"],
  [
    "a machine whose 8 GB are not all there",
    { memory: 7.7 * GB },
    "memory",
    "8192 MB asked for, 7884 MB on this machine",
  ],
  ["a Docker with 2 CPUs on a machine with 8", docker(2, 12 * GB), "CPUs", "4 asked for, 2 for containers"],
  ["a Docker with 4 GB on a machine with 16", docker(8, 4 * GB), "memory", "8192 MB asked for, 4096 MB for containers"],
])("%s is refused, with what to do", async (_, on, name, seen) => {
  const [finding, ...others] = await refused({}, on);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    name,
    seen,
    todo: expect.stringMatching(/npm run -s pulumi -- config set --path istio-lab:minikube\.(cpus|memory) N/),
  });
});

test.each<[string, Partial<MinikubeSettings>, Partial<Machine>, [string, string][]]>([
  [
    "2 CPUs and 4096 MB of the config",
    { cpus: 2, memory: 4096 },
    { cpus: 2, memory: 4 * GB },
    [
      ["notice", "2 asked for, 2 on this machine; these lessons and addons need 2, and 4 for comfort"],
      [
        "notice",
        "4096 MB asked for, 4096 MB on this machine; these lessons and addons need 2112 MB, and 8192 MB for comfort",
      ],
    ],
  ],
  [
    "the defaults on a machine of 2 CPUs and 6 GB",
    { defaults: ["cpus", "memory"] },
    { cpus: 2, memory: 6 * GB },
    [
      ["notice", "2 taken, 2 on this machine; these lessons and addons need 2, and 4 for comfort"],
      [
        "notice",
        "6144 MB taken, 6144 MB on this machine; these lessons and addons need 2112 MB, and 8192 MB for comfort",
      ],
    ],
  ],
  [
    "the defaults where a container on a big machine may have less than the daemon says",
    { defaults: ["cpus", "memory"] },
    { cpus: 8, memory: 8 * GB, ...docker(8, 24 * GB) },
    [
      ["ok", "4 asked for, 8 for containers"],
      ["ok", "8192 MB asked for, 8192 MB for containers"],
    ],
  ],
  [
    "the defaults on a machine that is too small for minikube",
    { defaults: ["cpus", "memory"] },
    { cpus: 1, memory: 2 * GB },
    [
      ["refused", "2 taken, 1 on this machine"],
      ["refused", "2200 MB taken, 2048 MB on this machine"],
    ],
  ],
])("what is needed is told from what is comfortable: %s", async (_, changes, on, lines) => {
  const found = await asked(changes, on);
  expect(
    found.filter(({ name }) => ["CPUs", "memory"].includes(name)).map(({ status, seen }) => [status, seen]),
  ).toEqual(lines);
});

test("below what these lessons and addons request nothing is made, with what to do", async () => {
  const all = { cpu: 1500, memory: 3000 * 2 ** 20 };
  const found = await evaluate(
    { stack: "dev", settings: { ...settings, cpus: 2, memory: 3000 }, profile: "p", generations: [], demand: all },
    machine,
    fake.minikube,
  );
  expect(found.filter(({ status }) => status === "refused").map(({ name, seen }) => [name, seen])).toEqual([
    ["CPUs", "2 asked for, 8 on this machine; these lessons and addons need 3"],
    ["memory", "3000 MB asked for, 16384 MB on this machine; these lessons and addons need 3512 MB"],
  ]);
});

test("all lessons and addons need what was measured: 1.3 CPUs with the control plane, and 2 GiB", () => {
  const { cpus, memory } = neededFor(
    demandOf(
      parseConfig({ target: "minikube", addons: JSON.stringify(addonNames.filter((name) => name !== "zipkin")) }),
    ),
  );
  expect(cpus).toBe(2);
  expect(memory).toBeGreaterThan(1900);
  expect(memory).toBeLessThan(3072);
});

test.each<[string, string, boolean, "ok" | "notice" | "refused", RegExp]>([
  ["inside the range", "1.32.5", false, "ok", /^1\.32\.5; minikube 1\.36\.0 makes 1\.20\.0 to 1\.33\.1$/],
  ["a newer patch of its newest", "1.33.9", false, "notice", /searches the internet for a newer patch/],
  ["a newer minor", "1.36.3", false, "refused", /^1\.36\.3; minikube 1\.36\.0 makes 1\.20\.0 to 1\.33\.1$/],
  ["older than its oldest", "1.19.16", false, "refused", /^1\.19\.16;/],
  ["a newer minor that is forced", "1.36.3", true, "notice", /and MINIKUBE_FORCE tells it to continue$/],
])(
  "kubernetesVersion is compared with what the installed minikube makes: %s",
  async (_, kubernetesVersion, isForced, status, seen) => {
    const found = (await asked({ kubernetesVersion }, { isForced })).find(({ name }) => name === "Kubernetes");
    expect(found).toMatchObject({ status, seen: expect.stringMatching(seen) });
    expect(found?.todo).toEqual(
      status === "refused"
        ? expect.stringContaining("set istio-lab:minikube.kubernetesVersion to one of these")
        : undefined,
    );
  },
);

test("a minikube that does not tell its range is no reason to refuse", async () => {
  fake.minikube.kubernetesRange = () => Promise.reject(new MinikubeError("it cannot be read"));
  expect((await asked()).find(({ name }) => name === "Kubernetes")).toEqual({
    name: "Kubernetes",
    status: "notice",
    seen: "1.33.1; minikube 1.36.0 could not be asked whether it supports that: it cannot be read",
  });
});

test.each([
  [undefined, undefined, "was not made by this program"],
  [undefined, "g1", "was not made by this program"],
  ["g2", "g1", "belongs to another checkout, or to another stack"],
  ["g2", undefined, "belongs to another checkout, or to another stack"],
])("a profile of generation %s is refused to a stack of generation %s", async (its, ours, words) => {
  fake.has("p", { generation: its });
  expect(await refused({}, {}, ours)).toEqual([
    {
      name: "profile p",
      status: "refused",
      seen: expect.stringContaining(`minikube has a profile p that ${words}; it is left alone.`),
    },
  ]);
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
  [
    "no driver at all",
    {},
    { has: () => false },
    /^none: docker does not answer, and PATH has no other driver's programs$/,
  ],
  [
    "a virtual machine's driver without its program",
    { driver: "virtualbox" },
    {},
    /^virtualbox: VBoxManage is not on PATH$/,
  ],
  ["a driver of another system", { driver: "vfkit" }, { has: () => true }, /^vfkit is not a driver for linux$/],
  ["root, whom all drivers refuse", {}, { uid: 0 }, /as root: all of minikube's drivers but none refuse root/],
  [
    "Docker on another machine",
    { driver: "docker" },
    { remoteDocker: "ssh://box", ...docker(8, 16 * GB) },
    /DOCKER_HOST is ssh:\/\/box/,
  ],
])("%s is refused", async (_, changes, on, seen) => {
  expect(await refused(changes, on)).toEqual([
    { name: "driver", status: "refused", seen: expect.stringMatching(seen), todo: expect.any(String) },
  ]);
});

// minikube itself looks for these (pkg/minikube/registry/drvs), and makes the machine on these systems alone.
test.each<[Driver, NodeJS.Platform | undefined, string[]]>([
  ["kvm2", "linux", ["virsh"]],
  ["qemu2", undefined, ["qemu-system-x86_64", "qemu-system-aarch64"]],
  ["virtualbox", undefined, ["VBoxManage"]],
  ["vmware", undefined, ["vmrun", "docker-machine-driver-vmware"]],
  ["vfkit", "darwin", ["vfkit"]],
  ["hyperkit", "darwin", ["hyperkit"]],
  ["hyperv", "win32", ["powershell"]],
  ["parallels", "darwin", ["prlctl"]],
])("driver %s is there with any one of its programs, on its system", async (driver, only, programs) => {
  const driverOn = async (platform: NodeJS.Platform, has: string | undefined, wanted?: Driver) =>
    (await asked({ driver: wanted }, { platform, has: (program) => program === has })).find(
      ({ name }) => name === "driver",
    );
  for (const platform of ["linux", "darwin", "win32"] as const) {
    const fits = only === undefined || only === platform;
    for (const program of programs) {
      expect((await driverOn(platform, program, driver))?.status, platform).toBe(fits ? "ok" : "refused");
      const own = await driverOn(platform, program);
      expect(own?.seen.includes(driver), `minikube's own choice on ${platform}`).toBe(fits);
      expect(own?.status).toBe(fits ? "ok" : "refused");
    }
    expect(await driverOn(platform, undefined, driver)).toMatchObject({
      status: "refused",
      seen: expect.stringContaining(fits ? programs.join(", ") : `not a driver for ${platform}`),
    });
  }
});

test("root is what driver none wants, and what a user may force", async () => {
  expect(await refused({}, { uid: 0, isForced: true })).toEqual([]);
  expect(await refused({ driver: "none" }, { uid: 0 })).toEqual([]);
});

test("where nodes are not reached the URLs are of this machine", async () => {
  expect(
    (await asked({ driver: "docker" }, { platform: "darwin", ...docker(8, 16 * GB) })).find(
      ({ name }) => name === "URLs",
    )?.seen,
  ).toBe("free ports of 127.0.0.1, where the node ports are published");
});

test.each([
  ["stopped", stopped],
  ["paused", { ...running, apiServer: "Paused" }],
])("the stack's own profile that is %s is no obstacle: up starts it", async (word, status) => {
  fake.has("p", { generation: "g1" }).status = status;
  expect((await asked({}, {}, "g1")).find(({ name }) => name === "profile p")).toEqual({
    name: "profile p",
    status: "notice",
    seen: `this stack's own, ${word}: it cannot be asked`,
    todo: "`npm run up` starts it again",
  });
});

test("of the stack's own profile whose state minikube does not tell, that is said", async () => {
  fake.has("p", { generation: "g1" }).status = { ...stopped, host: "Nonexistent" };
  expect((await asked({}, {}, "g1")).find(({ name }) => name === "profile p")).toMatchObject({
    status: "notice",
    seen: "this stack's own; minikube cannot tell the state of profile p: `minikube status -p p` says why.",
  });
  fake.minikube.status = () => Promise.reject(new MinikubeError("it cannot be read"));
  expect((await asked({}, {}, "g1")).find(({ name }) => name === "profile p")).toMatchObject({
    status: "notice",
    seen: "this stack's own; it cannot be read",
  });
});
