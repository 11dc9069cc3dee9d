import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/** A folder of each test's own that stands first in PATH, for programs in the place of minikube and Docker. */
export function firstInPath() {
  const made = {
    folder: "",
    file: (name: string) => path.join(made.folder, name),
    program: (name: string, script: string) =>
      fs.writeFileSync(made.file(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 }),
  };
  beforeEach(() => {
    made.folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-minikube-"));
    vi.stubEnv("PATH", `${made.folder}${path.delimiter}${process.env.PATH}`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    fs.rmSync(made.folder, { recursive: true });
  });
  return made;
}
