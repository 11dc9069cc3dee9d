import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { thisHost } from "../../../components/cluster/minikube/daemon";
import { generationOperations } from "../../../components/cluster/minikube/generation-operations";
import { minikube } from "../../../components/cluster/minikube/minikube";
import { profilesIn, rangeIn, statusIn, versionIn } from "../../../components/cluster/minikube/answers";
import { generationIn, markOf } from "../../../components/cluster/minikube/marker";
import { firstInPath } from "./first-in-path";

/** As minikube 1.36 prints them (statusJSON): one node as an object, more of them as an array. */
const server = {
  Name: "p",
  Host: "Running",
  Kubelet: "Running",
  APIServer: "Running",
  Kubeconfig: "Configured",
  Worker: false,
};
const worker = {
  Name: "p-m02",
  Host: "Stopped",
  Kubelet: "Stopped",
  APIServer: "Irrelevant",
  Kubeconfig: "Irrelevant",
  Worker: true,
};
const running = { host: "Running", apiServer: "Running", kubeconfig: "Configured" };
const status = (answer: unknown) => statusIn("p", typeof answer === "string" ? answer : JSON.stringify(answer));

describe("minikube status", () => {
  test.each<[string, unknown, object]>([
    ["of one node", server, running],
    ["after `minikube node add`", [server, worker], running],
    ["in any order", [worker, server], running],
    [
      "of a stopped control plane beside a running worker",
      [
        { ...server, Host: "Stopped", APIServer: "Stopped" },
        { ...worker, Host: "Running" },
      ],
      { ...running, host: "Stopped", apiServer: "Stopped" },
    ],
    [
      "of three control planes: the one with the profile's name",
      [{ ...server, Name: "p-m02", Host: "Stopped" }, { ...server, Name: "p-m03", Host: "Stopped" }, server],
      running,
    ],
    [
      "of two control planes without it: the first",
      [worker, { ...server, Name: "p-m02" }, { ...server, Name: "p-m03", Host: "Stopped" }],
      running,
    ],
    ["of three control planes: not the last", [server, { ...server, Name: "p-m03", Host: "Stopped" }], running],
    ["null, which is no evidence of a loss by itself", null, { host: "Nonexistent", apiServer: "", kubeconfig: "" }],
  ])("%s", (_, answer, expected) => expect(status(answer)).toEqual(expected));

  test.each<[string, unknown]>([
    ["nothing", ""],
    ["an empty list", []],
    ["a list of one", [server]],
    ["workers alone", [worker, { ...worker, Name: "p-m03" }]],
    ["an object without Host", { Name: "p" }],
    ["a list whose nodes lack Host", [{ ...server, Host: undefined }, worker]],
    [
      "a cloud event",
      '{"specversion":"1.0","type":"io.k8s.sigs.minikube.error","data":{"exitcode":"85","message":"Profile not found"}}',
    ],
    ["several of them", '{"specversion":"1.0"}\n{"specversion":"1.0"}'],
    ["a number", 7],
    ["a word", '"Nonexistent"'],
  ])("%s is an error that names the command and what it printed", (_, answer) => {
    expect(() => status(answer)).toThrow(
      expect.objectContaining({
        name: "MinikubeError",
        message: expect.stringMatching(
          /^What `minikube status --profile=p` printed cannot be read: .*Nothing is concluded from it\.\n {2}\S/s,
        ),
      }),
    );
  });

  test("no JSON but null is read as a machine that is missing", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(JSON.parse(text) !== null);
        expect(() => status(text)).toThrow("Nothing is concluded from it.");
      }),
    );
  });
});

describe("minikube profile list", () => {
  const config = {
    Driver: "docker",
    ExposedPorts: null,
    KubernetesConfig: { KubernetesVersion: "v1.33.1", APIServerNames: ["g1.generation.istio-lab.invalid"] },
  };

  test("names what it can read, and what it cannot", () => {
    const answer = {
      valid: [{ Name: "p", Status: "Skipped", Config: config }],
      invalid: [{ Name: "broken", Status: "", Config: null }],
    };
    expect(profilesIn(JSON.stringify(answer))).toEqual({
      profiles: [{ name: "p", driver: "docker", kubernetesVersion: "1.33.1", ports: [], generation: "g1" }],
      unreadable: ["broken"],
    });
  });

  test("has each of its profiles, with the ports that it publishes, and no mark where nobody has left one", () => {
    const others = {
      ...config,
      ExposedPorts: ["127.0.0.1:20001:31380"],
      KubernetesConfig: { KubernetesVersion: "1.34.0", APIServerNames: null },
    };
    expect(
      profilesIn(
        JSON.stringify({
          valid: [
            { Name: "p", Config: config },
            { Name: "q", Config: others },
          ],
          invalid: [],
        }),
      ).profiles.slice(1),
    ).toEqual([{ name: "q", driver: "docker", kubernetesVersion: "1.34.0", ports: ["127.0.0.1:20001:31380"] }]);
  });

  test.each<[string, unknown]>([
    ["without its lists", {}],
    ["with an error", { error: { Op: "open" } }],
    [
      "without the names that carry a generation: ours would count as another's",
      {
        valid: [{ Name: "p", Config: { ...config, KubernetesConfig: { KubernetesVersion: "v1.33.1" } } }],
        invalid: [],
      },
    ],
    ["with null for a list", { valid: null, invalid: [] }],
  ])("%s is an error", (_, answer) =>
    expect(() => profilesIn(JSON.stringify(answer))).toThrow(
      "What `minikube profile list` printed cannot be read: its shape is not known.",
    ),
  );
});

