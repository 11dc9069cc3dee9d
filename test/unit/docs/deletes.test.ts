import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../../base/paths";
import { sitesIn, sitesOf } from "../../support/deletes";

const HEADING = "## What istio-lab deletes, and how it knows that it is its own";
const COLUMNS = ["what goes", "by", "where", "the mark", "test", "code"];

/** Places that take away what the same function has just made under a name of its own, or that only look as if they took something away. */
const NOTHING_OF_ANYBODY: Readonly<Record<string, string>> = {
  "cli/check/diagnosis/objects.ts: remove": "the text of a command, for a hint",
  "cli/class/cards/text/package-fonts.ts: fontFolder": "a draft of mkdtemp, renamed where nothing is",
  "cli/class/cards/text/package-fonts.ts: packed": "an archive in that draft",
  "cli/class/preview/preview-class.ts: Throwaway.constructor": "a copy into a folder of mkdtemp",
  "cli/class/preview/preview-class.ts: Throwaway.remove": "that folder of mkdtemp",
  "cli/terminal/ending/defect.ts: guardDefects.defect": "asks this process itself to end",
  "cli/terminal/ending/in-terminal.ts: engineInTerminal": "the name of a signal; who sends it has a row",
  "cli/terminal/ending/signals.ts: listen": "asks this process itself to end",
  "components/cluster/minikube/commands.ts: commands.delete": "the words of a command; whoever calls it has a row",
  "components/cluster/minikube/removal.ts: removal": "the text of a command, for advice",
  "components/lessons/blog/checks.ts: blogChecks": "a request of a check, which the policy refuses",
  "embedded/images/apps/temperature/converter/generate.sh": "a folder of mktemp, for whoever changes the app",
  "embedded/images/oci/archive.ts: writeImage": "the layer that it has written beside the archive",
  "embedded/node/confinement.ts: CAPABILITIES": "a list of what root may do in a seat",
  "embedded/images/store/import.ts: importInto": "a file that it has written into the scratch folder of makeWhole",
  "embedded/images/store/make.ts: makeStore": "what was unpacked in the scratch folder of makeWhole",
  "embedded/images/store/make.ts: take": "moves within the scratch folder of makeWhole",
  "embedded/node/import-images.ts: standOn": "copies into the folder of a seat that is being made",
  "embedded/node/node-files.ts: copyProgram": "a copy into the seat's own folder",
  "embedded/node/shared.ts: mountableIn": "a mount of the line before, in a mount namespace of its own",
  "embedded/node/private-root.ts: privateRootScript":
    "the empty folder of a whiteout, mounted a few lines before, in the seat's own mount namespace",
  "embedded/toolchain/envoy.ts: envoyStep.run": "what was unpacked in the scratch folder of makeWhole",
  "embedded/toolchain/go.ts: buildStep.run": "what it has copied into the scratch folder of makeWhole",
  "embedded/toolchain/go.ts: copyFiles": "copies into the scratch folder of makeWhole",
  "embedded/toolchain/zipkin.ts: fill": "what was unpacked in the scratch folder of makeWhole",
  "embedded/toolchain/zipkin.ts: copyWithoutLinks": "copies into the scratch folder of makeWhole",
  "embedded/toolchain/kiali-pages.ts: kialiPagesStep.run": "what it has installed in the scratch folder of makeWhole",
  "embedded/toolchain/patches.ts: withPatches": "copies into the scratch folder of makeWhole",
  "vitest.config.mts: (top level)":
    "what modules became, in a folder of this config's own below node_modules, by names that only this config gives",
  "launch/bundle.cjs: load": "a draft of mkdtemp",
};

const rows = tableBelow(HEADING);
const named = rows.flatMap(({ code }) => keysIn(code));
const sites = sitesIn(projectRoot);
const there = sites.map(({ key }) => key);
const times = (keys: readonly string[], key: string) => keys.filter((one) => one === key).length;

