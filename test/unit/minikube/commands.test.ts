import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { commands, type ProfileSpec } from "../../../components/cluster/minikube/commands";
import { containerCommand } from "../../../components/cluster/minikube/containers";
import { thisHost } from "../../../components/cluster/minikube/daemon";
import { entryOf } from "../../../components/cluster/minikube/kubeconfig";
import { generationIn, markOf } from "../../../components/cluster/minikube/marker";
import { minikube } from "../../../components/cluster/minikube/minikube";
import { needs, withoutOwnProcess } from "../../support/needs";
import { Fake } from "./fake";
import { firstInPath } from "./first-in-path";

const spec: ProfileSpec = {
  profile: "p",
  generation: "g1",
  cpus: 4,
  memory: 8192,
  kubernetesVersion: "1.33.1",
  ports: [],
};
const started = [
  "start",
  "--profile=p",
  "--kubernetes-version=v1.33.1",
  "--embed-certs",
  "--wait=all",
  "--interactive=false",
];
const marked = "--apiserver-names=g1.generation.istio-lab.invalid";

describe("minikube is called", () => {
  test.each<[string, string[], string[]]>([
    ["for its version", commands.version(), ["version", "--output=json"]],
    [
      "for its profiles, without their slow state",
      commands.profiles(),
      ["profile", "list", "--light", "--output=json"],
    ],
    ["for those that it cannot read as well", commands.allProfiles(), ["profile", "list", "--output=json"]],
    ["for one's state", commands.status("p"), ["status", "--profile=p", "--output=json"]],
    ["for one's address", commands.ip("p"), ["ip", "--profile=p"]],
    ["to stop one, and no other", commands.stop("p"), ["stop", "--profile=p"]],
    ["to delete one, and no other", commands.delete("p"), ["delete", "--profile=p"]],
    ["to start one", commands.start("p", "1.33.1"), started],
    [
      "to make one with minikube's own driver",
      commands.create(spec),
      [...started, "--cpus=4", "--memory=8192mb", marked],
    ],
    [
      "to make one with a driver",
      commands.create({ ...spec, driver: "kvm2" }),
      [...started, "--driver=kvm2", "--cpus=4", "--memory=8192mb", marked],
    ],
    [
      "to make this machine one, whose size is what it is",
      commands.create({ ...spec, driver: "none" }),
      [...started, "--driver=none", marked],
    ],
    [
      "to make one that publishes its ports",
      commands.create({ ...spec, ports: ["a:1:2", "b:3:4"] }),
      [...started, "--cpus=4", "--memory=8192mb", marked, "--ports=a:1:2", "--ports=b:3:4"],
    ],
  ])("%s", (_, words, expected) => expect(words).toEqual(expected));

  test("with a mark that is read again, among other names, and is nobody else's", () => {
    expect(generationIn(["minikube.example", markOf("g1")])).toBe("g1");
    for (const names of [[], ["istio-lab.example"], ["g1.generation.istio-lab.invalid.example"]])
      expect(generationIn(names)).toBeUndefined();
  });
});

