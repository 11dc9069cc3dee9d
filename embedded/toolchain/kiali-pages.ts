import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { ReportProgress, Step } from "../../base/step";
import { moduleFolder } from "./go";
import { requireMachine } from "./machine";
import { KIALI, kialiModule, pinned } from "./modules";
import { explainNpm, noNpm } from "./npm-errors";
import { makeWhole, place } from "./place";

/**
 * The script that bundles, and the packages that it needs, each pinned by its hash. They are installed beside a copy
 * of the script, and removed with it.
 */
const tools = path.join(__dirname, "kiali", "pages");
const INPUTS = [".npmrc", "package.json", "package-lock.json", "bundle.mjs"];

/**
 * These flags override settings of the user, or of the `npm run` around this one. Such settings could make npm
 * install something else, or elsewhere. Waits between attempts are short, so that a machine without a network fails
 * soon.
 */
export const FLAGS = [
  "--ignore-scripts",
  "--no-global",
  "--no-workspaces",
  "--no-dry-run",
  "--package-lock",
  "--include=dev",
  "--include=optional",
  "--no-audit",
  "--no-fund",
  "--no-bin-links",
  "--loglevel=http",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=5000",
];

/** The folder where Kiali's pages are, or will be: index.html and its files. */
export function kialiPages(): string {
  return path.join(folder(), "console");
}

/** The step that bundles Kiali's pages. The sources come with the server's Go module, and their packages from npm. */
export function kialiPagesStep(): Step {
  return {
    title: `Kiali ${version()}'s pages from source`,
    isDone: async () => fs.existsSync(folder()),
    run: async (report, signal) => {
      requireMachine();
      await makeWhole(folder(), async (scratch) => {
        report(0, 0, "downloading the sources");
        const frontend = path.join(await moduleFolder(kialiModule(), KIALI, signal), "frontend");
        const work = path.join(scratch, "work");
        fs.mkdirSync(work);
        for (const input of INPUTS) fs.copyFileSync(path.join(tools, input), path.join(work, input));
        await install(work, report, signal);
        report(0, 0, "bundling");
        await bundle(work, frontend, path.join(scratch, "console"), signal);
        await fs.promises.rm(work, { recursive: true }); // 50,000 files: asynchronous, so that progress lines continue
      });
    },
  };
}

function version(): string {
  return pinned("kiali", KIALI).slice(1);
}

function folder(): string {
  return place(
    "kiali-pages",
    pagesKey(version(), new Map(INPUTS.map((input) => [input, fs.readFileSync(path.join(tools, input))]))),
  );
}

/**
 * A key of everything that changes the pages, as sixteen hex digits. Covers the version of the sources, whose content
 * go.sum pins, and the files here that bundle them.
 */
export function pagesKey(version: string, inputs: ReadonlyMap<string, string | Buffer>): string {
  const hash = createHash("sha256").update(version);
  for (const [name, content] of inputs) hash.update(`\0${name}\0${Buffer.byteLength(content)}\0`).update(content);
  return hash.digest("hex").slice(0, 16);
}

async function install(work: string, report: ReportProgress, signal: AbortSignal): Promise<void> {
  const { packages } = JSON.parse(fs.readFileSync(path.join(work, "package-lock.json"), "utf8")) as {
    packages: Record<string, { optional?: true }>;
  };
  // One of them is the folder itself. Few of the optional packages (a program for each platform) are downloaded.
  const total = Object.values(packages).filter(({ optional }) => !optional).length - 1;
  let done = 0;
  const seen = (line: string): void => {
    const fetched = /^npm http fetch GET 200 \S+\/-\/(\S+)\.tgz/.exec(line);
    if (fetched) report(Math.min(++done, total), total, `downloading ${fetched[1]}`);
  };
  const said = await failureOf("npm", ["ci", "--prefix", work, ...FLAGS], work, signal, seen);
  if (said === undefined) return;
  throw new Error(
    /^setpriv: failed to execute npm:/m.test(said)
      ? noNpm
      : explainNpm("Installing the packages of Kiali's pages", said),
  );
}

async function bundle(work: string, frontend: string, to: string, signal: AbortSignal): Promise<void> {
  const output = await failureOf(process.execPath, ["bundle.mjs", frontend, to], work, signal);
  if (output === undefined) return;
  // The output begins with the error. Node.js's stack and version follow, and are left out.
  const said = output
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at |^Node\.js v/.test(line))
    .slice(0, 8)
    .join("\n  ");
  throw new Error(
    `Bundling Kiali's pages failed${/ENOSPC/.test(said) ? ": the disk is full. Make room, then run the same command again." : "."}\n  ${said}`,
  );
}

/**
 * Runs a program in `work`. It ends with this process, even by kill -9, because the next run clears the folder: by
 * then nobody may write to it.
 *
 * @returns its output if it failed
 */
async function failureOf(
  program: string,
  args: readonly string[],
  work: string,
  signal: AbortSignal,
  seen: (line: string) => void = () => {},
): Promise<string | undefined> {
  const { execa } = await import("execa");
  const child = execa("/usr/bin/setpriv", ["--pdeathsig", "KILL", program, ...args], {
    cwd: work,
    stdin: "ignore",
    all: true,
    cancelSignal: signal,
    reject: false,
  });
  createInterface({ input: child.stderr }).on("line", seen);
  const result = await child;
  signal.throwIfAborted();
  return result.exitCode === 0
    ? undefined
    : result.all || result.shortMessage || `it ended with ${result.exitCode ?? result.signal}`;
}
