import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AT_ONCE, openWorkspace } from "../../../cli/stack/workspace";
import { config, runProgram } from "../components/program";

let home: string;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-workspace-"));
  vi.stubEnv("ISTIO_LAB_HOME", path.join(home, "lab"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(home, { recursive: true });
});

describe("how many resources the engine works on at the same time", () => {
  it("is enough for all that waits for its pods, on a machine with any number of cores", async () => {
    expect(openWorkspace().env.PULUMI_PARALLEL).toBe(String(AT_ONCE));
    const { resources } = await runProgram(config());
    const waiting = resources.filter(({ type }) => /:(Deployment|StatefulSet|Release)$/.test(type));
    expect(waiting.length).toBeGreaterThan(8 * 2);
    expect(AT_ONCE).toBeGreaterThan(2 * waiting.length);
  });

  it("is the user's where the user has said it", () => {
    vi.stubEnv("PULUMI_PARALLEL", "3");
    expect(openWorkspace().env).not.toHaveProperty("PULUMI_PARALLEL");
  });
});
