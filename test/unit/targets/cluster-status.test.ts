import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { AzError, type Az } from "../../../cli/targets/azure/az";
import { UserError } from "../../../base/errors";
import { azureClusterStatus, azureWorld, missingIn, type AzureWorld } from "../../../cli/targets/azure/cluster-status";
import { healingOf } from "../../../cli/stack/heal";
import { embeddedClusterStatus } from "../../../cli/targets/embedded/cluster-status";
import { existingClusterStatus, type Answer } from "../../../cli/targets/existing/cluster-status";
import { minikubeClusterStatus } from "../../../cli/targets/minikube/cluster-status";
import type { Deployment } from "../../../cli/stack/stack";
import { MinikubeError } from "../../../components/cluster/minikube/errors";
import type { SeatStatus } from "../../../embedded/node/status";
import { Fake, running, stopped } from "../minikube/fake";

type Resource = Deployment["resources"][number];
const state = (...resources: Partial<Resource>[]): Deployment => ({
  pending: 0,
  resources: resources.map((one) => ({ urn: one.type ?? "", type: "", ...one })),
});

describe("what --heal does", () => {
  const lost = { is: "lost", evidence: "another cluster answers" } as const;

  it("forgets with evidence alone, which it shows", () => {
    expect(healingOf("x2", ["azure"], { ...lost, goneVms: ["vm1", "vm2"] })).toEqual({
      say: "The cluster of stack x2 is gone: another cluster answers. The state forgets what was in it.",
      how: "refresh",
      env: { PULUMI_K8S_DELETE_UNREACHABLE: "true", ISTIO_LAB_GONE_VMS: "vm1,vm2" },
    });
    expect(healingOf("x2", ["existing"], lost)).toMatchObject({ how: "forget", env: {} });
  });

  it("asks a cluster that answers, and forgets nothing because it is unreachable", () => {
    expect(healingOf("x2", ["minikube"], { is: "there", seen: "profile p runs" })).toEqual({
      say: "Not lost: profile p runs.",
      how: "refresh",
      env: {},
    });
  });

  it.each(["azure", "existing", "minikube", "embedded"] as const)("refuses what it does not know, on %s", (target) => {
    expect(() =>
      healingOf("x2", [target], { is: "unknown", seen: "https://a:6443 does not answer", todo: "Start it." }),
    ).toThrow(
      new UserError(
        "Nothing of stack x2 has been forgotten, because nothing proves that its cluster is gone. https://a:6443 does not answer. Start it.",
      ),
    );
  });

  it("refuses a seat that is on two targets at once: to forget the one would forget the other", () => {
    expect(() => healingOf("x2", ["existing", "embedded"], lost)).toThrow(
      "Stack x2 has resources on existing and on embedded. Nothing has been forgotten. `npm run up -- --stack x2` completes the interrupted move",
    );
  });
});

