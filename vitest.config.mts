import { defineConfig } from "vitest/config";

const seats = { fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 };

/**
 * Three tiers, one after the other: unit (mocks), then engine (the real Pulumi engine) and mesh (real Envoys), which make seats and so run one file at a time.
 * The rehearsal is apart: every mutation and every page of docs/lessons on a live seat takes longer than a run for each change may.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 30_000, sequence: { groupOrder: 0 } } },
      { test: { name: "engine", include: ["test/engine/**/*.test.ts"], ...seats, sequence: { groupOrder: 1 } } },
      { test: { name: "mesh", include: ["test/mesh/**/*.test.ts"], ...seats, sequence: { groupOrder: 2 } } },
      { test: { name: "rehearsal", include: ["test/rehearsal/**/*.test.ts"], ...seats, sequence: { groupOrder: 3 } } },
    ],
  },
});
