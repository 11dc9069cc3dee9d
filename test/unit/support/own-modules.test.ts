import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../../base/paths";
import { forgetReplaced, replacedIn, type LoadedModule } from "../../support/own-modules";

const here = path.join(projectRoot, "test/unit/support/some.test.ts");
/** This file replaces nothing itself, and so its text has no such call. */
const written = (text: string) =>
  text.replace(
    /\b(MOCK|DO|UNMOCK)\(/g,
    (_, call: string) => `vi.${{ MOCK: "mock", DO: "doMock", UNMOCK: "unmock" }[call]!}(`,
  );
const source = (file: string) => path.join(projectRoot, file);

describe("the modules that a test file replaces", () => {
  it.each<[string, string]>([
    ['MOCK("../../../base/paths")', source("base/paths.ts")],
    ['MOCK(import("../../../base/paths"), async () => ({}))', source("base/paths.ts")],
    ['MOCK(\n  "../../../kube",\n  () => ({}),\n)', source("kube/index.ts")],
    ['DO("../../../cli/run.mjs")', source("cli/run.mjs")],
    ["MOCK('node:fs')", "fs"],
    ["MOCK(`execa`)", "execa"],
  ])("are read from %j", (call, module) => {
    expect(replacedIn(here, written(`vi.fn(); ${call};`))).toEqual([module]);
  });

  it("are all of them", () => {
    expect(replacedIn(here, written('MOCK("node:fs"); DO("../../../versions"); UNMOCK("execa");'))).toEqual([
      "fs",
      source("versions.ts"),
    ]);
    expect(replacedIn(here, "")).toEqual([]);
  });

  it.each(["MOCK(name)", "DO(`../${name}`)", 'MOCK("./" + name)'])(
    "are refused where the text does not tell them: %s",
    (call) => expect(() => replacedIn(here, written(call))).toThrow(/some\.test\.ts/),
  );

  it("are refused where there is no such source", () => {
    expect(() => replacedIn(here, written('MOCK("./nowhere")'))).toThrow("There is no source");
  });
});

describe("what a file loads anew", () => {
  const module = (id: string, importers: string[] = [], meta: object = {}): LoadedModule => ({
    id,
    importers: new Set(importers),
    promise: Promise.resolve(),
    exports: {},
    evaluated: true,
    meta,
  });
  const loaded = (...modules: LoadedModule[]) => new Map(modules.map((one) => [one.id, one]));
  const kept = (modules: ReadonlyMap<string, LoadedModule>) =>
    [...modules.values()]
      .filter(({ evaluated, exports, promise }) => evaluated && exports !== undefined && promise !== undefined)
      .map(({ id }) => id);

  it("is what it replaces, and what has loaded that, directly or not, in a circle too; nothing else", () => {
    const modules = loaded(
      module("/a.ts", ["/b.ts"]),
      module("/b.ts", ["/c.ts", "/gone.ts"]),
      module("/c.ts", ["/b.ts"]),
      module("/used-by-a.ts", ["/a.ts"]),
      module("/beside.ts", ["/used-by-a.ts"]),
    );
    forgetReplaced({ idToModuleMap: modules }, ["/a.ts"]);
    expect(kept(modules)).toEqual(["/used-by-a.ts", "/beside.ts"]);
    forgetReplaced({ idToModuleMap: modules }, []);
    expect(kept(modules)).toEqual(["/used-by-a.ts", "/beside.ts"]);
  });

  it("is a replacement, and the original beside it", () => {
    const modules = loaded(
      module("mock:/a.ts", ["/b.ts"]),
      module("/a.ts?_vitest_original", ["/c.ts"]),
      module("/a.tsx"),
      module("/b.ts"),
      module("/c.ts"),
    );
    forgetReplaced({ idToModuleMap: modules }, ["/a.ts"]);
    expect(kept(modules)).toEqual(["/a.tsx"]);
  });

  it.each([
    ["fs", "node:fs"],
    ["fs", "mock:fs"],
    ["execa", "file:///somewhere/node_modules/execa/index.js"],
  ])("is a package: %s as %s", (name, id) => {
    const modules = loaded(module(id, ["/a.ts"]), module("/a.ts"), module("node:fs/promises"));
    forgetReplaced({ idToModuleMap: modules }, [name]);
    expect(kept(modules)).toEqual(["node:fs/promises"]);
  });

  it("is all that lies in a folder", () => {
    const modules = loaded(module("/test/a.ts"), module("/test/below/b.ts"), module("/tests/c.ts"), module("/d.ts"));
    forgetReplaced({ idToModuleMap: modules }, ["/test/"]);
    expect(kept(modules)).toEqual(["/tests/c.ts", "/d.ts"]);
  });

  it("is no longer what another file has put in its place", () => {
    const [real, replaced] = [module("/a.ts", [], { code: "" }), module("/b.ts", [], { mockedModule: {} })];
    forgetReplaced({ idToModuleMap: loaded(real, replaced) }, ["/a.ts", "/b.ts"]);
    expect([real.meta, replaced.meta]).toEqual([{ code: "" }, undefined]);
  });
});
