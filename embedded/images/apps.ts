import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { ReportProgress, Step } from "../../base/step";
import { explainGo, noGo } from "../toolchain/go-errors";
import { buildFlags } from "../toolchain/key";
import { makeWhole, place } from "../toolchain/place";

/** The Go module with pause and the stand-in apps. */
const sources = path.join(__dirname, "apps");

/** The step that builds the programs of `apps/`. */
export function appsStep(): Step {
  return {
    title: "Stand-in apps (http-echo, bookinfo, temperature, placeholders of addons) and pause",
    isDone: async () => fs.existsSync(appsFolder()),
    run: (report, signal) => makeWhole(appsFolder(), (scratch) => buildApps(scratch, report, signal)),
  };
}

/** The path of a program of `apps/`. @throws when it is not built. */
export function app(name: string): string {
  const file = path.join(appsFolder(), name);
  if (fs.existsSync(file)) return file;
  throw new Error(`The app ${name} is not built yet. \`npm run embedded -- build\` makes what is missing.`);
}

/**
 * Builds every program of `apps/` into `folder`. Once the toolchain is built, the required modules are in the cache.
 */
export async function buildApps(folder: string, report: ReportProgress, signal: AbortSignal): Promise<void> {
  const stale = await go(
    ["list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", ...buildFlags, "./..."],
    () => {},
    signal,
  );
  const total = stale.split("\n").filter(Boolean).length;
  let done = 0;
  // `go build -v` prints a package's path when its compilation begins.
  const begun = (line: string) => void (/^\S+$/.test(line) && report(Math.min(++done, total), total, line));
  await go(["build", "-v", ...buildFlags, "-ldflags", "-s -w", "-o", `${folder}${path.sep}`, "./..."], begun, signal);
}

async function go(args: string[], seen: (line: string) => void, signal: AbortSignal): Promise<string> {
  const { execa } = await import("execa");
  const child = execa("go", args, {
    cwd: sources,
    // The same settings as the toolchain's builds, so that the standard library is compiled once. Static, because the
    // images have no libraries.
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
    reject: false,
  });
  createInterface({ input: child.stderr }).on("line", seen);
  const result = await child;
  signal.throwIfAborted();
  if (result.exitCode === 0) return result.stdout;
  if (result.code === "ENOENT") throw new Error(noGo);
  throw new Error(explainGo("Building the stand-in apps", result.stderr || result.shortMessage || ""));
}

/** The key covers every file of the module: a changed page is a new build. */
function appsFolder(): string {
  const hash = createHash("sha256").update(JSON.stringify(buildFlags));
  const files = fs.readdirSync(sources, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  for (const file of files.map((entry) => path.join(entry.parentPath, entry.name)).sort()) {
    const content = fs.readFileSync(file);
    hash.update(`\0${path.relative(sources, file)}\0${content.length}\0`).update(content);
  }
  return place("apps", hash.digest("hex").slice(0, 16));
}
