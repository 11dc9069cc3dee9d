import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectRoot } from "../../../base/paths";

const { sources } = require("../../../launch/bundle.cjs") as { sources: readonly string[] };

/** A project of the same shape, with one component and one package. */
let project: string;
beforeEach(() => {
  project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio lab launch-")));
  fs.cpSync(path.join(projectRoot, "launch"), path.join(project, "launch"), { recursive: true });
  for (const folder of ["base", "embedded", "kube", "components/addons/samples", "node_modules/zod"])
    fs.mkdirSync(path.join(project, folder), { recursive: true });
  for (const name of ["esbuild", "@esbuild", "yaml"])
    fs.symlinkSync(path.join(projectRoot, "node_modules", name), path.join(project, "node_modules", name));
  write("package.json", '{"type": "commonjs"}');
  write("package-lock.json", "{}");
  write(
    "index.ts",
    'import { answer } from "./components/answer";\nimport { z } from "zod";\nexport const all = [answer, z];',
  );
  write("components/answer.ts", 'export const answer: string = "one";');
  write("node_modules/zod/package.json", '{"name": "zod", "main": "index.js"}');
  write("node_modules/zod/index.js", "exports.z = 1;");
});
afterEach(() => fs.rmSync(project, { recursive: true }));

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(project, name), text);
}

const kept = path.join(".lab", "program");
const keptBundles = () => fs.readdirSync(path.join(project, kept)).filter((name) => name.endsWith(".cjs"));

/** What the program gives that is loaded as Pulumi's process loads it, with nothing of it loaded before. */
function loaded(): { all?: unknown[]; error?: string } {
  for (const file of Object.keys(require.cache)) if (file.startsWith(project)) delete require.cache[file];
  try {
    const { load } = require(path.join(project, "launch/bundle.cjs")) as {
      load(name: string): { all: unknown[] };
    };
    return { all: load("program").all };
  } catch (error) {
    return { error: String(error) };
  }
}

describe("the program is loaded from a bundle", () => {
  it("that is made once and kept for this user alone", () => {
    expect(loaded()).toEqual({ all: ["one", 1] });
    const [bundle, ...others] = keptBundles();
    expect(others).toEqual([]);
    expect(fs.statSync(path.join(project, kept)).mode & 0o777).toBe(0o700);
    // The second load runs the kept file, whatever it is by now.
    fs.appendFileSync(path.join(project, kept, bundle!), "\nmodule.exports = { all: ['kept'] };");
    expect(loaded()).toEqual({ all: ["kept"] });
  });

  it("that is never stale: not after an edit of the same length and time", () => {
    loaded();
    const file = path.join(project, "components/answer.ts");
    const { atime, mtime } = fs.statSync(file);
    fs.writeFileSync(file, 'export const answer: string = "two";');
    fs.utimesSync(file, atime, mtime);
    expect(loaded()).toEqual({ all: ["two", 1] });
    write("components/answer.ts", 'export const answer: string = "one";');
    expect(loaded()).toEqual({ all: ["one", 1] });
  });

  it("that is never stale: not after a file that comes first was added, or the imported one deleted", () => {
    write("components/answer.ts", 'export { answer } from "./answer/of";');
    fs.mkdirSync(path.join(project, "components/answer"));
    write("components/answer/of.ts", 'export const answer = "below";');
    expect(loaded()).toEqual({ all: ["below", 1] });
    fs.rmSync(path.join(project, "components/answer.ts"));
    expect(loaded().error).toMatch(/^SyntaxError: index\.ts:1:24: Could not resolve "\.\/components\/answer"$/);
    write("components/answer/index.ts", 'export const answer = "index";');
    expect(loaded()).toEqual({ all: ["index", 1] });
  });

  it("that is never stale: not after another version of a bundled package, or an edit of it by hand", () => {
    loaded();
    write("package-lock.json", '{"other": true}');
    write("node_modules/zod/index.js", "exports.z = 2;");
    expect(loaded()).toEqual({ all: ["one", 2] });
    write("node_modules/zod/index.js", "exports.z = 3;");
    expect(loaded()).toEqual({ all: ["one", 3] });
  });

  it("and not from a folder that others can write to", () => {
    loaded();
    const [bundle] = keptBundles();
    fs.appendFileSync(path.join(project, kept, bundle!), "\nmodule.exports = { all: ['planted'] };");
    fs.chmodSync(path.join(project, kept), 0o777);
    expect(loaded()).toEqual({ all: ["one", 1] });
  });

  it("and also where nothing can be kept", () => {
    write(".lab", "a file where the folder should be");
    expect(loaded()).toEqual({ all: ["one", 1] });
  });

  it("and takes away bundles of a day ago and what a killed run left, and no other file", () => {
    loaded();
    const inKept = (name: string) => path.join(project, kept, name);
    const old = new Date(Date.now() - 25 * 3600_000);
    const [fresh] = keptBundles();
    const [gone, stays] = [
      [`operations-${"a".repeat(16)}.cjs.map`, "draft-Ab1_9z"],
      ["notes.txt", "program-mine.cjs"],
    ];
    for (const name of [...gone, ...stays]) {
      fs.writeFileSync(inKept(name), "");
      fs.utimesSync(inKept(name), old, old);
    }
    write("components/answer.ts", 'export const answer = "next";');
    expect(loaded()).toEqual({ all: ["next", 1] });
    const left = fs.readdirSync(path.join(project, kept));
    expect(left).toEqual(expect.arrayContaining([fresh, ...stays]));
    expect(left.filter((name) => gone.includes(name))).toEqual([]);
  });

  it("and a mistake in a source is told with its file and line, without a stack", () => {
    write("components/answer.ts", 'export const answer =\n  "one" "two";');
    expect(loaded().error).toBe('SyntaxError: components/answer.ts:2:9: Expected ";" but found "\\"two\\""');
  });
});

it.each(["index.ts", "components/cluster/embedded-operations.ts", "components/cluster/existing/guard-operations.ts"])(
  "the key counts every source that a bundle of %s is made of",
  async (entry) => {
    const { metafile } = await build({
      absWorkingDir: projectRoot,
      entryPoints: [entry],
      bundle: true,
      platform: "node",
      packages: "external",
      write: false,
      metafile: true,
      outdir: "nowhere",
      logLevel: "error",
    });
    // embedded/index.ts names more than the operations use, and esbuild leaves the rest out.
    const [bundle] = Object.values(metafile.outputs);
    const own = Object.keys(bundle!.inputs).filter((file) => bundle!.inputs[file]!.bytesInOutput > 0);
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((file) => !sources.some((source) => file === source || file.startsWith(`${source}/`)))).toEqual(
      [],
    );
    expect(own.filter((file) => !/\.(ts|json)$/.test(file))).toEqual([]);
  },
);