describe("the programs of PATH", () => {
  const own = firstInPath();
  const { program } = own;
  const note = () => fs.readFileSync(own.file("note"), "utf8").trim().split("\n");

  test("minikube writes to the seat's own kubeconfig, and never to the user's", async () => {
    program(
      "minikube",
      `echo "$KUBECONFIG $*" >> ${own.folder}/note; echo '{"valid": [], "invalid": [{"Name": "odd"}]}'`,
    );
    vi.stubEnv("KUBECONFIG", "/the/users");
    await minikube.create(spec, "/own");
    await minikube.start("p", "1.33.1", "/own");
    await minikube.delete("p", "/own");
    expect(await minikube.profiles()).toEqual([]);
    expect(await minikube.unreadable()).toEqual(["odd"]);
    expect(note()).toEqual([
      `/own ${commands.create(spec).join(" ")}`,
      `/own ${started.join(" ")}`,
      "/own delete --profile=p",
      "/dev/null profile list --light --output=json",
      "/dev/null profile list --output=json",
    ]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["create", () => minikube.create(spec, "/own")],
    ["start", () => minikube.start("p", "1.33.1", "/own")],
    ["delete", () => minikube.delete("p", "/own")],
    ["ip", () => minikube.ip("p")],
    ["profiles", () => minikube.profiles()],
    ["unreadable", () => minikube.unreadable()],
    ["version", () => minikube.version()],
  ])("minikube's failure is one: %s", async (_, call) => {
    program("minikube", 'echo \'{"valid": [], "invalid": []}\'; echo broken >&2; exit 80');
    await expect(call()).rejects.toThrow(/^minikube .* ended with 80:/);
  });

  test("minikube's address is its last line, whatever it warns of, and one that is too old is refused", async () => {
    program(
      "minikube",
      `case "$1" in ip) printf '! a warning\\n192.168.49.2\\n' ;; version) cat ${own.folder}/version ;; esac`,
    );
    expect(await minikube.ip("p")).toBe("192.168.49.2");
    fs.writeFileSync(own.file("version"), '{"minikubeVersion": "v1.36.0"}');
    expect(await minikube.version()).toBe("1.36.0");
    for (const version of ["v1.35.9", "v0.99.0"]) {
      fs.writeFileSync(own.file("version"), JSON.stringify({ minikubeVersion: version }));
      await expect(minikube.version()).rejects.toThrow(`minikube is ${version.slice(1)}; 1.36.0 or newer is needed`);
    }
  });

  test("docker is asked for the machines of this very profile, and its failure says nothing of them", async () => {
    program("docker", `echo "$*" > ${own.folder}/note; printf 'p\\n\\n'`);
    expect(await thisHost.machines("docker", "p")).toEqual(["p"]);
    expect(note()).toEqual(["ps --all --filter label=name.minikube.sigs.k8s.io=p --format {{.Names}}"]);
    program("docker", "echo 'the first line' >&2; echo 'Cannot connect' >&2; exit 1");
    await expect(thisHost.machines("docker", "p")).rejects.toThrow(
      "Profile p: docker does not say whether its machine exists: Cannot connect",
    );
  });

  describe("the network of a profile", () => {
    /** Docker with networks, each a line `ID NAME`, and containers in the one that is asked for. It writes down what it is asked. */
    const docker = (networks: string, containers = "") =>
      program(
        "docker",
        `echo "$*" >> ${own.folder}/note; case "$1 $2" in "network ls") printf '${networks}';; "ps --all") printf '${containers}';; esac`,
      );
    const asksForNetwork =
      "network ls --no-trunc --filter label=created_by.minikube.sigs.k8s.io=true --filter label=name.minikube.sigs.k8s.io=p --format {{.ID}} {{.Name}}";

    test("is the one with both of minikube's labels and the profile's name, with all containers in it", async () => {
      docker("77aa pp\\n3f2a p\\n", "registry\\nmine\\n");
      expect(await thisHost.network("docker", "p")).toEqual({
        id: "3f2a",
        name: "p",
        containers: ["registry", "mine"],
      });
      expect(note()).toEqual([asksForNetwork, "ps --all --filter network=3f2a --filter network=p --format {{.Names}}"]);
    });

    test("is none where the labels are another network's", async () => {
      docker("77aa shared\\n");
      expect(await thisHost.network("docker", "p")).toBeUndefined();
      expect(note()).toEqual([asksForNetwork]);
    });

    test("is unknown where either question fails", async () => {
      program("docker", "echo 'Cannot connect' >&2; exit 1");
      const unknown = "docker does not say whether minikube's network p exists: Cannot connect";
      await expect(thisHost.network("docker", "p")).rejects.toThrow(unknown);
      program("docker", `[ "$1" = network ] && { echo "3f2a p"; exit; }; echo 'Cannot connect' >&2; exit 1`);
      await expect(thisHost.network("docker", "p")).rejects.toThrow(unknown);
    });

    test("is removed by its id, and a refusal is an error", async () => {
      docker("");
      await thisHost.removeNetwork("docker", { id: "3f2a", name: "p", containers: [] });
      expect(note()).toEqual(["network rm 3f2a"]);
      program("docker", "echo 'has active endpoints' >&2; exit 1");
      await expect(thisHost.removeNetwork("docker", { id: "3f2a", name: "p", containers: [] })).rejects.toThrow(
        "docker does not remove network p: has active endpoints",
      );
    });
  });

  test("docker and podman tell what they have, and one that does not answer is none", async () => {
    program("docker", `echo '{"ServerVersion": "28", "NCPU": 2, "MemTotal": 3}'`);
    program("podman", `echo '{"host": {"cpus": 4, "memTotal": 5}}'`);
    program("sudo", 'shift; exec "$@"');
    expect(await thisHost.daemon("docker")).toEqual({ isApart: false, cpus: 2, memory: 3 });
    expect(await thisHost.daemon("podman")).toEqual({ isApart: false, cpus: 4, memory: 5 });
    program("docker", "echo no; exit 1");
    expect(await thisHost.daemon("docker")).toBeUndefined();
  });

  describe("Podman is reached as minikube reaches it", () => {
    /** As a user without root rights on Linux, whose minikube has these settings. */
    const asked = async (settings: { MINIKUBE_ROOTLESS?: string; MINIKUBE_HOME?: string }) => {
      vi.spyOn(process, "platform", "get").mockReturnValue("linux");
      vi.spyOn(process, "getuid").mockReturnValue(1000);
      vi.stubEnv("HOME", own.folder);
      for (const name of ["MINIKUBE_ROOTLESS", "MINIKUBE_HOME"] as const) vi.stubEnv(name, settings[name] ?? "");
      program("podman", `echo '{"host": {"cpus": 4, "memTotal": 5}}'`);
      program("sudo", `echo "$*" >> ${own.folder}/note; shift; exec "$@"`);
      expect(await thisHost.daemon("podman")).toMatchObject({ cpus: 4 });
      const by = fs.existsSync(own.file("note")) ? note() : [];
      // Advice names the same.
      expect(containerCommand("podman", ["info", "--format", "json"])).toBe(
        by.length > 0 ? `sudo ${by[0]}` : "podman info --format json",
      );
      return by.length > 0 ? "by sudo" : "by itself";
    };
    const config = (folder: string, text: string) => {
      fs.mkdirSync(path.join(own.folder, folder, "config"), { recursive: true });
      fs.writeFileSync(path.join(own.folder, folder, "config", "config.json"), text);
    };
    afterEach(() => void vi.restoreAllMocks());

    test.each<[string, string | undefined, string | undefined]>([
      ["by sudo", undefined, undefined],
      ["by sudo", "0", undefined],
      ["by sudo", "false", '{"rootless": true}'],
      ["by sudo", undefined, '{"driver": "podman"}'],
      ["by sudo", undefined, "half a fi"],
      ["by itself", "true", undefined],
      ["by itself", "1", undefined],
      ["by itself", undefined, '{"rootless": true}'],
    ])("%s, where MINIKUBE_ROOTLESS is %s and its config %s", needs(withoutOwnProcess), async (way, forced, text) => {
      if (text !== undefined) config(".minikube", text);
      expect(await asked({ MINIKUBE_ROOTLESS: forced })).toBe(way);
    });

    test.each(["elsewhere", "elsewhere/.minikube"])("whose MINIKUBE_HOME is %s", async (folder) => {
      config("elsewhere/.minikube", '{"rootless": true}');
      expect(await asked({ MINIKUBE_HOME: path.join(own.folder, folder) })).toBe("by itself");
    });

    test("by root as it is", () => {
      vi.spyOn(process, "getuid").mockReturnValue(0);
      expect(containerCommand("podman", ["ps"])).toBe("podman ps");
    });
  });
});

test.each(["server", "certificate-authority-data", "client-certificate-data", "client-key-data"])(
  "an entry of minikube's kubeconfig without its %s is none",
  (key) => {
    const fake = new Fake();
    try {
      const file = path.join(fake.folder, "kubeconfig");
      fake.write("p", file);
      expect(entryOf("p", file)).toContain("client-key-data");
      expect([entryOf("q", file), entryOf("p", path.join(fake.folder, "missing"))]).toEqual([undefined, undefined]);
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(`${key}:`, `${key}-no:`));
      expect(entryOf("p", file)).toBeUndefined();
    } finally {
      fs.rmSync(fake.folder, { recursive: true });
    }
  },
);
