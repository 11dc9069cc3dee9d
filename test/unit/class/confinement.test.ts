import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { classOf, logFile, type Class } from "../../../cli/class/model";
import type { TargetProof } from "../../../cli/targets/proof";
import { readRoster } from "../../../cli/class/roster/read";
import { writeSeatFile } from "../../../cli/class/roster/seat-file";
import { destroySeat } from "../../../cli/class/run/destroy-seat";
import { SeatLog } from "../../../cli/class/run/over-seats";
import { fileOf, forgetFacts, noteBegun } from "../../../cli/class/run/seat-facts";
import { project, put } from "./roster/project";
import { notedLine } from "./run/a-class";
import { FakeBackend } from "./run/fake-backend";

const { held } = vi.hoisted(() => ({ held: {} as { backend: FakeBackend; clean: TargetProof } }));
vi.mock("../../../base/paths", async () => (await import("./roster/project.js")).project);
vi.mock("../../../cli/stack/workspace", () => ({
  pulumiOutput: (...args: Parameters<FakeBackend["pulumiOutput"]>) => held.backend.pulumiOutput(...args),
}));
vi.mock("../../../cli/class/engine", () => ({
  stackOf: (...args: Parameters<FakeBackend["stackOf"]>) => held.backend.stackOf(...args),
}));
vi.mock("../../../embedded/node/seat", () => ({
  seatStatus: async () => ({ state: "absent" }),
  deleteSeat: async (folder: string) => fs.rmSync(folder, { recursive: true, force: true }),
}));
vi.mock("../../../cli/targets", async (original) => ({ ...(await original<object>()), proofOf: () => held.clean }));

const root = project.projectRoot;
const lab = project.labRoot();
/** What others have around the class: a seat, a state, a class, files of stacks. */
const canaries = [
  ".lab/passphrase",
  ".lab/state/.pulumi/stacks/istio-lab/theirs.json",
  ".lab/seats/theirs/var/data",
  ".lab/class/theirs/facts/theirs.json",
  ".lab/class/board.html",
  ".lab/kubeconfig/theirs",
  "Pulumi.theirs.yaml",
  "theirs.yaml",
];

beforeEach(() => {
  fs.rmSync(lab, { recursive: true, force: true });
  canaries.forEach((file) =>
    put(root, file, file.startsWith("Pulumi") ? "config:\n  istio-lab:target: embedded\n" : "theirs"),
  );
});

/** Every file below the project, with what it says. */
function everything(): Map<string, string> {
  const files = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(root, file), fs.readFileSync(file, "utf8")]),
  );
}

/** What a verb does with files for a class, from its roster to the seat's end. */
async function live(of: Class): Promise<void> {
  for (const seat of of.roster.seats) {
    noteBegun(of, seat.seat, "file:///backend", "minikube");
    writeSeatFile(of.roster, seat, {}, of.id);
    new SeatLog(logFile(of, seat.seat, "up"), (write) => write()).write("made");
    held.backend.add(seat.seat);
    await destroySeat(
      { ...of, workspace: { env: {}, state: path.join(lab, "state") } },
      seat,
      true,
      notedLine(),
      new AbortController().signal,
    );
    await destroySeat({ ...of, workspace: { env: {} } }, seat, false, notedLine(), new AbortController().signal);
  }
}

const odd = fc.constantFrom(
  "..",
  ".",
  "",
  "../theirs",
  "theirs/..",
  "/etc/passwd",
  "..\\theirs",
  "a/../../b",
  "theirs",
  "Theirs",
  "x".repeat(101),
  "x".repeat(255),
  "é",
  "王",
  "a\u0000b",
  "a\nb",
  "a b",
  "-rf",
  "$(id)",
  "*",
  "%2e%2e",
  "．．",
  "k-01",
);
const plain = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,12}$/);
const name = fc.oneof(
  { weight: 6, arbitrary: plain },
  odd,
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.array(odd, { minLength: 2, maxLength: 3 }).map((parts) => parts.join("/")),
);

test("no roster, whatever it is called and whatever its seats are, makes a class write or remove outside its own folders", async () => {
  held.clean = {
    facts: async () => ({}),
    queries: async () => [{ what: "profile", asked: "minikube profile list", left: [] }],
  };
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(
      name,
      fc.array(name, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (rosterName, seats, inFolder) => {
        held.backend = new FakeBackend();
        const folder = inFolder ? path.join(root, "rosters") : root;
        const file = path.resolve(folder, `${rosterName}.yaml`);
        // A file that cannot be is no roster; one that would be another's is not written over.
        if (
          /\0/.test(file) ||
          !file.startsWith(`${root}/`) ||
          fs.existsSync(file) ||
          Buffer.byteLength(path.basename(file)) > 255
        )
          return;
        const made = fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(
          file,
          stringify({ seats: seats.map((seat) => ({ seat, trainee: "Ada", config: { target: "minikube" } })) }),
        );
        const before = everything();
        try {
          const roster = readRoster(file);
          // A seat may be called as somebody's: its file is theirs, and stays.
          const of = classOf(roster, { env: {}, state: path.join(lab, "state") });
          taken += 1;
          expect(path.dirname(of.folder)).toBe(path.join(lab, "class"));
          await live({ ...of, roster: { ...roster, seats: roster.seats.filter(({ seat }) => seat !== "theirs") } });
          const own = path.relative(root, of.folder);
          for (const [one, text] of everything())
            if (!one.startsWith(`${own}/`)) expect([one, before.get(one)]).toEqual([one, text]);
          for (const one of before.keys()) expect(fs.existsSync(path.join(root, one)), one).toBe(true);
          fs.rmSync(of.folder, { recursive: true });
        } catch (error) {
          if ((error as Error).name !== "UserError") throw error;
          expect(everything()).toEqual(before);
        } finally {
          fs.rmSync(made ?? file, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 40 },
  );
  expect(taken).toBeGreaterThan(3);
});

test("a seat's name that leads out of the class' folder is a defect, wherever it comes from", () => {
  const of = { folder: path.join(lab, "class", "course"), id: "x" };
  for (const seat of ["..", "../../class/theirs/facts/theirs", "a/b", "/etc/x"]) {
    expect(() => fileOf(of, "facts", `${seat}/x`)).toThrow(/cannot name a seat's file/);
    expect(() => forgetFacts(of, `${seat}/x`)).toThrow(/cannot name a seat's file/);
    expect(() => logFile(of, `${seat}/x`, "up")).toThrow(/cannot name a seat's file/);
  }
  expect(fs.readFileSync(path.join(root, ".lab/class/theirs/facts/theirs.json"), "utf8")).toBe("theirs");
});
