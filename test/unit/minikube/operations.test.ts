import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../../../base/paths";
import { endpointOperations } from "../../../components/cluster/minikube/endpoint-operations";
import { generationOperations } from "../../../components/cluster/minikube/generation-operations";
import { powerOperations } from "../../../components/cluster/minikube/power-operations";
import { profileOperations } from "../../../components/cluster/minikube/profile-operations";
import { Fake, running, stopped } from "./fake";

let fake: Fake;
let said: string[];
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

beforeEach(() => {
  fake = new Fake();
  said = [];
  vi.spyOn(console, "log").mockImplementation((text) => void said.push(text));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(fake.folder, { recursive: true });
});

describe("the generation", () => {
  const keepers = { profile: "p", cpus: 4, memory: 8192, kubernetesVersion: "1.33.1" };
  const inputs = { profile: "p", keepers };
  const diff = (news = inputs) => generationOperations(fake.tools).diff("g1", inputs, news);

  test.each([running, stopped, { ...running, kubeconfig: "Misconfigured" }])(
    "is unchanged while its profile is %j",
    async (status) => {
      fake.has("p", { generation: "g1" }).status = status;
      expect(await diff()).toEqual({ changes: false, replaces: [] });
      expect(said).toEqual([]);
    },
  );

  test.each<[object, string, string]>([
    [{ cpus: 6 }, "cpus", "cpus 4 → 6"],
    [{ memory: 12000 }, "memory", "memory 8192 → 12000"],
    [{ driver: "kvm2" }, "driver", "driver minikube's choice → kvm2"],
    [{ kubernetesVersion: "1.34.0" }, "kubernetesVersion", "kubernetesVersion 1.33.1 → 1.34.0"],
  ])("is replaced, and says why, by %j", async (change, key, words) => {
    fake.has("p", { generation: "g1" });
    expect(await diff({ ...inputs, keepers: { ...keepers, ...change } })).toEqual({
      changes: true,
      replaces: [`keepers.${key}`],
    });
    expect(said).toEqual([
      `Profile p is deleted with everything in it, and p is made: ${words}. minikube cannot change that in an existing cluster.`,
    ]);
  });

  test.each([
    ["deleted by hand", () => undefined, "minikube no longer knows it"],
    ["deleted by hand and made again by somebody", () => fake.has("p"), "another one has replaced it"],
    ["of another generation", () => fake.has("p", { generation: "g2" }), "another one has replaced it"],
    [
      "without its machine",
      () => (fake.has("p", { generation: "g1" }).status = { ...stopped, host: "Nonexistent" }),
      "its machine was deleted",
    ],
  ])("is replaced when its profile is %s", async (_, become, what) => {
    become();
    expect(await diff()).toEqual({ changes: true, replaces: ["profile"] });
    expect(said).toEqual([`Profile p is gone: ${what}. It is recreated, with everything in it.`]);
  });

  test.each([
    ["docker", /Profile p: docker does not answer.*Start docker/],
    ["kvm2", /Profile p: minikube finds no machine with driver kvm2\..*minikube delete -p p/],
  ])("is not given up while driver %s is silent, for minikube then says Nonexistent too", async (driver, message) => {
    fake.has("p", { generation: "g1", driver }).status = { ...stopped, host: "Nonexistent" };
    fake.host = { ...fake.host, daemon: async () => undefined };
    await expect(diff()).rejects.toThrow(message);
  });

  test("is not given up while docker still has its machine: minikube says the same where a worker, or only its disk, cannot be asked", async () => {
    fake.has("p", { generation: "g1" }).status = { ...stopped, host: "Nonexistent" };
    fake.machines = ["p"];
    await expect(diff()).rejects.toThrow(
      "Profile p: minikube cannot tell its state, and docker still has its machine p: it is not lost. `minikube status -p p` says what is wrong.",
    );
  });

  test("is not given up while minikube cannot read its config, which the light list leaves out", async () => {
    fake.unreadable = ["p"];
    await expect(diff()).rejects.toThrow(
      "minikube has a profile p whose config it cannot read: its owner is unknown, so it is left alone.",
    );
    await expect(
      profileOperations(fake.tools).read("p", {
        profile: "p",
        generation: "g1",
        cpus: 4,
        memory: 8192,
        kubernetesVersion: "1.33.1",
        usedDriver: "docker",
      }),
    ).rejects.toThrow("cannot read");
    expect(fake.asked).toEqual([]);
  });

  test("is not lost as long as its profile was never finished, whatever there is of it", async () => {
    const spec = { profile: "p", generation: "g1", cpus: 4, memory: 8192, kubernetesVersion: "1.33.1" };
    fake.failures = [new Error("killed")];
    await expect(profileOperations(fake.tools).create(spec)).rejects.toThrow("killed");
    fake.status = { ...stopped, host: "Nonexistent" };
    expect(await diff()).toEqual({ changes: false, replaces: [] });
    await profileOperations(fake.tools).create(spec);
    expect(await diff()).toMatchObject({ changes: true });
  });

  test("clears away at its delete what a killed start left, and nothing else", async () => {
    fake.has("p", { generation: "g1" });
    mkdirSync(path.dirname(fake.kubeconfigOf("p")), { recursive: true });
    await generationOperations(fake.tools).delete("g0", inputs);
    expect([fake.asked, existsSync(path.dirname(fake.kubeconfigOf("p")))]).toEqual([[], true]);
    await generationOperations(fake.tools).delete("g1", inputs);
    expect(fake.asked).toEqual(["delete p"]);
    expect(existsSync(path.dirname(fake.kubeconfigOf("p")))).toBe(false);
    await generationOperations(fake.tools).delete("g1", inputs);
    expect(fake.asked).toEqual(["delete p"]);
  });
});

