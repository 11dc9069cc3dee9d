import { defineConfig } from "vitest/config";

const seats = { fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 };

/** Three tiers, one after the other: unit (mocks), then engine (the real Pulumi engine) and mesh (real Envoys), which make seats and so run one file at a time. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 30_000, sequence: { groupOrder: 0 } } },
      { test: { name: "engine", include: ["test/engine/**/*.test.ts"], ...seats, sequence: { groupOrder: 1 } } },
      { test: { name: "mesh", include: ["test/mesh/**/*.test.ts"], ...seats, sequence: { groupOrder: 2 } } },
    ],
  },
});
