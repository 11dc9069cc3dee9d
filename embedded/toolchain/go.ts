import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { ReportProgress, Step } from "../../base/step";
import { explainGo, noGo } from "./go-errors";
import { buildKey, flagsOf, readSources } from "./key";
import { requireMachine } from "./machine";
import type { GoModule } from "./modules";
import { withPatches } from "./patches";
import { makeWhole, place } from "./place";

/** The folder where the finished build of `module` is, or will be. */
export function builtFolder(module: GoModule): string {
  return place(module.name, buildKey(module, readSources(sourceFolder(module))));
}

/** The step that builds `module`: its programs and their files go into `bin`. */
export function buildStep(module: GoModule): Step {
  return {
    title: module.title,
    isDone: async () => fs.existsSync(builtFolder(module)),
    run: async (report, signal) => {
      requireMachine();
      await makeWhole(builtFolder(module), async (scratch) => {
        const sources = path.join(scratch, "sources");
        const flags = [...flagsOf(module), ...(await patchedIn(sources, module, signal))];
        const packages = await download(module, flags, report, signal);
        await compile(module, path.join(scratch, "bin"), flags, packages, report, signal);
        await copyFiles(module, path.join(scratch, "bin"), signal);
        fs.rmSync(sources, { recursive: true, force: true });
      });
    },
  };
}

/** The folder of a downloaded module, in the version that `module`'s go.mod requires. */
export async function moduleFolder(module: GoModule, dependency: string, signal: AbortSignal): Promise<string> {
  const text = await go(module, `Downloading ${dependency}`, ["mod", "download", "-json", dependency], signal);
  return (JSON.parse(text) as { Dir: string }).Dir;
}

function sourceFolder(module: GoModule): string {
  return path.join(__dirname, module.name);
}

/** Copies the dependencies that are patched into `folder`. Returns the flags that make the build use the copies. */
async function patchedIn(folder: string, module: GoModule, signal: AbortSignal): Promise<string[]> {
  const { patches = [] } = module;
  if (patches.length === 0) return [];
  const copies = new Map<string, string>();
  for (const name of new Set(patches.map((patch) => patch.module)))
    copies.set(name, await moduleFolder(module, name, signal));
  return [`-modfile=${withPatches(folder, sourceFolder(module), copies, patches)}`];
}

/** Downloads only what the build needs. Returns how many packages still have to be compiled. */
async function download(
  module: GoModule,
  flags: readonly string[],
  report: ReportProgress,
  signal: AbortSignal,
): Promise<number> {
  const total = fs.readFileSync(path.join(sourceFolder(module), "go.mod"), "utf8").match(/^\t\S+ v\S+/gm)?.length ?? 0;
  let done = 0;
  const seen = (line: string): void => {
    const found = /^go: downloading (\S+)/.exec(line);
    if (found) report(Math.min(++done, total), total, `downloading ${found[1]}`);
  };
  const args = ["list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", ...flags, ...module.packages];
  const stale = await go(module, `${module.title}: downloading the modules`, args, signal, seen);
  return stale.split("\n").filter(Boolean).length;
}

async function compile(
  module: GoModule,
  to: string,
  flags: readonly string[],
  total: number,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<void> {
  let done = 0;
  const seen = (line: string): void => {
    // `go build -v` prints the import path of each package when its compilation begins.
    if (/^\S+$/.test(line)) report(Math.min(++done, total), total, line);
  };
  const args = ["build", "-v", "-ldflags", linkerFlags(module), "-o", `${to}${path.sep}`, ...flags, ...module.packages];
  await go(module, module.title, args, signal, seen);
  for (const binary of module.binaries) {
    if (!fs.existsSync(path.join(to, binary))) throw new Error(`${module.title}: the build did not make ${binary}.`);
  }
}

async function copyFiles(module: GoModule, to: string, signal: AbortSignal): Promise<void> {
  for (const file of module.files) {
    const from = path.join(await moduleFolder(module, file.module, signal), file.path);
    const target = path.join(to, path.basename(file.path));
    fs.mkdirSync(to, { recursive: true });
    fs.copyFileSync(from, target);
    // The module cache is read-only, and a zip does not keep the executable bit.
    fs.chmodSync(target, fs.readFileSync(target, "utf8").startsWith("#!") ? 0o755 : 0o644);
  }
}

function linkerFlags(module: GoModule): string {
  return ["-s", "-w", ...Object.entries(module.stamps).map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}

/** Runs go in the module's folder and returns its output. `seen` gets each line of its messages immediately. */
async function go(
  module: GoModule,
  doing: string,
  args: string[],
  signal: AbortSignal,
  seen: (line: string) => void = () => {},
): Promise<string> {
  const { execa } = await import("execa");
  const child = execa("go", args, {
    cwd: sourceFolder(module),
    // The user's own Go settings (workspace, flags, target) must not affect the build. A C compiler is not needed.
    env: {
      CGO_ENABLED: "0",
      GOWORK: "off",
      GO111MODULE: "on",
      GOFLAGS: "-mod=readonly",
      GOOS: "linux",
      GOARCH: "amd64",
    },
    stdin: "ignore",
    cancelSignal: signal,
    maxBuffer: 64 * 1024 * 1024,
    reject: false,
  });
  createInterface({ input: child.stderr }).on("line", seen);
  const result = await child;
  signal.throwIfAborted();
  if (result.exitCode === 0) return result.stdout;
  if (result.code === "ENOENT") throw new Error(noGo);
  throw new Error(explainGo(doing, result.stderr || result.shortMessage || ""));
}
