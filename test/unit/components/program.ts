import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, vi } from "vitest";
import type { AddonUrls } from "../../../components/addons";
import { register, type Registered, type Run } from "./graph";

/** What index.ts exports. */
type Outputs = typeof import("../../../index") & AddonUrls;

// Most files run the program in a hook, where a busy machine may need as long as in a test.
vi.setConfig({ hookTimeout: 30_000 });

/** A project folder in which the toolchain has packaged the Gateway API; the program's working folder. */
let project: string;

beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), "program-"));
  const chart = path.join(project, ".lab/charts/gateway-api");
  mkdirSync(chart, { recursive: true });
  writeFileSync(path.join(chart, "Chart.yaml"), "name: gateway-api\n");
});

afterAll(() => rmSync(project, { recursive: true }));

/** Config of an embedded seat as it is in a stack's file, with `changes` on top. */
export function config(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { target: "embedded", ...changes };
}

/** Runs index.ts itself against mocks, in a stack named seat7 with this config. */
export async function runProgram(settings = config()): Promise<{ resources: Registered[]; completed: string[]; outputs: Outputs }> {
  const { resources, completed, result, error } = await attempt(settings);
  if (error !== undefined) throw error;
  // What is assigned to a module in Vitest is its default export, too.
  const { default: _, ...outputs } = result as Outputs & { default?: unknown };
  return { resources, completed, outputs };
}

/** Runs index.ts with a config that it should refuse. */
export async function refusedProgram(settings: Record<string, unknown>): Promise<{ resources: Registered[]; error: unknown }> {
  const { resources, error } = await attempt(settings);
  return { resources, error };
}

async function attempt(settings: Record<string, unknown>): Promise<Run<Outputs>> {
  pulumi.runtime.setAllConfig(asPulumiHandsItOver(settings));
  const workingFolder = vi.spyOn(process, "cwd").mockReturnValue(project);
  // The program reads its config when it is loaded.
  vi.resetModules();
  return register<Outputs>(() => import("../../../index.js")).finally(() => workingFolder.mockRestore());
}

function asPulumiHandsItOver(settings: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`istio-lab:${key}`, typeof value === "string" ? value : JSON.stringify(value)]));
}

/** The value of an output, and whether it is a secret. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  const { isSecret } = output as unknown as { isSecret: Promise<boolean> };
  const value = await new Promise<T>((resolve) => output.apply((settled) => resolve(settled as T)));
  return { value, secret: await isSecret };
}
