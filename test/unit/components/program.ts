import { randomUUID } from "node:crypto";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import type { AddonUrls } from "../../../components/addons";
import { projectRoot } from "../../../base/paths";
import { register, type Registered, type Run, type State } from "./graph";

/** What index.ts exports. */
type Outputs = typeof import("../../../index") & AddonUrls;

/** Not in the SDK's types: what notes its promises, to tell at a process's end which of them are left. */
const debuggable = require("@pulumi/pulumi/runtime/debuggable") as {
  debuggablePromise<T>(promise: Promise<T>): Promise<T>;
};

/** A project folder in which the toolchain has packaged the Gateway API; the program's working folder. */
const project = path.join(__dirname, "project");

/** Config of an embedded seat as it is in a stack's file, with `changes` on top. */
export function config(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { target: "embedded", ...changes };
}

/** What index.ts did with a config: the same whenever it is asked, so that one run serves all files of a worker. */
const known = new Map<string, Promise<Run<Outputs>>>();

/** Runs index.ts itself against mocks, in a stack named seat7 with this config. What it gives is the caller's to change, apart from the outputs. */
export async function runProgram(
  settings = config(),
  before?: State,
): Promise<{ resources: Registered[]; completed: string[]; outputs: Outputs }> {
  const key = JSON.stringify(settings);
  // What the program of somebody's cluster reads is on a disk, which the test may have changed.
  const remembered = settings.target !== "existing" && before === undefined;
  const run = (remembered && known.get(key)) || attempt(settings, before);
  if (remembered) known.set(key, run);
  const { resources, completed, result, error } = structured(await run);
  if (error !== undefined) throw error;
  // What is assigned to a module in Vitest is its default export, too.
  const { default: _, ...outputs } = result as Outputs & { default?: unknown };
  return { resources, completed, outputs };
}

/** Runs index.ts with a config that it should refuse. */
export async function refusedProgram(
  settings: Record<string, unknown>,
): Promise<{ resources: Registered[]; error: unknown }> {
  const { resources, error } = await attempt(settings);
  return { resources, error };
}

function structured({ resources, completed, ...end }: Run<Outputs>): Run<Outputs> {
  return { resources: structuredClone(resources), completed: [...completed], ...end };
}

async function attempt(settings: Record<string, unknown>, before?: State): Promise<Run<Outputs>> {
  pulumi.runtime.setAllConfig(asPulumiHandsItOver(settings));
  const workingFolder = vi.spyOn(process, "cwd").mockReturnValue(project);
  // Pulumi notes the stack of each promise and the place of each registration; to map a stack to its sources costs a third of a run.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const places = vi.spyOn(pulumi.Resource as unknown as { callsites(): object[] }, "callsites").mockReturnValue([]);
  const notes = vi.spyOn(debuggable, "debuggablePromise").mockImplementation((promise) => promise);
  // The program reads its config when it is loaded: index.ts is loaded anew for each run, and what it imports only once.
  // A count would begin again with this helper, which is loaded anew after a file that replaces modules.
  return register<Outputs>(
    () => import(/* @vite-ignore */ `${projectRoot}/index.ts?run=${randomUUID()}`),
    before,
  ).finally(() => {
    Error.stackTraceLimit = stackTraceLimit;
    workingFolder.mockRestore();
    places.mockRestore();
    notes.mockRestore();
  });
}

function asPulumiHandsItOver(settings: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      `istio-lab:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** The value of an output, and whether it is a secret. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  const { isSecret } = output as unknown as { isSecret: Promise<boolean> };
  const value = await new Promise<T>((resolve) => output.apply((settled) => resolve(settled as T)));
  return { value, secret: await isSecret };
}
