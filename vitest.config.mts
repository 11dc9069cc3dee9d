import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/order/sequencer.mts";

/** The setup notes how long a file waits for seats; the global one keeps the seat that files share, and removes it. */
const seats = { testTimeout: 300_000, hookTimeout: 300_000, setupFiles: ["test/support/seat-waits-setup.ts"], globalSetup: ["test/support/shared-seat/setup.ts"] };
/** One file at a time: what is timed, or compared with the rest of the machine, must have it to itself. */
const alone = { ...seats, fileParallelism: false };
/** Two at a time: these wait for most of their time. */
const sideBySide = { ...seats, maxWorkers: 2 };
/** `seats` compares the machine before and after, and `shifting` counts requests a second. */
const [engineAlone, meshAlone] = [["test/engine/seats.test.ts"], ["test/mesh/shifting.test.ts"]];
/** vitest takes its own random order only where the config names no other. */
const shuffled = process.argv.some((argument) => argument.startsWith("--sequence.shuffle"));

/**
 * Three tiers: unit (mocks), engine (the real Pulumi engine) and mesh (real Envoys). Files of engine and mesh run beside each other, but for those that must be alone.
 * The rehearsal is apart: what it does on live seats takes longer than a run for each change may.
 */
export default defineConfig({
  test: {
    sequence: shuffled ? {} : { sequencer: LongestFirst },
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 30_000, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { test: { name: "engine", include: ["test/engine/**/*.test.ts"], exclude: engineAlone, ...sideBySide, sequence: { groupOrder: 1 } } },
      { test: { name: "mesh", include: ["test/mesh/**/*.test.ts"], exclude: meshAlone, ...sideBySide, sequence: { groupOrder: 1 } } },
      { test: { name: "engine alone", include: engineAlone, ...alone, sequence: { groupOrder: 2 } } },
      { test: { name: "mesh alone", include: meshAlone, ...alone, sequence: { groupOrder: 3 } } },
      { test: { name: "rehearsal", include: ["test/rehearsal/**/*.test.ts"], ...alone, sequence: { groupOrder: 4 } } },
    ],
  },
});
