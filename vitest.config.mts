import { defineConfig } from "vitest/config";

/** Three tiers: unit (mocks), engine (the real Pulumi engine), mesh (real Envoys). The last two make seats, one test file at a time. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      { test: { name: "engine", include: ["test/engine/**/*.test.ts"], fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 } },
      { test: { name: "mesh", include: ["test/mesh/**/*.test.ts"], fileParallelism: false, testTimeout: 120_000, hookTimeout: 300_000 } },
    ],
  },
});
