import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withPatches } from "../../../embedded/toolchain/patches";
import { needs } from "../../support/needs";

const DEPENDENCY = "example.org/dep";
const patch = { module: DEPENDENCY, file: "sub/dep.go", from: "OldName", to: "NewName" };
const withoutGo = spawnSync("go", ["version"], { stdio: "ignore" }).status === 0 ? undefined : "needs Go";

let work: string;
let cached: string;
let module: string;
beforeEach(() => {
  // Go has to take the folder's name as it is.
  work = fs.mkdtempSync(path.join(os.tmpdir(), "istio lab patches-"));
  cached = folder("dep@v1.0.0", {
    "go.mod": `module ${DEPENDENCY}\n`,
    "sub/dep.go": "package sub\n\ntype OldName int\n",
  });
  // As in Go's module cache: nothing there can be written to.
  fs.chmodSync(path.join(cached, "sub/dep.go"), 0o444);
  module = folder("module", {
    "go.mod": `module example.org/main\n\ngo 1.26.0\n\nrequire ${DEPENDENCY} v1.0.0\n`,
    "go.sum": "",
    "main.go": `package main\n\nimport _ "${DEPENDENCY}/sub"\n\nfunc main() {}\n`,
  });
});
afterEach(() => fs.rmSync(work, { recursive: true }));

describe("a dependency with a change", () => {
  const patched = (...patches: (typeof patch)[]) =>
    withPatches(folder("sources", {}), module, new Map([[DEPENDENCY, cached]]), patches);

  it("is a copy, and the downloaded one stays as it is; go.mod of the module, too", () => {
    const before = fs.readFileSync(path.join(module, "go.mod"), "utf8");
    const modfile = patched(patch);
    expect(fs.readFileSync(path.join(path.dirname(modfile), "0/sub/dep.go"), "utf8")).toBe(
      "package sub\n\ntype NewName int\n",
    );
    expect(fs.readFileSync(path.join(cached, "sub/dep.go"), "utf8")).toContain("OldName");
    expect(fs.readFileSync(path.join(module, "go.mod"), "utf8")).toBe(before);
  });

  it("is what Go takes", needs(withoutGo), () => {
    const modfile = patched(patch);
    const { stdout, stderr } = spawnSync("go", ["list", "-deps", "-f", "{{.Dir}}", `-modfile=${modfile}`, "."], {
      cwd: module,
      encoding: "utf8",
      env: { ...process.env, GOPROXY: "off", GOWORK: "off", GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local" },
    });
    expect(stdout.split("\n"), stderr).toContain(path.join(path.dirname(modfile), "0/sub"));
  });

  it.each([
    ["is nowhere", { ...patch, from: "Renamed" }],
    ["is there twice", { ...patch, from: "sub", file: "twice.go" }],
    ["is in a file that is gone", { ...patch, file: "gone.go" }],
  ])("is refused where what it changes %s: the version was raised without it", (_, wrong) => {
    fs.writeFileSync(path.join(cached, "twice.go"), "sub sub\n");
    expect(() => patched(wrong)).toThrow(
      `${DEPENDENCY}: "${wrong.from}" must be in ${wrong.file} exactly once. Its change in modules.ts belongs to another version.`,
    );
  });
});

function folder(name: string, files: Record<string, string>): string {
  for (const [file, text] of Object.entries({ ...files, "": "" })) {
    const at = path.join(work, name, file);
    if (file === "") fs.mkdirSync(at, { recursive: true });
    else {
      fs.mkdirSync(path.dirname(at), { recursive: true });
      fs.writeFileSync(at, text);
    }
  }
  return path.join(work, name);
}
