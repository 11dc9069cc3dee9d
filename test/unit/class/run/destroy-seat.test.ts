import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Class } from "../../../../cli/class/model";
import { embeddedProof } from "../../../../cli/targets/embedded/proof";
import { query, type Query, type TargetProof } from "../../../../cli/targets/proof";
import { destroySeat } from "../../../../cli/class/run/destroy-seat";
import { EngineTrouble } from "../../../../cli/class/run/operation";
import { elsewhereLines } from "../../../../cli/class/run/backend";
import { writeFacts } from "../../../../cli/class/run/seat-facts";
import { markLine } from "../../../../cli/class/roster/seat-file";
import { project, put, textOf } from "../roster/project";
import { notedLine } from "./a-class";
import { FakeBackend } from "./fake-backend";

const { held } = vi.hoisted(() => ({
  held: {} as { backend: FakeBackend; elsewhere: TargetProof; deleted: string[] },
}));
vi.mock("../../../../base/paths", async () => (await import("../roster/project.js")).project);
vi.mock("../../../../cli/stack/workspace", () => ({
  pulumiOutput: (...args: Parameters<FakeBackend["pulumiOutput"]>) => held.backend.pulumiOutput(...args),
}));
// What settles is loaded by `require`; whether it is waited for is what is tested.
vi.mock("../../../../cli/stack/later", () => ({
  settling: () => ({
    settle: async (_: unknown, stack: string, { length }: unknown[], command: string) => {
      await new Promise((resolve) => void setTimeout(resolve, 1));
      throw new Error(`${length} operation of stack ${stack} cannot be settled for ${command}`);
    },
  }),
}));
vi.mock("../../../../cli/class/engine", () => ({
  stackOf: (...args: Parameters<FakeBackend["stackOf"]>) => held.backend.stackOf(...args),
}));
// What deletes the embedded seat; whether it is called at all is what is tested.
vi.mock("../../../../embedded/node/seat", async () => ({
  seatStatus: (await import("../../../../embedded/node/status.js")).seatStatus,
  deleteSeat: async (folder: string) => {
    held.deleted.push(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  },
}));
vi.mock("../../../../cli/targets", async (original) => ({
  ...(await original<object>()),
  proofOf: (target: string) => (target === "embedded" ? embeddedProof : held.elsewhere),
}));

const id = "0b9cf0f4-3a5e-4c39-9d1b-7b8a1e0c5f52";
const other = "7e0b5a43-52f1-4d0a-8a6e-3f7a1d6a9c11";
const folder = path.join(project.labRoot(), "class", "class");
const of: Class = {
  roster: { name: "class", file: "/rosters/class.csv", from: "embedded", config: {}, seats: [] },
  workspace: { env: {} },
  folder,
  id,
};
const solo = { seat: "solo", trainee: "Ada", config: {}, at: "line 2" };
const seatFolder = project.seatFolder("solo");
const noted = { class: id, backend: "file:///backend", targets: ["embedded"] as const };
const generation = (name: string) => ({ urn: "", type: "pulumi-nodejs:dynamic/cluster:Generation", id: name });
const embedded = { urn: "", type: "istio-lab:cluster:Embedded" };

let line: ReturnType<typeof notedLine>;
/** Each run has a workspace of its own, as each command has. */
const destroy = (hasStack: boolean, seat: object = {}) =>
  destroySeat(
    { ...of, workspace: { env: {} } },
    { ...solo, ...seat },
    hasStack,
    (line = notedLine()),
    new AbortController().signal,
  );
/** A seat on this machine, with a volume of somebody's. */
function seatThere(name: string): void {
  put(
    seatFolder,
    "seat.json",
    JSON.stringify({
      name: "solo",
      generation: name,
      addressRange: "10.231.0.0/30",
      kubernetesVersion: "1.34.2",
      phase: "ready",
      made: true,
    }),
  );
  put(seatFolder, "var/volumes/data", "somebody's");
}
/** Writes a proof that an earlier destroy of the seat left: its minikube profile was gone. */
function proveBefore(): void {
  const queries = [{ what: "profile", asked: "minikube profile list", left: [] }];
  put(path.join(folder, "proof"), "solo.json", JSON.stringify({ seat: "solo", class: id, at: "2026-12-01", queries }));
}

const mine = "encryptionsalt: v1:x\nconfig:\n  istio-lab:target: embedded\n";
const written = () => markLine("class", { id, seat: "solo" }) + mine;

beforeEach(() => {
  for (const one of [project.labRoot(), path.join(project.projectRoot, "Pulumi.solo.yaml")])
    fs.rmSync(one, { recursive: true, force: true });
  held.backend = new FakeBackend();
  held.backend.removeFile = (stack) =>
    fs.rmSync(path.join(project.projectRoot, `Pulumi.${stack}.yaml`), { force: true });
  held.deleted = [];
  held.elsewhere = {
    facts: async () => ({}),
    queries: async () => [await query("profile", "minikube profile list", () => [])],
  };
});

describe("a seat without a stack of the class, of which the class noted nothing", () => {
  it("keeps its folder, its volume and its hand-written file, and is told with what is there", async () => {
    seatThere("g-theirs");
    put(project.projectRoot, "Pulumi.solo.yaml", mine);
    await expect(destroy(false)).rejects.toThrow(
      `no stack of this class in backend file:///backend, and no record of it here: nothing was deleted. Found: disk ${seatFolder}.`,
    );
    expect(held.deleted).toEqual([]);
    expect(fs.readFileSync(path.join(seatFolder, "var/volumes/data"), "utf8")).toBe("somebody's");
    expect(textOf(project.projectRoot, "solo")).toBe(mine);
  });

  it("keeps a file that the class wrote, since it noted nothing of the seat", async () => {
    put(project.projectRoot, "Pulumi.solo.yaml", written());
    const { queries, kept } = await destroy(false);
    expect(textOf(project.projectRoot, "solo")).toBe(written());
    // It is told as kept, and is no part of a proof that nothing is left.
    expect(kept).toContain(
      `stack file ${path.join(project.projectRoot, "Pulumi.solo.yaml")} stays: nothing proves that it belongs to this class.`,
    );
    expect(queries.flatMap(({ left }) => left)).toEqual([]);
  });

  it.each([
    [
      "another backend",
      { ...noted, backend: "s3://elsewhere" },
      /its stack is in backend s3:\/\/elsewhere, and this is file:\/\/\/backend: nothing was deleted\. Found: disk /,
    ],
    ["another class", { ...noted, class: other }, /no stack of this class in backend/],
  ])("keeps all where the note is of %s", async (_, note, text) => {
    seatThere("g-1");
    put(project.projectRoot, "Pulumi.solo.yaml", written());
    writeFacts(of, "solo", { noted: note, generations: ["g-1"] });
    await expect(destroy(false)).rejects.toThrow(text);
    expect([held.deleted, textOf(project.projectRoot, "solo")]).toEqual([[], written()]);
  });

  it("is not gone where its stack is in another backend, although nothing is here", async () => {
    writeFacts(of, "solo", { noted: { ...noted, backend: "file:///first" } });
    await expect(destroy(false)).rejects.toThrow(
      /^its stack is in backend file:\/\/\/first, and this is file:\/\/\/backend: nothing was deleted\.$/,
    );
    const [told] = await elsewhereLines(
      { ...of, workspace: { env: {} }, roster: { ...of.roster, seats: [solo] } },
      new Set(),
    );
    expect(told).toMatch(
      /^The stacks of solo are in backend file:\/\/\/first, and this is file:\/\/\/backend\. The same command there: PULUMI_BACKEND_URL='file:\/\/\/first\?metadata=skip' npm run class -- /,
    );
  });

  it("is asked for where it was made, by what was noted of it there; an earlier proof says nothing of it", async () => {
    const asked: unknown[] = [];
    writeFacts(of, "solo", {
      noted: { ...noted, backend: "file:///first", targets: ["minikube"] },
      profile: "class-2",
    });
    held.elsewhere = {
      facts: async () => ({}),
      queries: async ({ stack }, { profile }) => (asked.push([stack, profile]), []),
    };
    proveBefore();
    await expect(destroy(false)).rejects.toThrow(
      "its stack is in backend file:///first, and this is file:///backend: nothing was deleted.",
    );
    expect(asked).toEqual([["solo", "class-2"]]);
  });

  it("of which something is there is not gone, whatever an earlier proof says", async () => {
    held.elsewhere = {
      facts: async () => ({}),
      queries: async () => [await query("profile", "minikube profile list", () => ["istio-lab-solo"])],
    };
    proveBefore();
    await expect(destroy(false, { config: { target: "minikube" } })).rejects.toThrow(
      "nothing was deleted. Found: profile istio-lab-solo.",
    );
  });

  it("tells its target which secrets nobody reads here", async () => {
    const locked: unknown[] = [];
    held.elsewhere = {
      facts: async () => ({}),
      queries: async (context) => (
        locked.push(context.locked),
        [await query("namespaces", "kubectl get namespace", () => [])]
      ),
    };
    put(
      project.projectRoot,
      "Pulumi.solo.yaml",
      "config:\n  istio-lab:target: existing\n  istio-lab:existing:\n    kubeconfig:\n      secure: v1:x\n",
    );
    await destroy(false);
    expect(locked).toEqual([["existing.kubeconfig"]]);
  });

  it("is asked for anew where its target answers, whatever was proved before", async () => {
    proveBefore();
    expect((await destroy(false, { config: { target: "minikube" } })).at).not.toBe("2026-12-01");
  });

  it("keeps a kubeconfig of its name, and names it", async () => {
    const kubeconfig = put(path.join(project.labRoot(), "kubeconfig"), "solo", "somebody's");
    const { kept } = await destroy(false);
    expect(kept).toEqual([`kubeconfig ${kubeconfig} stays: nothing proves that it belongs to this class.`]);
    expect(fs.readFileSync(kubeconfig, "utf8")).toBe("somebody's");
  });

  it("names each of the things that are there", async () => {
    held.elsewhere = {
      facts: async () => ({}),
      queries: async () => [
        await query("profile", "minikube profile list", () => ["istio-lab-solo"]),
        await query("disks", "docker volume ls", () => ["one", "two"]),
      ],
    };
    await expect(destroy(false, { config: { target: "minikube" } })).rejects.toThrow(
      "nothing was deleted. Found: profile istio-lab-solo; disks one, two.",
    );
  });

  it("of which nothing is there was asked for, and keeps the file", async () => {
    put(project.projectRoot, "Pulumi.solo.yaml", mine);
    const proof = await destroy(false);
    expect(proof.queries.map(({ what }) => what)).toEqual(expect.arrayContaining(["processes", "disk", "stack"]));
    expect(proof.kept).toEqual([
      "Pulumi.solo.yaml stays: `class up` of this class did not write it. `rm Pulumi.solo.yaml` removes it.",
    ]);
    expect(textOf(project.projectRoot, "solo")).toBe(mine);
  });

  it("whose target nobody asked is unknown, and not gone; but for a proof of this class of before", async () => {
    const elsewhere = { config: { target: "existing" } };
    held.elsewhere = { facts: async () => ({}), queries: async () => [] };
    await expect(destroy(false, elsewhere)).rejects.toThrow(
      "It is unknown whether anything of it is left: it is unknown whether it is gone, because its target was never asked (0 queries, 0 answered)",
    );
    const clean: Query[] = [{ what: "namespaces", asked: "kubectl get namespace", left: [] }];
    put(
      path.join(folder, "proof"),
      "solo.json",
      JSON.stringify({ seat: "solo", class: other, at: "2026-12-01", queries: clean }),
    );
    await expect(destroy(false, elsewhere)).rejects.toThrow("is unknown");
    for (const unclean of [
      [{ ...clean[0], left: ["Namespace blog"] }],
      [{ ...clean[0], unknown: "403" }],
      [{ ...clean[0], isLocal: true }],
      [],
    ]) {
      put(
        path.join(folder, "proof"),
        "solo.json",
        JSON.stringify({ seat: "solo", class: id, at: "2026-12-01", queries: unclean }),
      );
      await expect(destroy(false, elsewhere)).rejects.toThrow("is unknown");
    }
    put(
      path.join(folder, "proof"),
      "solo.json",
      JSON.stringify({ seat: "solo", class: id, at: "2026-12-01", queries: clean }),
    );
    expect((await destroy(false, elsewhere)).queries).toEqual(clean);
    expect(line.said).toContain("doing: gone since 2026-12-01: 1 query, 1 answered");
  });
});

describe("a seat with a stack of the class", () => {
  it("goes with its stack and the file that `up` wrote, wherever the config says that it is", async () => {
    put(project.projectRoot, "Pulumi.solo.yaml", written().replace("embedded", "minikube"));
    seatThere("g-1");
    held.backend.add("solo", {}, [embedded, generation("g-1")]);
    const proof = await destroy(true);
    expect(held.deleted).toEqual([seatFolder]);
    expect(held.backend.changes).toEqual(["destroy solo", "remove solo"]);
    expect(textOf(project.projectRoot, "solo")).toBeUndefined();
    expect(
      line.said
        .find((text) => text.startsWith("log: "))!
        .trimEnd()
        .split("\n"),
    ).toEqual([
      expect.stringContaining("processes: nothing ("),
      ...proof.queries.slice(1).map(({ what }) => expect.stringContaining(`${what}: nothing (`)),
    ]);
    expect(Math.abs(Date.parse(proof.at!) - Date.now())).toBeLessThan(60_000);
    expect(JSON.parse(fs.readFileSync(path.join(folder, "proof", "solo.json"), "utf8"))).toEqual(proof);
    expect(line.said.at(-1)).toBe(`doing: gone: ${proof.queries.length} queries, ${proof.queries.length} answered`);
    expect(fs.existsSync(path.join(folder, "facts", "solo.json"))).toBe(false);
  });

  it.each([
    ["that the user wrote", mine],
    ["that was made before there was a mark", mine.replace("encryptionsalt: v1:x\n", "")],
    ["that is a copy of another seat's", markLine("class", { id, seat: "seat-01" }) + mine],
    ["that another class wrote", markLine("class", { id: other, seat: "solo" }) + mine],
  ])("keeps a file %s, and says so with what removes it", async (_, text) => {
    put(project.projectRoot, "Pulumi.solo.yaml", text);
    held.backend.add("solo", {}, [embedded, generation("g-1")]);
    expect((await destroy(true)).kept).toEqual([expect.stringContaining("`rm Pulumi.solo.yaml` removes it.")]);
    expect(textOf(project.projectRoot, "solo")).toBe(text);
  });

  it("leaves a seat of another generation in its place alone, and is gone itself", async () => {
    seatThere("g-theirs");
    held.backend.add("solo", {}, [embedded, generation("g-1")]);
    const { queries } = await destroy(true);
    expect(held.deleted).toEqual([]);
    expect(queries[0]!.what).toBe("seat of generation g-1; another one, g-theirs, has replaced it and stays");
    expect(line.said).toContainEqual(expect.stringMatching(/^log: Kept: .*generation, g-theirs.*\n$/));
    expect(fs.existsSync(path.join(seatFolder, "var/volumes/data"))).toBe(true);
  });

  it("does not take what was noted of a stack in another backend for its own", async () => {
    seatThere("g-first");
    writeFacts(of, "solo", { noted: { ...noted, backend: "file:///first" }, generations: ["g-first"] });
    held.backend.add("solo");
    await expect(destroy(true)).rejects.toThrow(`still there: disk ${seatFolder}`);
    expect(held.deleted).toEqual([]);
  });

  it("of which something is left, or nobody could be asked, keeps its stack and its file", async () => {
    put(project.projectRoot, "Pulumi.solo.yaml", written());
    for (const [queries, text, log] of [
      [
        [await query("profile", "minikube profile list", () => ["istio-lab-solo", "istio-lab-solo-m02"])],
        "still there: profile istio-lab-solo",
        "log: profile: istio-lab-solo, istio-lab-solo-m02 (minikube profile list)\n",
      ],
      [
        [await query("profile", "minikube profile list", () => Promise.reject(new Error("403 Forbidden")))],
        "nothing could be learned about: profile (minikube profile list: 403 Forbidden)",
        "log: profile: nothing could be checked: 403 Forbidden (minikube profile list)\n",
      ],
      [[], "it is unknown whether it is gone, because its target was never asked (0 queries, 0 answered)", "log: \n"],
    ] as const) {
      held.elsewhere = { facts: async () => ({}), queries: async () => [...queries] };
      held.backend.add("solo", {}, [{ urn: "", type: "istio-lab:cluster:Minikube" }]);
      await expect(destroy(true)).rejects.toThrow(text);
      expect([held.backend.stacks.has("solo"), textOf(project.projectRoot, "solo")]).toEqual([true, written()]);
      // The file stays because the seat does: nothing says that somebody else wrote it.
      expect(line.said.at(-1)).toBe(log);
      expect(JSON.parse(fs.readFileSync(path.join(folder, "proof", "solo.json"), "utf8"))).not.toHaveProperty("kept");
    }
  });

  it("is not gone while Pulumi still lists its stack, and what was noted stays", async () => {
    held.backend.add("solo", {}, [embedded, generation("g-1")]);
    held.backend.keepsStacks = true;
    await expect(destroy(true)).rejects.toThrow("still there: stack solo (pulumi stack ls)");
    expect(fs.existsSync(path.join(folder, "facts", "solo.json"))).toBe(true);
  });

  it("of which the destroy fails keeps everything, and notes beforehand what is to be asked for", async () => {
    put(project.projectRoot, "Pulumi.solo.yaml", written());
    put(
      path.join(folder, "proof"),
      "solo.json",
      JSON.stringify({ seat: "solo", class: id, queries: [{ what: "disk", asked: "ls", left: [] }] }),
    );
    seatThere("g-1");
    held.backend.add("solo", {}, [embedded, generation("g-1"), generation("g-2")]);
    held.backend.killed.set("destroy solo", new Error("the engine failed"));
    await expect(destroy(true)).rejects.toThrow("the engine failed");
    expect([held.backend.changes, held.deleted, textOf(project.projectRoot, "solo")]).toEqual([[], [], written()]);
    expect(JSON.parse(fs.readFileSync(path.join(folder, "facts", "solo.json"), "utf8"))).toEqual({
      generations: ["g-1", "g-2"],
      noted,
    });
    // A proof of before says nothing of a seat that is there.
    expect(fs.existsSync(path.join(folder, "proof", "solo.json"))).toBe(false);
  });

  it("is asked for where an earlier run noted it, once its state is empty", async () => {
    writeFacts(of, "solo", { noted: { ...noted, targets: ["minikube"] }, profile: "istio-lab-solo" });
    const asked: unknown[] = [];
    held.elsewhere = {
      facts: () => Promise.reject(new Error("an empty state says nothing")),
      queries: async (_, facts) => (
        asked.push(facts.profile),
        [await query("profile", "minikube profile list", () => [])]
      ),
    };
    held.backend.add("solo");
    await destroy(true, { config: { target: "embedded" } });
    expect([asked, held.backend.stacks.size]).toEqual([["istio-lab-solo"], 0]);
  });

  it("that was begun and got nothing is told to its target, which knows what to ask then", async () => {
    writeFacts(of, "solo", { noted: { ...noted, targets: ["existing"] } });
    held.elsewhere = {
      facts: async () => ({ neverBegun: true }),
      queries: async (_, { neverBegun }) =>
        neverBegun ? [await query("cluster", "kubectl get namespace kube-system", () => [])] : [],
    };
    held.backend.add("solo");
    await destroy(true, { config: { target: "existing" } });
    expect(held.backend.changes).toEqual(["destroy solo", "remove solo"]);
  });

  it("is gone by itself: a stack whose name only begins like it is another one's", async () => {
    held.backend.add("solo", {}, [embedded, generation("g-1")]);
    held.backend.add("solo-2", {}, [embedded]);
    const { queries, kept } = await destroy(true);
    expect([queries.flatMap(({ left }) => left), kept]).toEqual([[], undefined]);
    expect([...held.backend.stacks.keys()]).toEqual(["solo-2"]);
  });

  it("is asked for as its state says, whatever an earlier run noted, while the state has anything", async () => {
    writeFacts(of, "solo", { noted, generations: ["g-0"] });
    held.backend.add("solo", {}, [embedded, generation("g-1")]);
    held.backend.killed.set("destroy solo", new Error("killed"));
    await expect(destroy(true)).rejects.toThrow("killed");
    expect(JSON.parse(fs.readFileSync(path.join(folder, "facts", "solo.json"), "utf8"))).toEqual({
      generations: ["g-1"],
      noted,
    });
  });

  it("on two targets notes beforehand what each is to be asked for", async () => {
    held.elsewhere = { facts: async () => ({ profile: "istio-lab-solo" }), queries: async () => [] };
    held.backend.add("solo", {}, [{ urn: "", type: "istio-lab:cluster:Minikube" }, embedded, generation("g-1")]);
    held.backend.killed.set("destroy solo", new Error("killed"));
    await expect(destroy(true)).rejects.toThrow("killed");
    expect(JSON.parse(fs.readFileSync(path.join(folder, "facts", "solo.json"), "utf8"))).toEqual({
      profile: "istio-lab-solo",
      generations: ["g-1"],
      noted: { ...noted, targets: ["minikube", "embedded"] },
    });
  });

  describe("in a state of files", () => {
    const state = path.join(project.labRoot(), "state");
    const at = (...parts: string[]) => path.join(state, ".pulumi", ...parts);
    const destroyHere = () =>
      destroySeat(
        { ...of, workspace: { env: {}, state } },
        solo,
        true,
        (line = notedLine()),
        new AbortController().signal,
      );
    beforeEach(() => held.backend.add("solo", {}, [embedded, generation("g-1")]));

    it("leaves none of the stack's history, backups and locks there, and all of another stack's", async () => {
      for (const stack of ["solo", "solo-2"])
        for (const kind of ["history", "backups"]) put(at(kind, "istio-lab", stack), "1.json", "{}");
      put(at("stacks", "istio-lab"), "solo.json.bak", "{}");
      const { queries } = await destroyHere();
      expect(queries.find(({ what }) => what === "state, history, backups, locks")).toMatchObject({
        left: [],
        isLocal: true,
      });
      for (const kind of ["history", "backups"])
        expect([fs.existsSync(at(kind, "istio-lab", "solo")), fs.existsSync(at(kind, "istio-lab", "solo-2"))]).toEqual([
          false,
          true,
        ]);
      expect(fs.existsSync(at("stacks", "istio-lab", "solo.json.bak"))).toBe(false);
    });

    it("destroys nothing while what a killed run left open cannot be settled", async () => {
      held.backend.stacks.get("solo")!.operations = [
        {
          type: "creating",
          resource: {
            urn: "urn:pulumi:solo::istio-lab::kubernetes:core/v1:ConfigMap::a",
            type: "kubernetes:core/v1:ConfigMap",
          },
        },
      ];
      await expect(destroyHere()).rejects.toThrow("1 operation of stack solo cannot be settled for down");
      expect(held.backend.changes).toEqual([]);
    });

    it("breaks the lock of a process that is gone, where that is what refuses the stack", async () => {
      const file = put(
        at("locks", "organization", "istio-lab", "solo"),
        "1.json",
        JSON.stringify({ pid: 4194303, hostname: os.hostname(), timestamp: "2026-12-01" }),
      );
      held.backend.killed.set(
        "destroy solo",
        new EngineTrouble("locked", "the stack is currently locked by 1 lock(s)"),
      );
      vi.useFakeTimers({ toFake: ["setTimeout"] });
      try {
        const run = destroyHere();
        await vi.waitFor(
          () =>
            expect(line.said).toContainEqual(expect.stringMatching(/^log: locked\nBroke the lock of process 4194303/)),
          { timeout: 10_000 },
        );
        await vi.advanceTimersByTimeAsync(10_000);
        await run;
      } finally {
        vi.useRealTimers();
      }
      expect([fs.existsSync(file), held.backend.stacks.size]).toEqual([false, 0]);
    });
  });

  it("on two targets tells what is left on each", async () => {
    held.elsewhere = {
      facts: async () => ({}),
      queries: async () => [await query("profile", "minikube profile list", () => ["p"])],
    };
    held.backend.add("solo", {}, [
      { urn: "", type: "istio-lab:cluster:Minikube" },
      { urn: "", type: "istio-lab:cluster:Azure" },
    ]);
    await expect(destroy(true)).rejects.toThrow(
      "still there: profile p (minikube profile list); still there: profile p (minikube profile list)",
    );
  });

  it("on two targets has to be gone from both", async () => {
    held.elsewhere = { facts: async () => ({}), queries: async () => [] };
    held.backend.add("solo", {}, [embedded, { urn: "", type: "istio-lab:cluster:Minikube" }, generation("g-1")]);
    await expect(destroy(true)).rejects.toThrow("its target was never asked");
  });

  it.each(["destroy solo", "removed solo"])(
    "is gone after the next call where a run was killed at `%s`",
    async (at) => {
      put(project.projectRoot, "Pulumi.solo.yaml", written());
      seatThere("g-1");
      held.backend.add("solo", {}, [embedded, generation("g-1")]);
      held.backend.killed.set(at, new Error("killed"));
      await expect(destroy(true)).rejects.toThrow("killed");
      expect(textOf(project.projectRoot, "solo")).toBe(written());
      await destroy(held.backend.stacks.has("solo"));
      expect(held.backend.changes.filter((change) => change === "remove solo")).toHaveLength(1);
      // The second call clears away what may carry the folder's name: processes, a link, control groups.
      expect([held.backend.stacks.size, [...new Set(held.deleted)], textOf(project.projectRoot, "solo")]).toEqual([
        0,
        [seatFolder],
        undefined,
      ]);
    },
  );
});
