import { defineConfig } from "vitest/config";

/** The setup notes how long a file waits for seats; the global one keeps the seat that files share, and removes it. */
const times = { testTimeout: 300_000, hookTimeout: 300_000, setupFiles: ["test/support/seat-waits-setup.ts"], globalSetup: ["test/support/shared-seat/setup.ts"] };
/** One file at a time: what is timed, or compared with the rest of the machine, must have it to itself. */
const alone = { ...times, fileParallelism: false };
/** Two at a time: these wait for most of their time. */
const sideBySide = { ...times, maxWorkers: 2 };
const together = ["provider/**/*", "azure", "azure-machine", "build", "class", "class-preview", "existing", "failures", "loss", "own-backend", "preview", "refusals"].map((name) => `test/engine/${name}.test.ts`);

/**
 * Three tiers, one after the other: unit (mocks), engine (the real Pulumi engine) and mesh (real Envoys).
 * The rehearsal is apart: what it does on live seats takes longer than a run for each change may.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 30_000, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { test: { name: "engine", include: together, ...sideBySide, sequence: { groupOrder: 1 } } },
      { test: { name: "engine alone", include: ["test/engine/**/*.test.ts"], exclude: together, ...alone, sequence: { groupOrder: 2 } } },
      { test: { name: "mesh", include: ["test/mesh/**/*.test.ts"], ...alone, sequence: { groupOrder: 3 } } },
      { test: { name: "rehearsal", include: ["test/rehearsal/**/*.test.ts"], ...alone, sequence: { groupOrder: 4 } } },
    ],
  },
});
