import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/order/sequencer.mts";

/** A test that asserts nothing fails. */
const asserting = { expect: { requireAssertions: true } };
/** The setup notes how long a file waits for seats; the global one keeps the seat that files share, and removes it. The timeouts end what hangs: a slow machine needs 300 s for the longest test. */
const seats = {
  ...asserting,
  testTimeout: 600_000,
  hookTimeout: 600_000,
  setupFiles: ["test/support/seat-waits-setup.ts"],
  globalSetup: ["test/support/shared-seat/setup.ts"],
};
/** One file at a time: what is timed, or compared with the rest of the machine, must have it to itself. */
const alone = { ...seats, fileParallelism: false };
/** Two at a time: these wait for most of their time. */
const sideBySide = { ...seats, maxWorkers: 2 };
/** `seats` compares the machine before and after, and `shifting` counts requests a second. */
const [engineAlone, meshAlone] = [["test/engine/seats.test.ts"], ["test/mesh/shifting.test.ts"]];
/** vitest takes its own random order only where the config names no other. */
const shuffled = process.argv.some((argument) => argument.startsWith("--sequence.shuffle"));

/** Garbage is most of what a unit test makes: a larger young generation collects it less often. No variable of the user's decides what a unit test says. */
export const unit = {
  ...asserting,
  setupFiles: ["test/support/own-environment-setup.ts"],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: 2,
  execArgv: ["--max-semi-space-size=64"],
  sequence: { groupOrder: 0 },
};
/**
 * A lesson, an addon or a target loads its component by `require` when the program makes it. The doors of cli/check and
 * of embedded/ load their parts in the same way. In Vitest `require` reads no TypeScript, and what it loads the tests
 * cannot replace. So it becomes an import here.
 */
export const lazyComponents = {
  name: "lazy-components",
  enforce: "pre" as const,
  transform(code: string, id: string) {
    if (
      !/\/(components\/(lessons|cluster|addons)\/\w+|cli\/targets\/\w+|cli\/check|embedded)\/index\.ts$|\/components\/lessons\/own\/definition\.ts$/.test(
        id,
      )
    )
      return undefined;
    const loaded = new Set<string>();
    const name = (module: string) => `lazy_${module.replaceAll(/[-/]/g, "_")}`;
    const eager = code.replace(
      /\brequire\("\.\/([\w/-]+)"\) as typeof import\("\.\/\1"\)/g,
      (_, module: string) => (loaded.add(module), name(module)),
    );
    return [...[...loaded].map((module) => `import * as ${name(module)} from "./${module}";`), eager].join("\n");
  },
};

/**
 * What a module becomes is kept from run to run, by the content of its file. What its imports lead to depends on which files there are besides,
 * so each list of files has a cache of its own.
 */
const sources = fs
  .readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter(({ name }) => !name.startsWith(".") && name !== "node_modules");
const below = (folder: string) =>
  fs
    .readdirSync(path.join(import.meta.dirname, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file}`);
const filesThere = sources
  .flatMap((entry) => (entry.isDirectory() ? below(entry.name) : [entry.name]))
  .filter((file) => /\.[cm]?[tj]s$/.test(file))
  .sort();
const caches = path.join(import.meta.dirname, "node_modules/.vitest-modules");
const fsModuleCachePath = path.join(
  caches,
  createHash("sha256").update(filesThere.join("\n")).digest("hex").slice(0, 16),
);
// Each is 15 MB: those that no run has used for a week are removed.
fs.mkdirSync(fsModuleCachePath, { recursive: true });
fs.utimesSync(fsModuleCachePath, new Date(), new Date());
for (const name of fs.readdirSync(caches)) {
  const lastUsed = fs.statSync(path.join(caches, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  if (/^[\da-f]{16}$/.test(name) && Date.now() - lastUsed > 7 * 24 * 3600_000)
    fs.rmSync(path.join(caches, name), { recursive: true, force: true });
}

/**
 * Four tiers: lint (layers and eslint), unit (mocks), engine (the real Pulumi engine) and mesh (real Envoys). Files of engine and mesh run beside each other, but for those that must be alone.
 * The rehearsal is apart: what it does on live seats takes longer than a run for each change may.
 * The unit tests of a worker share what they load, the SDKs above all: loaded for each file it was most of their time.
 * Those that replace modules come last, and load anew what a replacement reaches.
 */
export default defineConfig({
  test: {
    sequence: shuffled ? {} : { sequencer: LongestFirst },
    silent: "passed-only",
    experimental: { fsModuleCache: true, fsModuleCachePath },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          isolate: false,
          ...unit,
          setupFiles: [...unit.setupFiles, "test/support/own-modules-setup.ts"],
        },
      },
      // Projects of one group must have the same number of workers.
      {
        test: {
          name: "lint",
          include: ["test/lint/**/*.test.ts"],
          ...asserting,
          testTimeout: 600_000,
          maxWorkers: unit.maxWorkers,
          sequence: unit.sequence,
        },
      },
      {
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          exclude: engineAlone,
          ...sideBySide,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "mesh",
          include: ["test/mesh/**/*.test.ts"],
          exclude: meshAlone,
          ...sideBySide,
          sequence: { groupOrder: 2 },
        },
      },
      { test: { name: "engine alone", include: engineAlone, ...alone, sequence: { groupOrder: 3 } } },
      { test: { name: "mesh alone", include: meshAlone, ...alone, sequence: { groupOrder: 4 } } },
      { test: { name: "rehearsal", include: ["test/rehearsal/**/*.test.ts"], ...alone, sequence: { groupOrder: 5 } } },
    ].map((project) => ({ ...project, plugins: [lazyComponents] })),
  },
});