describe("the table of what is deleted", () => {
  it("has a row for every place in the code that takes something away", () => {
    const bare = there
      .filter(
        (key, index) =>
          there.indexOf(key) === index && !(key in NOTHING_OF_ANYBODY) && times(named, key) < times(there, key),
      )
      .map(
        (key) =>
          `${key} ×${times(there, key)}, of which ${times(named, key)} in the table: ${sites
            .filter((site) => site.key === key)
            .map(({ line, call }) => `line ${line}: ${call}`)
            .join("; ")}`,
      );
    expect(
      bare,
      `These take something away. Say in docs/design.md, "${HEADING.slice(3)}", what goes, by which command, where, which mark on it says that it is the program's own, and which test holds the code to it. ` +
        "The last column has `FILE: FUNCTION`, with ×2 behind it for two calls there. What only takes away its own draft belongs into NOTHING_OF_ANYBODY of this test, with the reason",
    ).toEqual([]);
  });

  it("names no place that is not there any more", () => {
    expect(named.filter((key) => times(named, key) > times(there, key))).toEqual([]);
    expect(Object.keys(NOTHING_OF_ANYBODY).filter((key) => !there.includes(key) || named.includes(key))).toEqual([]);
  });

  it.each(rows.map((row) => [row["what goes"]!, row] as const))(
    "%s: has a mark, and a test that is there",
    (_, row) => {
      for (const column of COLUMNS) expect(row[column], column).toMatch(/\S/);
      const tests = row.test!.split("<br>");
      for (const test of tests) {
        const [, file, name] = /^`(test\/[\w./-]+)`: (.+)$/.exec(test) ?? [];
        expect(file, `${test}: a test is named as \`test/FILE\`: its name`).toBeDefined();
        expect(fs.existsSync(path.join(projectRoot, file!)), `${file} is not there`).toBe(true);
        expect(
          fs.readFileSync(path.join(projectRoot, file!), "utf8").includes(name!),
          `${file} has no test "${name}"`,
        ).toBe(true);
      }
    },
  );
});

describe("a place that takes something away", () => {
  const found = (text: string, file = "a.ts") => sitesOf(file, text).map(({ key }) => key);

  it.each([
    ["a file", `function f(file: string) { fs.rmSync(file); }`],
    ["a file, by its promise", `async function f() { await rm("x", { force: true }); }`],
    ["a file that another takes the place of", `const f = () => renameSync("a", "b");`],
    ["a process", `function f(pid: number) { process.kill(pid, "SIGKILL"); }`],
    ["a process, by a function of one's own", `function f() { signal([1], "SIGTERM"); }`],
    ["an object in a cluster", `const f = async (api: Api) => api.json("DELETE", "/x");`],
    ["an object, by fetch", `const f = () => fetch("x", { method: "DELETE" });`],
    ["an object, by the typed client", `const f = () => core.deleteNamespacedPod({});`],
    ["a stack", `async function f() { await workspace.removeStack("s"); }`],
    ["a seat", `const f = () => deleteSeat("x");`],
    ["what a stack knows", `const f = () => importStack(w, "s", {});`],
    ["what a tool takes away", `const f = () => execa("az", ["group", "delete", "--yes"]);`],
    ["a link", `const f = async () => run("ip", ["link", "delete", "x"]);`],
    ["a service", `const f = () => execa("systemctl", ["stop", "x"]);`],
    ["what a script takes away", "const f = () => `#!/bin/sh\nrm -rf /x\n`;"],
  ])("%s", (_, text) => expect(found(text)).toEqual(["a.ts: f"]));

  it("is named after every function around it", () => {
    expect(found(`class A { b() { fs.rmSync("x"); } }`)).toEqual(["a.ts: A.b"]);
    expect(found(`function make() { return { async delete() { fs.rmSync("x"); } }; }`)).toEqual(["a.ts: make.delete"]);
    expect(found(`fs.rmSync("x");`)).toEqual(["a.ts: (top level)"]);
    expect(found("#!/bin/sh\n# rm -rf /y\nrm -rf /x\n", "a.sh")).toEqual(["a.sh"]);
  });

  it("is not the question whether a process lives, a list of rights, or a draft of the same function", () => {
    expect(found(`function f(pid: number) { process.kill(pid, 0); process.on("SIGINT", g); }`)).toEqual([]);
    expect(found(`const rights = ["get", "list", "delete"]; new Map().delete("x");`)).toEqual([]);
    expect(found("function f(file: string) { const draft = `${file}.${process.pid}`; fs.rmSync(draft); }")).toEqual([]);
  });
});

/** The rows of the table below a heading of docs/design.md, by their columns. */
function tableBelow(heading: string): Record<string, string>[] {
  const text = fs.readFileSync(path.join(projectRoot, "docs/design.md"), "utf8");
  const lines = text.slice(text.indexOf(heading)).split("\n").slice(1);
  const end = lines.findIndex((line) => line.startsWith("## "));
  const cells = lines
    .slice(0, end < 0 ? undefined : end)
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  const [head, , ...body] = cells;
  return body.map((row) => Object.fromEntries(head!.map((column, index) => [column, row[index] ?? ""])));
}

/** The keys that a cell names, each between backticks, and as often as the `×` behind it says. */
function keysIn(cell: string | undefined): string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`(?: ×(\d+))?/g)].flatMap(([, key, times = "1"]) =>
    Array<string>(Number(times)).fill(key!),
  );
}
