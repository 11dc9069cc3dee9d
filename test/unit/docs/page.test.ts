import { describe, expect, it } from "vitest";
import { shows, stepsOf } from "../../support/page";

describe("the steps of a page", () => {
  it("are its sh blocks, each with the output right below it", () => {
    const page =
      "# A\n```sh\none\ntwo\n```\n\n```\nout\nput\n```\ntext\n```sh\nthree\n```\nmore text\n```yaml\na: 1\n```\n";
    expect(stepsOf(page)).toEqual([
      { line: 2, commands: "one\ntwo", printed: "out\nput" },
      { line: 12, commands: "three" },
    ]);
  });

  it.each([
    ["text between", "```sh\na\n```\nprints\n```\nb\n```", "line 5: a block of output must stand right below"],
    ["a second output", "```sh\na\n```\n```\nb\n```\n```\nc\n```", "line 7: a block of output must stand right below"],
    ["another language between", "```sh\na\n```\n```yaml\nb: 1\n```\n```\nc\n```", "line 7: "],
    ["no end", "text\n```sh\na", "line 2: the block does not end"],
  ])("are refused with %s", (_, page, message) => {
    expect(() => stepsOf(page)).toThrow(message);
  });
});

describe("what a page shows", () => {
  it.each([
    ["a (b) [c] $d", "a (b) [c] $d\n"],
    ["NAME   READY", "NAME            READY   \n"],
    ["\n\na\n\nb\n", "a\n\nb"],
    ["reviews-v1-… 2/2", "reviews-v1-7c94-nr8 2/2"],
    ["v1 <about 200>", "v1 203"],
    ["a v<1 or 2> <Bound or not>", "a v2 Pending"],
    ["<title>Store</title>", "<title>Store</title>"],
    ["a\n…\nb", "a\nb"],
    ["a\n…\nb", "a\n1\n\n2\nb"],
    ["…\nb", "x\ny\nb"],
    ["", "\n"],
  ])("%j is seen in %j", (printed, seen) => expect(shows(printed, seen)).toBe(true));

  it.each([
    ["a", "b"],
    ["a", "a\nb"],
    ["a\nb", "a"],
    ["a.c", "abc"],
    ["a…b", "a\nb"],
    ["v1 <n>", "v1"],
    ["a\n…\nb", "a\n1\n2"],
    ["a b", "ab"],
    ["", "a"],
  ])("%j is not seen in %j", (printed, seen) => expect(shows(printed, seen)).toBe(false));
});
