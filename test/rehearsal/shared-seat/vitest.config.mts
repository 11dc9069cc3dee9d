import * as path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** By their names. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((one, other) => one.moduleId.localeCompare(other.moduleId));
  }
}

/** The run that shared-seat.test.ts looks at: with the very setup of the mesh tier, one file after the other. */
export default defineConfig({
  test: {
    root: path.join(import.meta.dirname, "../../.."),
    include: ["test/rehearsal/shared-seat/*.spec.ts"],
    fileParallelism: false,
    expect: { requireAssertions: true },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    setupFiles: ["test/support/seat-waits-setup.ts"],
    globalSetup: ["test/support/shared-seat/setup.ts"],
    sequence: { sequencer: ByName },
  },
});