test("minikube version is a version, or an error", () => {
  expect(versionIn('{"minikubeVersion":"v1.36.0","commit":"x"}')).toBe("1.36.0");
  for (const text of ['{"minikubeVersion":"latest"}', "{}", "v1.36.0"])
    expect(() => versionIn(text)).toThrow("What `minikube version` printed cannot be read");
});

describe("the minikube of PATH, after `minikube node add`", () => {
  const profile = {
    Name: "p",
    Status: "Skipped",
    Config: {
      Driver: "docker",
      ExposedPorts: null,
      KubernetesConfig: { KubernetesVersion: "v1.33.1", APIServerNames: ["g1.generation.istio-lab.invalid"] },
    },
  };
  const own = firstInPath();

  /** A minikube that prints this for `status`, and a Docker that answers and has no container. */
  function prints(answer: string): void {
    fs.writeFileSync(own.file("status"), answer);
    fs.writeFileSync(own.file("profiles"), JSON.stringify({ valid: [profile], invalid: [] }));
    own.program(
      "minikube",
      `case "$1" in status) cat "${own.folder}/status"; exit 7 ;; profile) cat "${own.folder}/profiles" ;; *) exit 1 ;; esac`,
    );
    own.program(
      "docker",
      `[ "$1" = info ] && echo '{"ServerVersion":"28.2.2","NCPU":8,"MemTotal":17179869184}'; exit 0`,
    );
  }

  const inputs = { profile: "p", keepers: { profile: "p" } };
  const tools = {
    minikube,
    host: thisHost,
    kubeconfigOf: (name: string) => path.join(own.folder, name, "kubeconfig"),
    freePorts: async () => ({ http: 1, https: 2, kiali: 3 }),
  };
  const diff = () => generationOperations(tools).diff("g1", inputs, inputs);

  test("leaves the generation as it is", async () => {
    prints(JSON.stringify([server, worker]));
    expect(await diff()).toEqual({ changes: false, replaces: [] });
  });

  test.each(["{}", "[]", JSON.stringify([worker, worker])])(
    "printing %s, replaces nothing either: it is an error",
    async (answer) => {
      prints(answer);
      await expect(diff()).rejects.toThrow("What `minikube status --profile=p` printed cannot be read");
    },
  );
});

describe("the releases of Kubernetes that minikube can make", () => {
  test("are those of the list that are no candidates, from the oldest to the newest, by number", () => {
    const listed =
      "* v1.34.0-rc.1\n* v1.33.1\n* v1.33.10\n* v1.9.12\n* v1.34.0-beta.0\nx * v1.99.0\n* v1.98.0 (old)\n* v10.2.30-alpha\n";
    expect(rangeIn(listed)).toEqual({ oldest: "1.9.12", newest: "1.33.10" });
    expect(rangeIn("* v1.33.1\n")).toEqual({ oldest: "1.33.1", newest: "1.33.1" });
  });

  test("are unknown where it names none", () => {
    for (const said of ["", "* v1.34.0-rc.1\n", "v1.33.1\n", "* 1.33.1\n"])
      expect(() => rangeIn(said), said).toThrow("it names no release");
  });
});

test("a profile says whose it is by a name of its apiserver, whichever of them; another's names say nothing", () => {
  expect([markOf("g-1"), "lab.example"].map((name) => generationIn([name]))).toEqual(["g-1", undefined]);
  expect([
    generationIn(["lab.example", "second.example", markOf("g-1")]),
    generationIn([]),
    generationIn([`${markOf("g-1")}.example`]),
  ]).toEqual(["g-1", undefined, undefined]);
});
