import { beforeEach, describe, expect, it, vi } from "vitest";
import { requireClassPreflight } from "../../../../cli/class/preflight";
import type { Finding } from "../../../../cli/preflight/finding";
import { aClass } from "../run/a-class";

const { world } = vi.hoisted(() => ({ world: { findings: [] as Finding[] } }));
// No seat, and so no target that is asked: what is told of the people stands for all.
vi.mock("../../../../cli/class/preflight/facts", () => ({
  factsOf: async () => [],
  peopleFindings: () => world.findings,
}));

const said: string[] = [];
const ask = () => requireClassPreflight(aClass(0), {}, (line) => void said.push(line));
beforeEach(() => void said.splice(0));

describe("what is in the way of a class", () => {
  it("ends it with everything that refuses it or is to be known, before anything is made", async () => {
    world.findings = [
      { name: "one", status: "refused", seen: "too small", todo: "Enlarge it." },
      { name: "fine", status: "ok", seen: "yes" },
      { name: "two", status: "refused", seen: "not there" },
      { name: "three", status: "notice", seen: "slow" },
    ];
    const text = await ask().then(
      () => "",
      ({ name, message }: Error) => `${name}: ${message}`,
    );
    expect(text).toMatch(/^UserError: Class istio-101 cannot be made yet. Nothing has been changed:\n/);
    for (const part of ["too small", "Enlarge it.", "not there", "slow"]) expect(text).toContain(part);
    expect(text).not.toContain("fine");
    expect(text).toMatch(/`npm run class -- preflight --roster \/rosters\/istio-101\.csv` checks again\.$/);
    expect(said).toEqual([]);
  });

  it("is said, and does not end it, where nothing refuses it: every notice, and the price", async () => {
    world.findings = [
      { name: "a", status: "notice", seen: "slow" },
      { name: "price", status: "ok", seen: "12 EUR" },
      { name: "fine", status: "ok", seen: "yes" },
      { name: "b", status: "notice", seen: "old" },
    ];
    await ask();
    expect(said.join("\n")).toMatch(/slow[^]*12 EUR[^]*old/);
    expect(said.join("\n")).not.toContain("yes");
  });
});
