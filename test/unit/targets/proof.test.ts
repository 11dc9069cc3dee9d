import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Deployment } from "../../../cli/stack/stack";
import { type Az, AzError } from "../../../cli/targets/azure/az";
import { azureProof } from "../../../cli/targets/azure/proof";
import { embeddedProof } from "../../../cli/targets/embedded/proof";
import { minikubeProof } from "../../../cli/targets/minikube/proof";
import {
  countsText,
  type Facts,
  isClean,
  leftText,
  type ProofContext,
  query,
  type Query,
  troubleIn,
} from "../../../cli/targets/proof";
import { containerCommand } from "../../../components/cluster/minikube/containers";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import type { Minikube } from "../../../components/cluster/minikube/minikube";
import { mountsBelow } from "../../../embedded/node/seat-folder";

const context: ProofContext = { stack: "anna", workspace: { env: {} }, config: {} };
const nothing: Deployment = { resources: [], pending: 0 };
const left = (queries: readonly Query[]) =>
  Object.fromEntries(queries.filter((one) => one.left.length > 0).map((one) => [one.what, one.left]));

describe("a query", () => {
  it("that nobody answers proves nothing", async () => {
    const asked = await query("disks", "az disk list", () => Promise.reject(new Error("az login")));
    expect(asked).toEqual({ what: "disks", asked: "az disk list", left: [], unknown: "az login" });
    expect(isClean([asked])).toBe(false);
    expect(leftText([asked])).toBe("nothing could be learned about: disks (az disk list: az login)");
  });

  it("is clean by its answer alone", async () => {
    expect(isClean([await query("disks", "az disk list", () => [])])).toBe(true);
    expect(leftText([await query("disks", "az disk list", () => ["disk-1"])])).toBe(
      "still there: disks disk-1 (az disk list)",
    );
    expect(leftText([])).toBeUndefined();
    expect(
      leftText([
        await query("disks", "az disk list", () => ["disk-1", "disk-2"]),
        await query("groups", "az group list", () => ["g-1"]),
      ]),
    ).toBe("still there: disks disk-1, disk-2 (az disk list); groups g-1 (az group list)");
  });

  it("of this machine's own notes proves nothing of the target, and none at all proves nothing", async () => {
    const local = { ...(await query("kubeconfig", "ls", () => [])), isLocal: true as const };
    const answered = await query("disks", "az disk list", () => []);
    for (const queries of [[], [local], [local, local]]) {
      expect(isClean(queries)).toBe(false);
      expect(troubleIn(queries)).toBe(
        `it is unknown whether it is gone, because its target was never asked (${countsText(queries)})`,
      );
    }
    expect(isClean([local, answered])).toBe(true);
    expect(troubleIn([local, answered])).toBeUndefined();
    expect(countsText([answered, await query("disks", "az disk list", () => Promise.reject(new Error("403")))])).toBe(
      "2 queries, 1 answered",
    );
    expect([countsText([]), countsText([answered])]).toEqual(["0 queries, 0 answered", "1 query, 1 answered"]);
  });
});

describe("a seat on this machine", () => {
  it("has mounts, which the kernel's table names with octal blanks", () => {
    const table =
      "proc /proc proc rw 0 0\noverlay /lab/seats/anna/root overlay rw 0 0\noverlay /lab/seats/anna-2 overlay rw 0 0\ntmpfs /my\\040lab/x tmpfs rw 0 0\n";
    expect(mountsBelow("/lab/seats/anna", table)).toEqual(["/lab/seats/anna/root"]);
    expect(mountsBelow("/my lab", table)).toEqual(["/my lab/x"]);
  });
});

