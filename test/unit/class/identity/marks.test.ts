import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  commandWithId,
  evaluateMarks,
  type Known,
  type Marks,
  type Purpose,
  refusalText,
  whoseIs,
} from "../../../../cli/class/identity/marks";

const ours = "0b9cf0f4-3a5e-4c39-9d1b-7b8a1e0c5f52";
const other = "7e0b5a43-52f1-4d0a-8a6e-3f7a1d6a9c11";

/** The marks of stacks by what their tags say. */
function marks(stacks: Record<string, { name?: string; id?: string; resources?: number }>): Marks {
  const where = (test: (stack: { name?: string; id?: string }) => boolean) =>
    new Set(Object.entries(stacks).flatMap(([stack, tags]) => (test(tags) ? [stack] : [])));
  return {
    stacks: new Map(Object.entries(stacks).map(([stack, { resources = 1 }]) => [stack, resources])),
    named: where(({ name }) => name !== undefined),
    sameName: where(({ name }) => name === "class"),
    withId: where(({ id }) => id !== undefined),
    sameId: where(({ id }) => id === ours),
  };
}

const all = marks({
  ours: { name: "class", id: ours },
  tagging: { id: ours },
  theirs: { name: "class", id: other },
  old: { name: "class" },
  monday: { name: "monday", id: ours },
  foreign: {},
  empty: { resources: 0 },
});
const known = (over: Partial<Known> = {}): Known => ({
  purpose: "delete",
  isGiven: false,
  begun: () => false,
  createdHere: false,
  ...over,
});
const usable = (over: Partial<Known>) => evaluateMarks([...all.stacks.keys()], all, known(over)).there;

test.each([
  ["ours", "ours"],
  ["tagging", "ours"],
  ["theirs", "other id"],
  ["old", "name only"],
  ["monday", "other class"],
  ["foreign", "no class"],
  ["empty", "empty"],
])("the stack %s is: %s", (stack, whose) => expect(whoseIs(stack, all)).toBe(whose));

describe("a verb may use", () => {
  it("to delete or change only what carries the class' id, or what the class noted that it began", () => {
    for (const purpose of ["delete", "up"] as const) {
      expect(usable({ purpose })).toEqual(["ours", "tagging"]);
      expect(usable({ purpose, begun: (seat) => seat === "empty" })).toEqual(["ours", "tagging", "empty"]);
      expect(usable({ purpose, begun: (seat) => seat === "old" })).toEqual(["ours", "tagging", "old"]);
      expect(usable({ purpose, begun: (seat) => ["theirs", "monday", "foreign"].includes(seat) })).toEqual([
        "ours",
        "tagging",
      ]);
    }
  });

  it("what has only the name, where the id was given; `up` also where this checkout made it before there were ids", () => {
    expect(usable({ isGiven: true })).toEqual(["ours", "tagging", "old"]);
    expect(usable({ purpose: "up", createdHere: true })).toEqual(["ours", "tagging", "old"]);
    expect(usable({ purpose: "delete", createdHere: true })).toEqual(["ours", "tagging"]);
  });

  it("to read what has the name, and to make cards no other class'", () => {
    expect(usable({ purpose: "read" })).toEqual(["ours", "tagging", "theirs", "old", "empty"]);
    expect(usable({ purpose: "cards" })).toEqual(["ours", "tagging", "old", "empty"]);
  });

  it("never, to delete, a stack that says nothing or another id, whatever else is there", () => {
    const tag = fc.record({
      name: fc.constantFrom(undefined, "class", "monday"),
      id: fc.constantFrom(undefined, ours, other),
      resources: fc.nat(1),
    });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), tag),
        fc.constantFrom<Purpose>("delete", "up"),
        fc.boolean(),
        (stacks, purpose, madeHere) => {
          const { there, refused } = evaluateMarks(
            Object.keys(stacks),
            marks(stacks),
            known({ purpose, createdHere: madeHere }),
          );
          for (const stack of there)
            expect(
              stacks[stack]!.id === ours ||
                (purpose === "up" && madeHere && stacks[stack]!.name === "class" && stacks[stack]!.id === undefined),
            ).toBe(true);
          expect([...there, ...refused.keys()].sort()).toEqual(Object.keys(stacks).sort());
        },
      ),
    );
  });
});

describe("a refusal", () => {
  const roster = { name: "class", file: "/b/class.csv", from: "embedded", config: {}, seats: [] };
  const text = (
    there: string[],
    refused: [string, Parameters<typeof refusalText>[1]["refused"] extends ReadonlyMap<string, infer W> ? W : never][],
    tags: Record<string, { name?: string; id?: string }>,
  ) =>
    refusalText(
      { roster, id: ours },
      { there, unmarked: [], refused: new Map(refused) },
      new Map(Object.entries(tags)),
    );

  it("names the other class, and the command that takes it over, as it was typed", () => {
    const argv = process.argv;
    process.argv = ["node", "cli/run.mjs", "class", "destroy", "--roster", "my class.csv", "--yes"];
    try {
      expect(
        text(
          [],
          [
            ["s-1", "other id"],
            ["s-2", "other id"],
          ],
          { "s-1": { id: other }, "s-2": { id: other } },
        ).split("\n"),
      ).toEqual([
        "Nothing has been changed.",
        `These seats belong to another class with the same name, class. The class of /b/class.csv has the id ${ours}:`,
        `- class id ${other}: s-1, s-2`,
        `If you mean that class, name its id once; it is then recorded here: npm run class -- destroy --roster 'my class.csv' --yes --class-id ${other}`,
      ]);
      expect(text([], [["s-1", "name only"]], { "s-1": { name: "class" } })).toContain(
        `give the id once; it is then written on them: npm run class -- destroy --roster 'my class.csv' --yes --class-id ${ours}`,
      );
    } finally {
      process.argv = argv;
    }
  });

  it("offers no id where the stacks have two of them", () => {
    const two = text(["s-1"], [["s-2", "other id"]], { "s-2": { id: other } });
    expect(two).toContain(
      `belong to 2 classes with the name class, and a roster is one class:\n- class id ${ours}, this roster's: s-1\n- class id ${other}: s-2\n`,
    );
    expect(two).not.toContain("--class-id");
  });

  it("names the class that a stack belongs to", () => {
    expect(text([], [["s-1", "other class"]], { "s-1": { name: "monday", id: ours } })).toContain(
      "\n- s-1: belongs to class monday\n",
    );
  });

  it("tells how a stack is given to the class, name and id", () => {
    expect(text([], [["s-1", "no class"]], { "s-1": {} })).toContain(
      `- s-1: belongs to no class\nRename the seats in /b/class.csv, or add the stacks to the class: npm run -s pulumi -- stack tag set istio-lab:class class --stack s-1 && npm run -s pulumi -- stack tag set istio-lab:class-id ${ours} --stack s-1`,
    );
  });

  it("prints a command with one id, whatever was typed", () => {
    expect(commandWithId(other, ["node", "x", "class", "up", "--class-id", ours, "--roster", "it's.csv"])).toBe(
      `npm run class -- up --roster 'it'\\''s.csv' --class-id ${other}`,
    );
    expect(commandWithId(other, ["node", "x", "class", "up", `--class-id=${ours}`])).toBe(
      `npm run class -- up --class-id ${other}`,
    );
  });
});
