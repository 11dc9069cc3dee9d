import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openWorkspace } from "../../../cli/stack/workspace";
import { project } from "../class/roster/project";

vi.mock("../../../base/paths", async () => (await import("../class/roster/project.ts")).project);

const lab = (...names: string[]) => path.join(project.labRoot(), ...names);
const modeOf = (file: string) => (fs.statSync(file).mode & 0o777).toString(8);

beforeEach(() => {
  for (const name of [
    "PULUMI_BACKEND_URL",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
  ])
    vi.stubEnv(name, undefined);
  vi.stubEnv("PULUMI_HOME", path.join(project.projectRoot, "pulumi-home"));
  fs.rmSync(lab(), { recursive: true, force: true });
});
afterEach(() => void vi.unstubAllEnvs());

describe("what a workspace keeps in its checkout", () => {
  it("is read by its owner alone, and made once", () => {
    const { env } = openWorkspace();
    expect(env.PULUMI_CONFIG_PASSPHRASE_FILE).toBe(lab("passphrase"));
    const phrase = fs.readFileSync(lab("passphrase"), "utf8");
    expect(phrase).toMatch(/^[\w-]{43}$/);
    expect([lab(), lab("state"), lab("passphrase")].map(modeOf)).toEqual(["700", "700", "600"]);
    openWorkspace();
    expect(fs.readFileSync(lab("passphrase"), "utf8")).toBe(phrase);
  });

  it.each([
    ["PULUMI_CONFIG_PASSPHRASE", "secret"],
    ["PULUMI_CONFIG_PASSPHRASE", ""],
    ["PULUMI_CONFIG_PASSPHRASE_FILE", "/home/me/phrase"],
  ])("is no passphrase where the user has one in %s=%j", (name, value) => {
    vi.stubEnv(name, value);
    expect(openWorkspace().env).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
    expect(fs.existsSync(lab("passphrase"))).toBe(false);
  });

  it("is no state where the user has chosen a backend", () => {
    const { env, state } = openWorkspace();
    expect(env.PULUMI_BACKEND_URL).toBe(`file://${fs.realpathSync(lab())}/state?metadata=skip`);
    expect(state).toBe(lab("state"));
    fs.rmSync(lab("state"), { recursive: true });
    vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
    expect(openWorkspace()).toMatchObject({ state: undefined, locks: undefined });
    expect(openWorkspace().env).not.toHaveProperty("PULUMI_BACKEND_URL");
    expect(fs.existsSync(lab("state"))).toBe(false);
  });
});
