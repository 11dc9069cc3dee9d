import * as fs from "node:fs";
import * as path from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { projectRoot } from "../../base/paths";
import type { Skipped } from "./skipped";
import type { FileTimes, Stretch } from "./times";

/** The variable with the path of the file for the times. */
export const TIMES_FILE = "ISTIO_LAB_TEST_TIMES";

declare module "vitest" {
  interface TaskMeta {
    /** When this file waited for seats. */
    seatWaits?: Stretch[];
    /** Why this test is skipped here. */
    skippedFor?: string;
  }
}

/**
 * A vitest reporter. It records when each test file ran and waited for seats, and which tests were skipped for which
 * reason.
 * vitest's JSON report lacks these times: its file times begin with the first test, after the hooks that make seats.
 */
export default class TimesReporter implements Reporter {
  private readonly begun = new Map<string, number>();
  private readonly files: FileTimes[] = [];

  onTestModuleQueued({ id }: TestModule): void {
    this.begun.set(id, Date.now());
  }

  onTestModuleEnd(module: TestModule): void {
    const to = Date.now();
    this.files.push({
      file: path.relative(projectRoot, module.moduleId),
      project: module.project.name,
      from: this.begun.get(module.id) ?? to - module.diagnostic().duration,
      to,
      waits: module.meta().seatWaits ?? [],
      skipped: skippedIn(module),
    });
  }

  onTestRunEnd(): void {
    const file = process.env[TIMES_FILE];
    if (file !== undefined) fs.writeFileSync(file, JSON.stringify(this.files));
  }
}

function skippedIn(module: TestModule): Skipped[] {
  return [...module.children.allTests("skipped")].flatMap((test) => {
    const result = test.result();
    const reason = test.meta().skippedFor ?? (result.state === "skipped" ? result.note : undefined);
    return reason === undefined ? [] : [{ name: test.fullName, reason }];
  });
}