describe("the profile", () => {
  const inputs = { profile: "p", generation: "g1", cpus: 4, memory: 8192, kubernetesVersion: "1.33.1" };
  const state = { ...inputs, usedDriver: "docker" };
  const profile = () => profileOperations(fake.tools);

  test("is unchanged as long as the generation is, and else replaced, delete before create", async () => {
    expect(await profile().diff("p", state, { ...inputs, cpus: 8 })).toMatchObject({ changes: false, replaces: [] });
    expect(await profile().diff("p", state, { ...inputs, generation: unknown })).toEqual({
      changes: true,
      replaces: ["generation"],
      deleteBeforeReplace: true,
    });
  });

  test("is made with a kubeconfig of its own, in a folder that is the user's alone", async () => {
    expect(await profile().create(inputs)).toEqual({ id: "p", outs: state });
    expect(fake.asked).toEqual(["create p of g1"]);
    expect(existsSync(fake.kubeconfigOf("p"))).toBe(true);
    expect(statSync(path.dirname(fake.kubeconfigOf("p"))).mode & 0o777).toBe(0o700);
    // Nothing says any more that it is not finished.
    expect(readdirSync(path.dirname(fake.kubeconfigOf("p")))).toEqual(["kubeconfig"]);
  });

  test("publishes no port of another profile's, be it stopped, and may have its own again", async () => {
    fake.host = { ...fake.host, platform: "darwin" };
    fake
      .has("other", { ports: ["127.0.0.1:20777:31380", "127.0.0.1:20778:31390"] })
      .has("third", { ports: ["127.0.0.1:20888:31380"] });
    const asked: [string, number[]][] = [];
    const freePorts = async (name: string, taken: ReadonlySet<number>) => (
      asked.push([name, [...taken]]),
      { http: 1, https: 2, kiali: 3 }
    );
    await profileOperations({ ...fake.tools, freePorts }).create(inputs);
    expect(asked).toEqual([["p", [20777, 20778, 20888]]]);
  });

  test.each<[string, object, object, { cpus: number; memory: number }, [number, number], string[]]>([
    [
      "defaults on a small machine",
      { defaults: ["cpus", "memory"] },
      { cpus: 2, memory: 4 * 2 ** 30 },
      { cpus: 8, memory: 16e9 },
      [2, 4096],
      ["Profile p gets 2 CPUs and 4096 MB: this machine has no more."],
    ],
    [
      "defaults on a small Docker",
      { defaults: ["cpus", "memory"] },
      { cpus: 8, memory: 16e9 },
      { cpus: 3, memory: 5 * 2 ** 30 },
      [3, 5120],
      ["Profile p gets 3 CPUs and 5120 MB: this machine has no more."],
    ],
    [
      "a default that fits",
      { defaults: ["memory"] },
      { cpus: 2, memory: 16e9 },
      { cpus: 8, memory: 16e9 },
      [4, 8192],
      [],
    ],
    [
      "defaults on a machine below what minikube starts",
      { defaults: ["cpus", "memory"] },
      { cpus: 1, memory: 2 ** 30 },
      { cpus: 8, memory: 16e9 },
      [2, 2200],
      ["Profile p gets 2 CPUs and 2200 MB: this machine has no more."],
    ],
    ["what the config says", {}, { cpus: 2, memory: 4 * 2 ** 30 }, { cpus: 2, memory: 16e9 }, [4, 8192], []],
  ])("has at most what there is of %s, and tells the state", async (_, given, machine, daemon, sizes, words) => {
    fake.host = { ...fake.host, ...machine, daemon: async () => ({ isApart: false, ...daemon }) };
    const { outs } = await profile().create({ ...inputs, ...given });
    expect([fake.sizes, said]).toEqual([[sizes], words]);
    expect(outs).toMatchObject({ cpus: sizes[0], memory: sizes[1], generation: "g1" });
    // A size that the machine chose is no reason for another cluster.
    expect(await profile().diff("p", outs, { ...inputs, ...given })).toMatchObject({ changes: false });
  });

  test("asks the daemon of its driver, docker where minikube chooses, and none for a virtual machine", async () => {
    const asked: string[] = [];
    fake.host = {
      ...fake.host,
      daemon: async (driver) => (asked.push(driver), { isApart: driver === "podman", cpus: 8, memory: 16e9 }),
    };
    for (const driver of ["podman", "docker", undefined, "kvm2"] as const) {
      fake.profiles.clear();
      await profile().create({ ...inputs, ...(driver && { driver }) });
    }
    expect(asked).toEqual(["podman", "docker", "docker"]);
    expect(fake.asked.map((call) => call.includes("publishing"))).toEqual([true, false, false, false]);
  });

  test("is made by minikube's choice where DOCKER_HOST is another machine that does not answer", async () => {
    fake.host = { ...fake.host, remoteDocker: "tcp://build-box:2376", daemon: async () => undefined };
    await profile().create(inputs);
    expect(fake.asked).toEqual(["create p of g1"]);
    fake.profiles.clear();
    await expect(profile().create({ ...inputs, driver: "docker" })).rejects.toThrow(
      "DOCKER_HOST is tcp://build-box:2376",
    );
    await profile().create({ ...inputs, driver: "podman" });
  });

  test("is not made by a minikube that is too old, of which nothing is asked then", async () => {
    const minikube = { ...fake.minikube, version: async () => Promise.reject(new Error("too old")) };
    await expect(profileOperations({ ...fake.tools, minikube }).create(inputs)).rejects.toThrow("too old");
    expect([fake.asked, existsSync(path.dirname(fake.kubeconfigOf("p")))]).toEqual([[], false]);
  });

  test("publishes its ports where nodes are not reached", async () => {
    fake.host = { ...fake.host, platform: "darwin" };
    await profile().create(inputs);
    expect(fake.asked).toEqual([
      "create p of g1 publishing 127.0.0.1:20001:31380 127.0.0.1:20002:31390 127.0.0.1:20003:31602",
    ]);
  });

  test("is not made on another machine's Docker", async () => {
    fake.host = { ...fake.host, remoteDocker: "tcp://build-box:2376" };
    await expect(profile().create(inputs)).rejects.toThrow(
      /DOCKER_HOST is tcp:\/\/build-box:2376: .* could reach none of its URLs/,
    );
    expect(fake.asked).toEqual([]);
    await profile().create({ ...inputs, driver: "kvm2" });
    expect(fake.asked).toEqual(["create p of g1"]);
  });

  test.each([
    [undefined, "was not made by this program"],
    ["g2", "belongs to another checkout, or to another stack"],
  ])("is refused where one of generation %s has its name, which is left alone", async (generation, whose) => {
    fake.has("p", { generation });
    await expect(profile().create(inputs)).rejects.toThrow(
      `minikube has a profile p that ${whose}; it is left alone. Name another one`,
    );
    expect(fake.asked).toEqual([]);
  });

  test("goes on where an earlier run was killed, with the ports it had chosen", async () => {
    const ports = ["127.0.0.1:20777:31380", "127.0.0.1:20778:31390", "127.0.0.1:20779:31602"];
    fake.host = { ...fake.host, platform: "darwin" };
    fake.has("p", { generation: "g1", ports });
    await profile().create(inputs);
    expect(fake.asked).toEqual([`create p of g1 publishing ${ports.join(" ")}`]);
    expect(said).toEqual([
      "Profile p belongs to this stack, but the state does not know it, because an earlier run was killed. This run continues from there.",
    ]);
  });

  test("begins again at once, at the same ports, where a killed run left it half-made: it holds nothing", async () => {
    fake.host = { ...fake.host, platform: "darwin" };
    fake.failures = [new Error("killed")];
    await expect(profile().create(inputs)).rejects.toThrow("killed");
    const [first] = fake.asked;
    await profile().create(inputs);
    expect(fake.asked).toEqual([first, "delete p", first]);
    expect(said).toEqual([
      "A half-made profile p was found, because an earlier run was killed. It is deleted and recreated.",
    ]);
    // It has come to its end now: what was made once goes on, whatever the state knows of it.
    await profile().create(inputs);
    expect(fake.asked.slice(3)).toEqual([first]);
  });

  test("takes the place of what an earlier run left half-made of another config, and of nothing that was finished", async () => {
    fake.failures = [new Error("killed")];
    await expect(profile().create({ ...inputs, generation: "g0" })).rejects.toThrow("killed");
    await profile().create(inputs);
    expect(fake.asked).toEqual(["create p of g0", "delete p", "create p of g1"]);
    expect(said).toEqual(["A half-made profile p was found, and its config has changed since: it is deleted."]);
    await expect(profile().create({ ...inputs, generation: "g2" })).rejects.toThrow(
      "belongs to another checkout, or to another stack",
    );
    expect(fake.asked).toHaveLength(3);
  });

  test("begins again where it cannot go on", async () => {
    fake.has("p", { generation: "g1" }).failures = [new Error("the node is broken")];
    await profile().create(inputs);
    expect(fake.asked).toEqual(["create p of g1", "delete p", "create p of g1"]);
    expect(said[1]).toBe("That failed, so the profile is recreated: the node is broken");
  });

  test("that fails to be made is no success, and stays for the next run", async () => {
    fake.failures = [new Error("no machine")];
    await expect(profile().create(inputs)).rejects.toThrow("no machine");
    expect(fake.asked).toEqual(["create p of g1"]);
  });

  test("a refresh drops it when it was deleted or another is in its place, and keeps a stopped one", async () => {
    expect(await profile().read("p", state)).toEqual({ id: "", props: {} });
    fake.has("p", { generation: "g2" });
    expect(await profile().read("p", state)).toEqual({ id: "", props: {} });
    fake.has("p", { generation: "g1" }).status = stopped;
    expect(await profile().read("p", state)).toEqual({ id: "p", props: state });
  });

  test("is deleted with its kubeconfig", async () => {
    await profile().create(inputs);
    await profile().delete("p", state);
    expect(fake.asked).toEqual(["create p of g1", "delete p"]);
    expect(existsSync(path.dirname(fake.kubeconfigOf("p")))).toBe(false);
  });

  test.each([
    ["gone", undefined],
    ["another's", "g2"],
  ])("has nothing to delete but its kubeconfig when it is %s", async (_, generation) => {
    await profile().create(inputs);
    fake.profiles.clear();
    if (generation) fake.has("p", { generation });
    await profile().delete("p", state);
    expect(fake.asked).toEqual(["create p of g1"]);
    expect(existsSync(fake.kubeconfigOf("p"))).toBe(false);
  });

  describe("whose network `minikube delete` leaves, as of one with two nodes,", () => {
    const network = { id: "3f2a", name: "p", containers: [] as string[] };
    const gone = () => [fake.profiles.has("p"), existsSync(path.dirname(fake.kubeconfigOf("p")))];
    const howToLook =
      "`docker network ls --no-trunc --filter label=created_by.minikube.sigs.k8s.io=true --filter label=name.minikube.sigs.k8s.io=p --format '{{.Name}}'` shows it, and `docker network rm p` removes it.";

    beforeEach(async () => {
      await profile().create(inputs);
      fake.network = network;
      fake.asked.length = 0;
    });

    test("is deleted with it, by its id", async () => {
      await profile().delete("p", state);
      expect([fake.asked, said]).toEqual([["delete p", "docker removes network 3f2a"], []]);
    });

    test("is deleted with it where no state knows the profile", async () => {
      await generationOperations(fake.tools).delete("g1", { profile: "p", keepers: {} });
      expect([fake.asked, said]).toEqual([["delete p", "docker removes network 3f2a"], []]);
    });

    test("keeps the network while containers are in it, and names them", async () => {
      fake.network = { ...network, containers: ["registry", "mine"] };
      await profile().delete("p", state);
      expect([fake.asked, gone()]).toEqual([["delete p"], [false, false]]);
      expect(said).toEqual([
        "Profile p is deleted, and its network is left. These containers are in it: registry, mine. Disconnect each (docker network disconnect p CONTAINER). Then `docker network rm p` removes it.",
      ]);
    });

    test.each<[string, () => void]>([
      [
        "does not answer",
        () => (fake.host = { ...fake.host, network: () => Promise.reject(new Error("docker is silent")) }),
      ],
      [
        "refuses",
        () => (fake.host = { ...fake.host, removeNetwork: () => Promise.reject(new Error("docker is silent")) }),
      ],
    ])("says that the network may be left, and how to look, where docker %s", async (_, become) => {
      become();
      await profile().delete("p", state);
      expect([fake.asked, gone()]).toEqual([["delete p"], [false, false]]);
      expect(said).toEqual([`Profile p is deleted. Its network may be left: docker is silent\n${howToLook}`]);
    });

    test("leaves the network alone, and says nothing of it, where another has taken the profile's name", async () => {
      fake.has("p", { generation: "g2" });
      await profile().delete("p", state);
      expect([fake.asked, fake.network, said]).toEqual([[], network, []]);
    });

    const nobodys =
      "docker has a network p of minikube's, and minikube has no such profile: its owner is unknown, so it is left alone.";
    test.each<[string, () => void, string]>([
      ["alone", () => {}, `${nobodys} The next profile of that name reuses it; \`docker network rm p\` removes it.`],
      [
        "with a container in it",
        () => (fake.network = { ...network, containers: ["mine"] }),
        `${nobodys} These containers are in it: mine.`,
      ],
      [
        "unknown, because docker does not answer",
        () => (fake.host = { ...fake.host, network: () => Promise.reject(new Error("docker is silent")) }),
        `A network of profile p may be left: docker is silent\n${howToLook}`,
      ],
    ])("and that was deleted by hand: the network is named, %s", async (_, become, words) => {
      become();
      fake.profiles.clear();
      await profile().delete("p", state);
      expect(fake.asked).toEqual([]);
      expect(said).toEqual([words]);
    });

    describe("and that was noted while the profile was this stack's,", () => {
      /** As a run that is killed right after `minikube delete`. */
      const killedInDelete = async (deletion: () => Promise<unknown>) => {
        const { removeNetwork } = fake.host;
        const dead = new Promise<never>(() => {});
        const reached = new Promise<void>((resolve) => {
          fake.host = { ...fake.host, removeNetwork: () => (resolve(), dead) };
        });
        void deletion();
        await reached;
        expect(fake.asked).toEqual(["delete p"]);
        fake.host = { ...fake.host, removeNetwork };
      };

      test.each<[string, () => Promise<unknown>]>([
        ["the profile", () => profile().delete("p", state)],
        [
          "a profile that no state knows",
          () => generationOperations(fake.tools).delete("g1", { profile: "p", keepers: {} }),
        ],
      ])("is removed by the next run where one was killed in the deletion of %s", async (_, deletion) => {
        await killedInDelete(deletion);
        await deletion();
        expect([fake.asked, said, gone()]).toEqual([["delete p", "docker removes network 3f2a"], [], [false, false]]);
      });

      test("is removed where the profile was deleted by hand", async () => {
        fake.profiles.clear();
        await profile().create(inputs);
        fake.profiles.clear();
        await profile().delete("p", state);
        expect([fake.asked.slice(1), said]).toEqual([["docker removes network 3f2a"], []]);
      });

      test("is left alone where another one has taken its name", async () => {
        await killedInDelete(() => profile().delete("p", state));
        fake.network = { ...network, id: "77aa" };
        await profile().delete("p", state);
        expect([fake.asked, said]).toEqual([["delete p"], [expect.stringContaining("its owner is unknown")]]);
      });

      test("keeps it while containers are in it, and names them", async () => {
        await killedInDelete(() => profile().delete("p", state));
        fake.network = { ...network, containers: ["mine"] };
        await profile().delete("p", state);
        expect([fake.asked, said]).toEqual([
          ["delete p"],
          [expect.stringContaining("its network is left. These containers are in it: mine.")],
        ]);
      });
    });

    test("of which no state ever knew is not spoken of, unless it was noted", async () => {
      fake.profiles.clear();
      await generationOperations(fake.tools).delete("g1", { profile: "p", keepers: {} });
      expect([fake.asked, fake.network, said]).toEqual([[], network, []]);
    });

    test.each<[string, () => void, string[]]>([
      ["alone", () => {}, ["network rm p"]],
      [
        "unknown",
        () => (fake.host = { ...fake.host, network: () => Promise.reject(new Error("docker is silent")) }),
        ["network ls", "network rm p"],
      ],
    ])("is shown and removed by the commands, as they are printed, where it is %s", async (_, become, commands) => {
      become();
      fake.profiles.clear();
      await profile().delete("p", state);
      const file = path.join(fake.folder, "networks", "p");
      mkdirSync(path.dirname(file));
      writeFileSync(file, "3f2a");
      const bin = path.join(projectRoot, "test/rehearsal/minikube/bin");
      const env = { PATH: `${bin}${path.delimiter}${process.env.PATH}`, STAND_IN_HOME: fake.folder };
      const lines = [...said[0]!.matchAll(/`(docker [^`]+)`/g)].map(([, line]) => line!);
      const run = (line: string) => execFileSync("sh", ["-c", line], { env, encoding: "utf8" });
      expect(lines).toEqual(commands.map((command) => expect.stringContaining(`docker ${command}`)));
      // Docker prints the name of what it lists, and of what it removed.
      expect(lines.map(run)).toEqual(commands.map(() => "p\n"));
      expect(existsSync(file)).toBe(false);
    });

    test("and whose machine is no container has none", async () => {
      fake.has("p", { generation: "g1", driver: "kvm2" });
      await profile().delete("p", state);
      fake.profiles.clear();
      await profile().delete("p", { ...state, usedDriver: "kvm2" });
      expect([fake.asked, fake.network, said]).toEqual([["delete p"], network, []]);
    });
  });
});

describe("the endpoint", () => {
  const inputs = { profile: "p", generation: "g1" };
  const endpoint = () => endpointOperations(fake.tools);
  const made = async () => (await endpoint().create(inputs)).outs;

  beforeEach(() => {
    fake.has("p", { generation: "g1" });
    mkdirSync(path.dirname(fake.kubeconfigOf("p")), { recursive: true });
    fake.write("p");
  });

  test("is minikube's address with the node ports, and a kubeconfig of this profile alone", async () => {
    const { kubeconfig, ...rest } = await made();
    expect(rest).toEqual({
      ...inputs,
      kubernetesVersion: "1.33.1",
      host: "192.168.49.2",
      httpPort: 31380,
      httpsPort: 31390,
      kialiPort: 31602,
    });
    expect(parse(kubeconfig)).toMatchObject({
      "current-context": "p",
      clusters: [{ name: "p", cluster: { server: "https://192.168.49.2:8443" } }],
      users: [{ name: "p" }],
      contexts: [{ name: "p" }],
    });
    expect(parse(kubeconfig).clusters).toHaveLength(1);
    expect(fake.asked).toEqual([]);
  });

  test("is this machine's published ports where the profile has some", async () => {
    fake.has("p", {
      generation: "g1",
      ports: ["127.0.0.1:20001:31380", "127.0.0.1:20002:31390", "127.0.0.1:20003:31602"],
    });
    expect(await made()).toMatchObject({ host: "127.0.0.1", httpPort: 20001, httpsPort: 20002, kialiPort: 20003 });
  });

  test("is unchanged when minikube only writes its notes anew", async () => {
    const state = await made();
    fake.write("p", undefined, "another day");
    expect(await endpoint().diff("p", state, inputs)).toEqual({ changes: false });
    expect(await endpoint().read("p", state)).toEqual({ id: "p", props: state });
  });

  test.each([
    ["is not where its kubeconfig says", () => (fake.status = { ...running, kubeconfig: "Misconfigured" })],
    ["has lost its kubeconfig", () => rmSync(fake.kubeconfigOf("p"))],
  ])("changes while the profile %s, and then starts it", async (_, become) => {
    const state = await made();
    become();
    expect(await endpoint().diff("p", state, inputs)).toEqual({ changes: true });
    expect(said).toEqual(["The API of profile p is not where its kubeconfig says: up looks it up again."]);
    fake.server = "https://127.0.0.1:45678";
    const { outs } = await endpoint().update("p", state, inputs);
    expect(fake.asked).toEqual(["start p 1.33.1"]);
    expect(outs.kubeconfig).toContain("https://127.0.0.1:45678");
    expect(await endpoint().diff("p", outs, inputs)).toEqual({ changes: false });
  });

  test.each([
    stopped,
    { ...running, host: "Stopped" },
    { ...running, apiServer: "Paused" },
    { ...running, host: "Nonexistent" },
  ])(
    "keeps its kubeconfig in a preview while the profile is %j, and says nothing: to start it is the power's",
    async (status) => {
      const state = await made();
      fake.status = status;
      expect(await endpoint().diff("p", state, inputs)).toEqual({ changes: false });
      expect(said).toEqual([]);
    },
  );

  test("takes over an API that has moved, without starting anything", async () => {
    const state = await made();
    fake.server = "https://127.0.0.1:45678";
    fake.write("p");
    expect(await endpoint().diff("p", state, inputs)).toEqual({ changes: true });
    expect((await endpoint().read("p", state)).props).toMatchObject({ kubeconfig: expect.stringContaining(":45678") });
    expect((await endpoint().update("p", state, inputs)).outs.kubeconfig).toContain(":45678");
    expect(fake.asked).toEqual([]);
  });

  test("follows the generation without asking anybody", async () => {
    const state = await made();
    fake.profiles.clear();
    expect(await endpoint().diff("p", state, { ...inputs, generation: unknown })).toEqual({ changes: true });
  });

  test("a refresh keeps the last place of what is gone or stopped", async () => {
    const state = await made();
    fake.status = stopped;
    expect(await endpoint().read("p", state)).toEqual({ id: "p", props: state });
    expect(said).toEqual([
      "Profile p is stopped: up starts it again. Until then a preview compares with the stack's state alone.",
    ]);
    fake.profiles.clear();
    expect(await endpoint().read("p", state)).toEqual({ id: "p", props: state });
    expect(readFileSync(fake.kubeconfigOf("p"), "utf8")).toContain("else");
  });

  test("a refresh does not read another's in its place, nor does a start take a release that is not its own", async () => {
    const state = await made();
    fake.has("p", { generation: "g2" }).server = "https://192.0.2.9:8443";
    fake.write("p");
    expect(await endpoint().read("p", state)).toEqual({ id: "p", props: state });
    fake.has("p", { generation: "g1", kubernetesVersion: "1.34.0" }).status = stopped;
    await endpoint().update("p", state, inputs);
    expect(fake.asked).toEqual(["start p 1.34.0"]);
  });

  test("without a kubeconfig of minikube's is an error, and no seat without an address", async () => {
    const minikube = { ...fake.minikube, start: async () => rmSync(fake.kubeconfigOf("p")) };
    fake.status = stopped;
    await expect(endpointOperations({ ...fake.tools, minikube }).create(inputs)).rejects.toThrow(
      "minikube wrote no kubeconfig for profile p",
    );
  });

  test("of a profile that another has taken is not started", async () => {
    fake.has("p", { generation: "g2" }).status = stopped;
    await expect(endpoint().create(inputs)).rejects.toThrow("minikube's profile p no longer belongs to this stack");
    expect(fake.asked).toEqual([]);
  });

  test("has nothing to delete", async () => {
    await endpoint().delete("p", await made());
    expect(fake.asked).toEqual([]);
  });
});

describe("the power", () => {
  const inputs = { profile: "p", generation: "g1" };
  const power = () => powerOperations(fake.tools);
  beforeEach(() => void fake.has("p", { generation: "g1" }));

  test("is unchanged, and starts nothing, while the profile runs: also where its API is not where its kubeconfig says", async () => {
    for (const status of [running, { ...running, kubeconfig: "Misconfigured" }]) {
      fake.status = status;
      expect(await power().diff("p", inputs, inputs)).toEqual({ changes: false });
      expect(await power().create(inputs)).toEqual({ id: "p", outs: inputs });
    }
    expect([fake.asked, said]).toEqual([[], []]);
  });

  test.each([
    [
      "stopped",
      stopped,
      "Profile p is stopped: up starts it again. Until then a preview compares with the stack's state alone.",
    ],
    [
      "stopped in its machine alone",
      { ...running, host: "Stopped" },
      "Profile p is stopped: up starts it again. Until then a preview compares with the stack's state alone.",
    ],
    [
      "paused",
      { ...running, apiServer: "Paused" },
      "Profile p is paused: up starts it again. Until then a preview compares with the stack's state alone.",
    ],
    [
      "unknown to minikube",
      { ...running, host: "Nonexistent" },
      "minikube cannot tell the state of profile p: `minikube status -p p` says why.",
    ],
  ])(
    "changes while the profile is %s, says so once, and then starts it with its own release",
    async (_, status, words) => {
      fake.has("p", { generation: "g1", kubernetesVersion: "1.34.0" }).status = status;
      expect(await power().diff("p", inputs, inputs)).toEqual({ changes: true });
      expect(said).toEqual([words]);
      expect(await power().update("p", inputs, inputs)).toEqual({ outs: inputs });
      expect(fake.asked).toEqual(["start p 1.34.0"]);
      expect(await power().diff("p", inputs, inputs)).toEqual({ changes: false });
    },
  );

  test("follows the generation without asking anybody, and starts nobody else's", async () => {
    fake.status = stopped;
    expect(await power().diff("p", inputs, { ...inputs, generation: unknown })).toEqual({ changes: true });
    expect(said).toEqual([]);
    fake.has("p", { generation: "g2" });
    await expect(power().update("p", inputs, inputs)).rejects.toThrow(
      "minikube's profile p no longer belongs to this stack",
    );
    expect(fake.asked).toEqual([]);
  });

  test("a refresh keeps it, and there is nothing to delete", async () => {
    expect(await power().read("p", inputs)).toEqual({ id: "p", props: inputs });
    await power().delete("p", inputs);
    expect(fake.asked).toEqual([]);
  });
});
