import { describe, expect, it } from "vitest";
import { chooseLesson, readOptions } from "../../../cli/traffic/options";

const given = { rate: "10", duration: "60" };

describe("options", () => {
  it.each([
    [{}, { rate: 10, duration: 60 }],
    [{ rate: "0.5e1" }, /--rate 0\.5e1: .* from 1 to 1000/],
    [
      { rate: "2.5", duration: "1.5" },
      { rate: 2.5, duration: 1.5 },
    ],
    [
      { rate: "1000", duration: "3600" },
      { rate: 1000, duration: 3600 },
    ],
    [{ rate: "0.9" }, /--rate 0\.9: must be a number of requests a second from 1 to 1000/],
    [{ rate: "1000.1" }, /--rate 1000\.1:/],
    [{ rate: "" }, /--rate "":/],
    [{ rate: "NaN" }, /--rate NaN:/],
    [{ rate: "Infinity" }, /--rate Infinity:/],
    [{ rate: "-5" }, /--rate -5:/],
    [{ rate: "0x10" }, /--rate 0x10:/],
    [{ duration: "0" }, /--duration 0: must be a number of seconds from 1 to 3600/],
    [{ duration: "3601" }, /--duration 3601:/],
    [{ duration: "60s" }, /--duration 60s:/],
    [{ lesson: "backend" }, /--lesson backend: .*valid: bookinfo, temperature, blog/],
    [{ lesson: "" }, /--lesson "":/],
  ] as const)("%j", (changed, expected) => {
    const read = () => readOptions({ ...given, ...changed });
    if (expected instanceof RegExp) expect(read).toThrow(expected);
    else expect(read()).toEqual({ ...expected, lesson: undefined });
  });

  it("tells all problems at once", () => {
    expect(() => readOptions({ rate: "x", duration: "y", lesson: "backend" })).toThrow(
      /^--rate x: .*\n--duration y: .*\n--lesson backend: .*$/,
    );
  });
});

describe("the lesson", () => {
  it.each([
    [undefined, ["admission", "backend", "blog", "bookinfo"], "bookinfo"],
    [undefined, ["backend", "blog", "temperature"], "temperature"],
    ["blog", ["blog", "bookinfo"], "blog"],
    [
      "blog",
      ["backend", "bookinfo"],
      /Stack seat2: it does not have the lesson blog; .* leads to its lessons bookinfo\. .*istio-lab:lessons in Pulumi\.seat2\.yaml/,
    ],
    ["bookinfo", [], /none of its lessons/],
    ["toString", ["bookinfo"], /it does not have the lesson toString/],
    ["resilience", ["bookinfo", "./lessons/resilience"], "./lessons/resilience"],
    ["./lessons/resilience", ["bookinfo", "./lessons/resilience"], "./lessons/resilience"],
    [
      undefined,
      ["backend"],
      /Stack seat2: there is nothing to send traffic to; none of its lessons is reached through the gateway/,
    ],
  ] as const)("%s of %j", (named, installed, expected) => {
    const choose = () => chooseLesson(named, installed, "seat2");
    if (expected instanceof RegExp) expect(choose).toThrow(expected);
    else expect(choose()).toBe(expected);
  });
});