describe("a seat on this machine, asked for", () => {
  const asked = (facts: Facts = {}) => embeddedProof.queries({ ...context, stack: `none-${process.pid}` }, facts);
  afterEach(() => void vi.restoreAllMocks());

  it("is gone by five answers", async () => {
    const queries = await asked();
    expect(queries.map(({ what }) => what)).toEqual(["processes", "network", "control groups", "mounts", "disk"]);
  });

  it("is unknown on a machine that cannot have one, and its processes are to whoever may not see them", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    expect((await asked())[0]).toMatchObject({ what: "processes", unknown: "only root sees the processes of a seat" });
    vi.spyOn(process, "platform", "get").mockReturnValue("darwin");
    const queries = await asked();
    expect(queries.map(({ unknown }) => unknown)).toEqual([
      "an embedded seat needs a Linux machine, and this is not one",
    ]);
    expect(isClean(queries)).toBe(false);
  });

  it("notes which making of it the state knows", async () => {
    expect(
      await embeddedProof.facts(context, {
        resources: [{ urn: "", type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g-1" }],
        pending: 0,
      }),
    ).toEqual({ generations: ["g-1"] });
  });
});

describe("a seat on Azure", () => {
  const group = "istio-lab-anna-x1y2z3";
  const mine = { project: "istio-lab", seat: "anna" };
  /** A subscription in which also another trainer has a seat anna. */
  function subscription(has: { group?: boolean; disk?: boolean }): Az {
    const others = { name: "istio-lab-anna-q9q9q9", tags: mine };
    return {
      ask: async ([what, how]) => {
        if (what === "group" && how === "exists") return has.group === true;
        if (what === "group") return has.group ? [{ name: group, tags: mine }, others] : [others];
        if (what === "disk")
          return has.disk
            ? [{ name: "server-os", resourceGroup: group.toUpperCase(), tags: null }]
            : [{ name: "other", resourceGroup: others.name, tags: mine }];
        return has.disk ? [{ name: "server-os", resourceGroup: group, tags: mine }] : [];
      },
    };
  }
  const before: Deployment = {
    resources: [{ urn: "", type: "azure-native:resources:ResourceGroup", outputs: { name: group } }],
    pending: 0,
  };

  it("is asked for by the name its group had", async () => {
    const proof = azureProof(subscription({ group: true, disk: true }));
    const facts = await proof.facts(context, before);
    expect(facts).toEqual({ groups: [group] });
    expect(left(await proof.queries(context, facts))).toEqual({
      "resource group": [group],
      "resource groups of the seat": [group],
      disks: ["server-os"],
      "resources of the seat": ["server-os"],
    });
  });

  it("is gone when group and disks are, whatever another trainer's seat of the name has", async () => {
    const proof = azureProof(subscription({}));
    const queries = await proof.queries(context, await proof.facts(context, before));
    expect(queries).toHaveLength(4);
    expect(isClean(queries)).toBe(true);
  });

  it("of which no state knew the group is asked for by its tags", async () => {
    const proof = azureProof(subscription({ group: true }));
    expect(
      left(await proof.queries(context, await proof.facts(context, nothing)))["resource groups of the seat"],
    ).toContain(group);
  });

  it.each([undefined, "", {}])("is unknown where az ends well and prints %j", async (answer) => {
    const queries = await azureProof({ ask: async () => answer }).queries(context, { groups: [group] });
    expect(queries.map(({ unknown }) => unknown)).toEqual([
      `az group exists said neither true nor false of ${group}`,
      "az group list gave no list",
      "az disk list gave no list",
      "az resource list gave no list",
    ]);
    expect(isClean(queries)).toBe(false);
  });

  it("is not gone where nobody is logged in", async () => {
    const refusing: Az = { ask: () => Promise.reject(new AzError("login", "Please run 'az login'")) };
    expect(leftText(await azureProof(refusing).queries(context, { groups: [group] }))).toContain(
      "nothing could be learned about: resource group (az group exists --name istio-lab-anna-x1y2z3: Please run 'az login')",
    );
  });
});

describe("a seat on minikube", () => {
  afterEach(() => void vi.restoreAllMocks());
  const has = (names: string[]) =>
    ({
      profiles: async () => names.map((name) => ({ name, driver: "docker", kubernetesVersion: "1.34.2", ports: [] })),
      unreadable: async () => [],
    }) as unknown as Minikube;
  const silent = { profiles: () => Promise.reject(new Error("minikube is not here")) } as unknown as Minikube;
  const containers = (lines: string[]) => async (_: string, args: readonly string[]) =>
    lines.flatMap((line) => (line.startsWith(`${args[0]} `) ? [line.slice(args[0]!.length + 1)] : []));
  const isHere = () => true;

  it("is its profile, its machine, its network and its volume", async () => {
    const facts = await minikubeProof(has(["istio-lab-anna"])).facts(context, nothing);
    expect(facts).toEqual({ profile: "istio-lab-anna", driver: "docker" });
    const there = minikubeProof(
      has(["istio-lab-anna"]),
      containers(["ps istio-lab-anna", "network istio-lab-anna", "volume istio-lab-anna"]),
    );
    expect(left(await there.queries(context, facts))).toEqual({
      profile: ["istio-lab-anna"],
      machines: ["istio-lab-anna"],
      networks: ["istio-lab-anna"],
      disks: ["istio-lab-anna"],
    });
    const gone = await minikubeProof(has(["mine"]), containers([])).queries(context, facts);
    expect(gone.map(({ what }) => what)).toEqual(["profile", "machines", "networks", "disks", "kubeconfig"]);
    expect(isClean(gone)).toBe(true);
  });

  it("has the machines and the disks of its workers, and of no profile that is only named alike", async () => {
    const made = ["anna", "anna-m02", "anna-m113", "anna-m02-preload-sidecar"];
    const others = ["anna-m2", "anna-m03", "anna-m03-preload-sidecar", "anna-m02-x", "an", "bert", "xanna"];
    const queries = await minikubeProof(
      has(["anna-m03"]),
      containers([...made, ...others].flatMap((name) => [`ps ${name}`, `volume ${name}`])),
    ).queries(context, { profile: "anna", driver: "docker" });
    expect(left(queries)).toEqual({ machines: made, disks: made });
  });

  it("is unknown where a name may be a worker's and minikube does not tell the other profiles", async () => {
    const asked = (lines: string[], minikube: Minikube) =>
      minikubeProof(minikube, containers(lines)).queries(context, { profile: "anna", driver: "docker" });
    const unknown = (queries: Query[]) => queries.flatMap((one) => (one.unknown === undefined ? [] : [one.what]));
    expect(unknown(await asked(["volume anna-m02"], silent))).toEqual(["profile", "disks"]);
    expect(unknown(await asked(["volume bert-m02"], silent))).toEqual(["profile"]);
    // A profile that minikube cannot read has its name all the same.
    const unreadable = { ...has([]), unreadable: async () => ["anna-m02"] } as Minikube;
    expect(left(await asked(["volume anna-m02", "ps anna-m03"], unreadable))).toEqual({ machines: ["anna-m03"] });
  });

  it("asks for machines also where they are stopped, and for disks, with the command that is shown", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    vi.spyOn(process, "platform", "get").mockReturnValue("linux");
    const asked: string[] = [];
    const queries = await minikubeProof(
      has([]),
      async (driver, args) => (asked.push(containerCommand(driver, args)), []),
    ).queries(context, { profile: "class-2", driver: "podman" });
    const podman = "sudo -n podman";
    const minikubes = "--filter label=created_by.minikube.sigs.k8s.io=true";
    expect(asked).toEqual([
      `${podman} ps --all ${minikubes} --format '{{.Names}}'`,
      `${podman} network ls --no-trunc ${minikubes} --filter label=name.minikube.sigs.k8s.io=class-2 --format '{{.Name}}'`,
      `${podman} volume ls ${minikubes} --format '{{.Name}}'`,
    ]);
    expect(queries.slice(1, 4).map((one) => one.asked)).toEqual(asked);
    expect(queries.map(({ isLocal = false }) => isLocal)).toEqual([false, false, false, false, true]);
  });

  it.each<[string, ProofContext["config"], Facts]>([
    ["the state", {}, { driver: "kvm2" }],
    ["the config", { minikube: JSON.stringify({ driver: "kvm2" }) }, {}],
    ["minikube", {}, {}],
  ])("on a machine that is no container, by %s, has no containers to ask for", async (_, config, facts) => {
    const virtual = {
      profiles: async () => [{ name: "istio-lab-anna", driver: "kvm2", kubernetesVersion: "1.34.2", ports: [] }],
      unreadable: async () => [],
    } as unknown as Minikube;
    const queries = await minikubeProof(virtual, () => Promise.reject(new Error("nobody asks docker"))).queries(
      { ...context, config },
      facts,
    );
    expect(queries.map(({ what }) => what)).toEqual(["profile", "kubeconfig"]);
  });

  it("was where the state says, also where the config names another profile by now", async () => {
    const named = { ...context, config: { minikube: JSON.stringify({ profile: "class-1" }) } };
    expect(
      left(
        await minikubeProof(has(["class-1", "class-2"]), containers([])).queries(named, {
          profile: "class-2",
          driver: "docker",
        }),
      ),
    ).toEqual({ profile: ["class-2"] });
  });

  it("is not gone while its kubeconfig is kept on this machine", async () => {
    const lab = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-proof-"));
    vi.stubEnv("ISTIO_LAB_HOME", lab);
    try {
      const kept = path.dirname(kubeconfigOf("class-2"));
      fs.mkdirSync(kept, { recursive: true });
      expect(
        left(await minikubeProof(has([]), containers([])).queries(context, { profile: "class-2", driver: "docker" })),
      ).toEqual({ kubeconfig: [kept] });
    } finally {
      vi.unstubAllEnvs();
      fs.rmSync(lab, { recursive: true });
    }
  });

  it("has what docker prints, line by line; of no line nothing is left", async () => {
    const bin = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-docker-"));
    fs.writeFileSync(
      path.join(bin, "docker"),
      '#!/bin/sh\n[ "$1" = volume ] && printf "class-2\\nclass-2-m02\\n"; exit 0\n',
      {
        mode: 0o755,
      },
    );
    vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
    try {
      const queries = await minikubeProof(has([])).queries(context, { profile: "class-2", driver: "docker" });
      expect([left(queries), leftText(queries)]).toEqual([
        { disks: ["class-2", "class-2-m02"] },
        expect.not.stringContaining("nobody could be asked"),
      ]);
    } finally {
      vi.unstubAllEnvs();
      fs.rmSync(bin, { recursive: true });
    }
  });

  it("is noted by its own resource, and by texts alone", async () => {
    const resource = (type: string, outputs: Record<string, unknown>) => ({
      urn: "",
      type: `pulumi-nodejs:dynamic/cluster:${type}`,
      outputs,
    });
    const facts = (...resources: Deployment["resources"]) =>
      minikubeProof(silent).facts(context, { resources, pending: 0 });
    expect(
      await facts(
        resource("Machine", { profile: "other", usedDriver: "kvm2" }),
        resource("Profile", { profile: "class-2", usedDriver: "podman" }),
      ),
    ).toEqual({ profile: "class-2", driver: "podman" });
    // The resource of a killed run has neither.
    expect(await facts(resource("Profile", { profile: { secret: true }, usedDriver: null }))).toStrictEqual({
      profile: "istio-lab-anna",
    });
  });

  it("has the driver that the state knows, whatever minikube says now", async () => {
    const before: Deployment = {
      resources: [
        {
          urn: "",
          type: "pulumi-nodejs:dynamic/cluster:Profile",
          outputs: { profile: "class-2", usedDriver: "podman" },
        },
      ],
      pending: 0,
    };
    expect(await minikubeProof(silent).facts(context, before)).toEqual({ profile: "class-2", driver: "podman" });
  });

  it("of which nobody ever learnt the driver is asked for among the containers of each", async () => {
    const facts = await minikubeProof(silent).facts(context, nothing);
    expect(facts).toEqual({ profile: "istio-lab-anna" });
    const queries = await minikubeProof(
      has([]),
      async (driver) => (driver === "podman" ? ["istio-lab-anna"] : []),
      isHere,
    ).queries(context, facts);
    expect(left(queries)).toEqual({
      machines: ["istio-lab-anna"],
      networks: ["istio-lab-anna"],
      disks: ["istio-lab-anna"],
    });
    expect(queries.filter(({ asked }) => asked.startsWith("docker"))).toHaveLength(3);
  });

  it("is unknown where minikube does not answer, or the program of its driver is not here", async () => {
    const failing = () => Promise.reject(new Error("spawn docker ENOENT, or the daemon does not run"));
    expect(isClean(await minikubeProof(silent, containers([])).queries(context, { driver: "docker" }))).toBe(false);
    expect(isClean(await minikubeProof(has([]), failing).queries(context, { driver: "docker" }))).toBe(false);
    expect(isClean(await minikubeProof(has([]), failing, isHere).queries(context, {}))).toBe(false);
    // Never learnt: what is not here was not its driver.
    expect(isClean(await minikubeProof(has([]), failing, () => false).queries(context, {}))).toBe(true);
  });

  it("has the profile that the config names", async () => {
    const named = { ...context, config: { minikube: JSON.stringify({ profile: "class-1" }) } };
    expect(left(await minikubeProof(has(["class-1"]), containers([])).queries(named, {}))).toEqual({
      profile: ["class-1"],
    });
  });
});
