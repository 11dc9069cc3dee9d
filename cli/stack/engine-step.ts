import * as path from "node:path";
import { execa } from "execa";
import { engineSteps } from "../../embedded";
import type { ReportProgress, Step } from "../../base/step";
import { projectRoot } from "../../base/paths";
import { engineFolder, officialEngine } from "./engine";
import { openWorkspace } from "./workspace";

/** How long the download of the official release may take before it counts as unavailable. */
const DOWNLOAD_TIMEOUT_MS = 120_000;

/**
 * Installs the Pulumi engine for targets other than embedded. It takes the official release through the npm package
 * `pulumi`.
 * If that cannot be downloaded, it builds the engine from Go modules. The build needs Go and takes some minutes, once.
 */
export function engineStep(): Step {
  const home = () => openWorkspace().env.PULUMI_HOME!;
  return {
    title: "Pulumi engine",
    isDone: async () => (engineFolder() ?? officialEngine(home())) !== undefined,
    run: async (report, signal) => {
      report(0, 0, "asking for the official release");
      const download = await execa(
        process.execPath,
        [path.join(projectRoot, "node_modules", "pulumi", "run.js"), "version"],
        {
          env: { PULUMI_HOME: home() },
          timeout: DOWNLOAD_TIMEOUT_MS,
          cancelSignal: signal,
          reject: false,
          stdin: "ignore",
        },
      );
      signal.throwIfAborted();
      if (!download.failed && officialEngine(home())) return;
      await build(report, signal, lastLine(download.stderr) ?? "no answer");
    },
  };
}

async function build(report: ReportProgress, signal: AbortSignal, refusal: string): Promise<void> {
  try {
    for (const step of engineSteps()) if (!(await step.isDone())) await step.run(report, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(
      `The Pulumi CLI can be neither downloaded here (${refusal}) nor built: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function lastLine(text: string | undefined): string | undefined {
  return text?.trim().split("\n").at(-1) || undefined;
}
