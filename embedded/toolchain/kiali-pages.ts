import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { Report, Step } from "../../base/step";
import { moduleFolder } from "./go";
import { requireMachine } from "./machine";
import { KIALI, kialiModule, pinned } from "./modules";
import { explainNpm, noNpm } from "./npm-errors";
import { makeWhole, place } from "./place";

/** The script that bundles, and the packages that it needs, each by its hash. They are installed beside a copy of it, and removed with that. */
const tools = path.join(__dirname, "kiali", "pages");
const INPUTS = [".npmrc", "package.json", "package-lock.json", "bundle.mjs"];

/**
 * Settings of the user's own, or of the `npm run` around this one, that would make npm install something else, or elsewhere. The command line counts before
 * them. Waits between attempts are short, so that a machine without a network is told so soon.
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

/** Where Kiali's pages are, or will be: index.html and what it asks for. */
export function kialiPages(): string {
  return path.join(folder(), "console");
}

/** The step that bundles Kiali's pages. Their sources come with the server's module, and their packages from npm. */
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
        await fs.promises.rm(work, { recursive: true }); // 50,000 files: the progress lines go on meanwhile
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

/** Everything that changes the pages, as sixteen hex digits: the sources by their version, which go.sum holds to its content, and what is here of the bundling. */
export function pagesKey(version: string, inputs: ReadonlyMap<string, string | Buffer>): string {
  const hash = createHash("sha256").update(version);
  for (const [name, content] of inputs) hash.update(`\0${name}\0${Buffer.byteLength(content)}\0`).update(content);
  return hash.digest("hex").slice(0, 16);
}

async function install(work: string, report: Report, signal: AbortSignal): Promise<void> {
  const { packages } = JSON.parse(fs.readFileSync(path.join(work, "package-lock.json"), "utf8")) as {
    packages: Record<string, { optional?: true }>;
  };
  // One of them is the folder itself; of the optional ones (a program for each platform) few are fetched.
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
  // What is wrong comes first, and then where Node.js was.
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
 * Runs a program in `work`. It ends with this process, even by kill -9: the next run clears the folder, into which nobody may write then.
 *
 * @returns what it printed where it failed
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
