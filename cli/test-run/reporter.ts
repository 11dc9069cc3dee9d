import * as fs from "node:fs";
import * as path from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { projectRoot } from "../../base/paths";
import type { Skipped } from "./skipped";
import type { FileTimes, Stretch } from "./times";

/** The variable that names the file for the times. */
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
 * A reporter of vitest's: writes when each test file ran, when it waited for seats, and what was skipped for which reason. vitest's JSON report has no such times:
 * there a file begins with its first test, behind the hooks that make seats.
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