describe("a seat on Azure", () => {
  const vm = (name: string, vmId?: unknown): Partial<Resource> => ({
    urn: `urn:${name}`,
    type: "azure-native:compute:VirtualMachine",
    id: `/vm/${name}`,
    outputs: vmId === undefined ? {} : { vmId },
  });
  const reachable = {
    type: "pulumi-nodejs:dynamic/cluster:Reachable",
    outputs: { host: "h", port: 6443, authority: { plaintext: '"PEM"' }, vmId: { plaintext: '"vm1"' } },
  };
  const made = state(vm("server-1", "vm1"), vm("agent-1", "vm2"), reachable);
  const az = (answer: unknown): Az => ({
    async ask(args) {
      asked.push(args);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });

  const asked: unknown[] = [];
  beforeEach(() => void asked.splice(0));

  function look(
    on: Deployment,
    {
      silence = "no answer within 10 s" as string | null,
      missing = [] as string[] | Error,
      power = { powerState: "VM running" } as unknown,
    } = {},
  ) {
    const world: AzureWorld = {
      silence: async () => silence ?? undefined,
      missing: async (urns) => {
        asked.push(urns);
        if (missing instanceof Error) throw missing;
        return missing;
      },
      az: az(power),
    };
    return azureClusterStatus("x2", on, world);
  }

  it("is lost when Azure says 404 for its VM", async () => {
    expect(await look(made, { missing: ["urn:server-1"] })).toEqual({
      is: "lost",
      evidence: "Azure no longer has VM server-1 (404), and https://h:6443 does not answer: no answer within 10 s",
      goneVms: ["vm1"],
    });
  });

  it.each<[string, Deployment, string]>([
    [
      "was found gone by an earlier refresh",
      state(reachable),
      "at the last refresh of stack x2, Azure no longer had a VM of the seat",
    ],
    [
      "was made anew beside the state",
      state(vm("server-1", "vm9"), reachable),
      "another VM has replaced the seat's (vm1)",
    ],
    [
      "was made anew beside the state, whatever else of Azure the state has",
      state({ type: "azure-native:network:NetworkInterface", id: "/nic/server-1" }, vm("server-1", "vm9"), reachable),
      "another VM has replaced the seat's (vm1)",
    ],
    [
      "never got an id: a killed run was making it",
      state({ ...vm("server-1"), id: undefined }, reachable),
      "at the last refresh of stack x2, Azure no longer had a VM of the seat",
    ],
  ])("is lost when its VM %s", async (_, on, evidence) => {
    expect(await look(on, { silence: null })).toEqual({ is: "lost", evidence, goneVms: ["vm1"] });
  });

  it("is there when its API answers, whatever became of an agent", async () => {
    expect(await look(made, { silence: null, missing: ["urn:agent-1"] })).toEqual({
      is: "there",
      seen: "https://h:6443 answers",
    });
  });

  it("that never came to a cluster has none to lose", async () => {
    expect(await look(state(vm("server-1", "vm1")))).toMatchObject({ is: "there" });
  });

  it("that is shut down is not lost, and the command that starts it is named", async () => {
    expect(await look(made, { power: { powerState: "VM deallocated" } })).toEqual({
      is: "unknown",
      seen: "VM server-1 is deallocated",
      todo: "Start it: `npm run start -- --stack x2`.",
    });
    expect(asked).toEqual([["urn:server-1"], ["vm", "show", "--show-details", "--ids", "/vm/server-1"]]);
  });

  it.each([["missing" as const], ["power" as const]])("takes a defect for no answer of Azure's: %s", async (what) => {
    await expect(look(made, { [what]: new TypeError("nothing is undefined") })).rejects.toThrow(TypeError);
  });

  it.each<[string, Parameters<typeof look>[1], RegExp]>([
    [
      "Azure answers 403",
      { missing: new UserError("StatusCode=403 AuthorizationFailed") },
      /did not say whether VM server-1 exists: StatusCode=403/,
    ],
    [
      "only an agent is missing",
      { missing: ["urn:agent-1"] },
      /VM server-1 exists, it runs, and https:\/\/h:6443 does not answer/,
    ],
    [
      "az is not installed",
      { power: new AzError("cli", "the Azure CLI (az) is not installed here") },
      /its power is not known \(the Azure CLI \(az\) is not installed here\)/,
    ],
    [
      "az is not logged in",
      { power: new AzError("login", "Please run 'az login'") },
      /its power is not known \(Please run 'az login'\)/,
    ],
    ["az prints another shape", { power: [] }, /its power is not known \(az printed no powerState\)/],
  ])("is not known to be lost while %s", async (_, how, seen) => {
    expect(await look(made, how)).toMatchObject({
      is: "unknown",
      seen: expect.stringMatching(seen),
      todo: expect.stringContaining("`npm run start -- --stack x2`"),
    });
  });

  it("is not known to be lost while a VM of the state has no id of Azure's to compare", async () => {
    for (const outputs of [{}, undefined])
      expect(await look(state({ ...vm("server-1"), outputs }, reachable))).toMatchObject({ is: "unknown" });
  });

  it("is read from a refresh that is only shown: what the plugin read and did not find", () => {
    expect(
      missingIn(
        JSON.stringify({
          steps: [
            { op: "delete", urn: "a" },
            { op: "refresh", urn: "b" },
            { op: "update", urn: "c" },
          ],
        }),
      ),
    ).toEqual(["a"]);
    for (const text of ["", "{}", '{"steps":[{"op":"delete"}]}', "error: 403"])
      expect(() => missingIn(text)).toThrow("`pulumi refresh --json` printed cannot be read");
  });
});

describe("a seat in somebody's cluster", () => {
  const kept = "the state's kubeconfig";
  const made = state({
    type: "pulumi-nodejs:dynamic/cluster:Guard",
    id: "uid1",
    outputs: { kubeconfig: { plaintext: JSON.stringify(kept) } },
  });
  const silent = { server: "https://a", silent: "https://a does not answer: ECONNREFUSED" };
  const look = (answers: Record<string, Answer>, current?: string) =>
    existingClusterStatus("x2", made, current, async (kubeconfig) => answers[kubeconfig]!);

  it.each<[string, Record<string, Answer>, string | undefined, object]>([
    [
      "another cluster answers in its place",
      { [kept]: { server: "https://a", uid: "uid2" } },
      undefined,
      { is: "lost", evidence: "another cluster (uid2) answers at https://a; the seat was in uid1" },
    ],
    [
      "nobody answers there, and the config leads to another cluster",
      { [kept]: silent, now: { server: "https://b", uid: "uid2" } },
      "now",
      {
        is: "lost",
        evidence:
          "another cluster (uid2) answers at https://b; the seat was in uid1, and https://a does not answer: ECONNREFUSED",
      },
    ],
    [
      "it answers",
      { [kept]: { server: "https://a", uid: "uid1" } },
      "now",
      { is: "there", seen: "the seat's cluster answers at https://a" },
    ],
  ])("%s", async (_, answers, current, expected) => expect(await look(answers, current)).toEqual(expected));

  it.each<[string, Record<string, Answer>, string | undefined, string]>([
    ["nobody answers at all", { [kept]: silent, now: silent }, "now", "https://a does not answer: ECONNREFUSED"],
    [
      "nobody answers, and the config leads nowhere",
      { [kept]: silent },
      undefined,
      "https://a does not answer: ECONNREFUSED",
    ],
    [
      "it answers 401",
      { [kept]: { server: "https://a", refused: "https://a answers 401: Unauthorized" } },
      undefined,
      "https://a answers 401: Unauthorized",
    ],
    [
      "it answers 401, and the config leads to another cluster",
      {
        [kept]: { server: "https://a", refused: "https://a answers 401: Unauthorized" },
        now: { server: "https://b", uid: "uid2" },
      },
      "now",
      "https://a answers 401: Unauthorized",
    ],
  ])("is not known to be lost while %s", async (_, answers, current, seen) => {
    expect(await look(answers, current)).toEqual({
      is: "unknown",
      seen,
      todo: expect.stringContaining("`npm run down -- --stack x2 --cluster-is-gone` forgets what was in it."),
    });
  });

  it.each<[string, Answer, string]>([
    ["nobody answers at the old address", silent, "https://a does not answer: ECONNREFUSED"],
    ["the old ones are refused", { server: "https://a", refused: "https://a answers 401" }, "https://a answers 401"],
  ])("that answers with new credentials is not lost: a plain up takes them. %s", async (_, before, why) => {
    expect(await look({ [kept]: before, now: { server: "https://b", uid: "uid1" } }, "now")).toEqual({
      is: "unknown",
      seen: `The seat's cluster answers at https://b, but not to the kubeconfig in the state: ${why}`,
      todo: "It is not lost: `npm run up -- --stack x2` takes the present kubeconfig.",
    });
  });

  it.each([
    ["none", undefined],
    ["the same", kept],
  ] as const)("is asked once where the config selects %s kubeconfig", async (_, current) => {
    const asked: string[] = [];
    await existingClusterStatus("x2", made, current, async (kubeconfig) => (asked.push(kubeconfig), silent));
    expect(asked).toEqual([kept]);
  });

  it.each<[string, Deployment]>([
    ["has no guard", state()],
    ["has a guard without a kubeconfig", state({ ...made.resources[0], outputs: {} })],
    ["has a guard that is not made yet", state({ ...made.resources[0], id: undefined })],
  ])("has nothing to lose while its state %s, and nobody is asked", async (_, on) => {
    const nobody = () => Promise.reject(new Error("was asked"));
    expect(await existingClusterStatus("x2", on, "now", nobody)).toEqual({
      is: "there",
      seen: "stack x2 has no seat in a cluster yet",
    });
  });

  it("is not forgotten for another cluster while its own answers", async () => {
    expect(
      await look({ [kept]: { server: "https://a", uid: "uid1" }, now: { server: "https://b", uid: "uid2" } }, "now"),
    ).toMatchObject({ is: "there" });
  });
});

it("Azure is asked for VMs by a refresh that is only shown: the state stays as it is", async () => {
  const bin = mkdtempSync(path.join(os.tmpdir(), "istio-lab-pulumi-"));
  try {
    writeFileSync(
      path.join(bin, "pulumi"),
      `#!/bin/sh\necho "$*" > ${bin}/words\necho '{"steps":[{"op":"delete","urn":"urn:a"},{"op":"same","urn":"urn:b"}]}'\n`,
      { mode: 0o755 },
    );
    expect(await azureWorld({ env: { PATH: `${bin}:${process.env.PATH}` } }, "x2").missing(["urn:a", "urn:b"])).toEqual(
      ["urn:a"],
    );
    expect(readFileSync(path.join(bin, "words"), "utf8").trim()).toBe(
      "refresh --preview-only --json --non-interactive --stack x2 --target urn:a --target urn:b",
    );
  } finally {
    rmSync(bin, { recursive: true });
  }
});

it("Azure's silence is the connection's own error", async () => {
  const silence = await azureWorld({ env: {} }, "x2").silence({ host: "127.0.0.1", port: 9, authority: "" });
  expect(silence).toContain("ECONNREFUSED");
});

describe("a seat on minikube", () => {
  const made = state({ type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g1", inputs: { profile: "p" } });

  async function look(become: (fake: Fake) => void) {
    const fake = new Fake();
    try {
      become(fake);
      return await minikubeClusterStatus("x2", made, fake.minikube);
    } finally {
      rmSync(fake.folder, { recursive: true });
    }
  }

  it("is lost when minikube knows no such profile, or another one of its name", async () => {
    expect(await look(() => undefined)).toEqual({ is: "lost", evidence: "minikube has no profile p" });
    expect(await look((fake) => fake.has("p", { generation: "g2" }))).toEqual({
      is: "lost",
      evidence: "another profile has replaced p",
    });
  });

  it("is there by any of its generations, in the middle of a replacement", async () => {
    const fake = new Fake();
    fake.has("p", { generation: "g2" }).status = running;
    const both = state(
      { type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g1", inputs: { profile: "p" } },
      { type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g2", inputs: { profile: "p" } },
    );
    expect(await minikubeClusterStatus("x2", both, fake.minikube)).toEqual({ is: "there", seen: "profile p runs" });
    rmSync(fake.folder, { recursive: true });
  });

  it("is looked for by what its generations say, and by no other resource", async () => {
    const fake = new Fake();
    fake.has("p", { generation: "g2" }).status = running;
    const other = { type: "pulumi-nodejs:dynamic/cluster:Profile", id: "g2", inputs: { profile: "other" } };
    expect(await minikubeClusterStatus("x2", state(other, ...made.resources), fake.minikube)).toEqual({
      is: "lost",
      evidence: "another profile has replaced p",
    });
    rmSync(fake.folder, { recursive: true });
  });

  it.each([
    ["no generation", state()],
    ["a generation without inputs", state({ type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g1" })],
    [
      "a name that is no text",
      state({ type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g1", inputs: { profile: { secret: true } } }),
    ],
  ])("has nothing to lose while the state has %s, and nobody asks minikube", async (_, on) => {
    expect(await minikubeClusterStatus("x2", on, {} as Fake["minikube"])).toEqual({
      is: "there",
      seen: "stack x2 has no profile yet",
    });
  });

  it("takes a defect for no answer of minikube's", async () => {
    const broken = { profiles: () => Promise.reject(new TypeError("nothing is undefined")) } as unknown;
    await expect(minikubeClusterStatus("x2", made, broken as Fake["minikube"])).rejects.toThrow(TypeError);
  });

  it("is there when it runs", async () => {
    expect(await look((fake) => (fake.has("p", { generation: "g1" }).status = running))).toEqual({
      is: "there",
      seen: "profile p runs",
    });
  });

  it.each<[string, (fake: Fake) => void, string]>([
    ["it is stopped", (fake) => (fake.has("p", { generation: "g1" }).status = stopped), "profile p is stopped"],
    [
      "its API server is stopped",
      (fake) => (fake.has("p", { generation: "g1" }).status = { ...running, apiServer: "Stopped" }),
      "profile p is stopped",
    ],
    [
      "its machine is paused, whatever its API server is said to be",
      (fake) => (fake.has("p", { generation: "g1" }).status = { ...running, host: "Paused" }),
      "profile p is paused",
    ],
    [
      "minikube cannot tell its state",
      (fake) => (fake.has("p", { generation: "g1" }).status = { ...stopped, host: "Nonexistent" }),
      "profile p is in a state that minikube cannot tell",
    ],
    [
      "minikube cannot read its config",
      (fake) => (fake.unreadable = ["p"]),
      "minikube has a profile p whose config it cannot read",
    ],
    [
      "there is no minikube",
      (fake) => (fake.minikube.profiles = () => Promise.reject(new MinikubeError("There is no minikube on PATH."))),
      "There is no minikube on PATH.",
    ],
  ])("is not known to be lost while %s", async (_, become, seen) => {
    expect(await look(become)).toMatchObject({
      is: "unknown",
      seen: expect.stringContaining(seen),
      todo: expect.stringContaining("`npm run up -- --stack x2"),
    });
  });
});

describe("a seat on this machine", () => {
  const made = state({ type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g1" });
  const seat = (generation: string) => ({ generation }) as SeatStatus["seat"];
  const look = (status: SeatStatus) => embeddedClusterStatus("x2", made, async () => status);

  it.each<[SeatStatus, string]>([
    [{ state: "absent" }, "seat x2 no longer has a folder"],
    [{ state: "dead", seat: seat("g1") }, "the processes of seat x2 have ended"],
    [{ state: "running", seat: seat("g2") }, "another seat has replaced seat x2; its generation is g2"],
  ])("is lost when it is %j", async (status, evidence) => expect(await look(status)).toEqual({ is: "lost", evidence }));

  it("is there when it runs", async () =>
    expect(await look({ state: "running", seat: seat("g1") })).toMatchObject({ is: "there" }));

  it.each<[SeatStatus, string, string]>([
    [{ state: "stopped", seat: seat("g1") }, "seat x2 is stopped", "Start it: `npm run up -- --stack x2`."],
    [
      { state: "creating", seat: seat("g1") },
      "seat x2 is being made right now",
      "Run the same command after that has ended.",
    ],
    [
      { state: "unknown", problem: "seat.json cannot be read: EMFILE" },
      "seat.json cannot be read: EMFILE",
      "`npm run embedded -- status --seat x2` asks again.",
    ],
  ])("is not known to be lost while it is %j", async (status, seen, todo) =>
    expect(await look(status)).toEqual({ is: "unknown", seen, todo }),
  );
});
