import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { installStandIn, providerInUse } from "../../embedded";
import type { Step } from "../../base/step";
import type { Workspace } from "./workspace";

/** How long the official plugin's download may take before it counts as unavailable. */
const DOWNLOAD_TIMEOUT_MS = 60_000;
/** How long a failed download is remembered before it is tried again. */
const RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Installs the Kubernetes provider: the official plugin if it can be downloaded, else the stand-in of
 * embedded/provider. A failed download is remembered for a day, so that an offline machine does not try at every run.
 */
export function providerStep(workspace: Workspace): Step {
  const home = workspace.env.PULUMI_HOME!;
  return {
    title: `Kubernetes provider ${version()}`,
    isDone: async () =>
      providerInUse(home) === "official" || (providerInUse(home) === "stand-in" && refusedLately(home)),
    run: async (report, signal) => {
      report(0, 0, "asking for the official plugin");
      const download = await execa(
        "pulumi",
        ["plugin", "install", "--reinstall", "resource", "kubernetes", version()],
        {
          env: { ...workspace.env, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "" },
          timeout: DOWNLOAD_TIMEOUT_MS,
          cancelSignal: signal,
          reject: false,
          stdin: "ignore",
        },
      );
      signal.throwIfAborted();
      if (!download.failed && providerInUse(home) === "official") return;
      fs.writeFileSync(
        refusalFile(home),
        download.timedOut ? "no answer" : reasonOf(download.stderr || download.shortMessage || ""),
      );
      await installStandIn(home);
    },
  };
}

/** The line of `up`'s output that names the provider. */
export function providerLine(workspace: Workspace): string {
  const home = workspace.env.PULUMI_HOME!;
  if (providerInUse(home) === "official") return `Kubernetes provider: the official plugin ${version()}.`;
  const reason = fs.existsSync(refusalFile(home)) ? ` (${fs.readFileSync(refusalFile(home), "utf8")})` : "";
  return `Kubernetes provider: the stand-in of embedded/provider; the official plugin ${version()} could not be downloaded here${reason}.`;
}

function version(): string {
  return (require("@pulumi/kubernetes/package.json") as { version: string }).version;
}

function refusalFile(home: string): string {
  return path.join(home, "kubernetes-plugin-refused");
}

function refusedLately(home: string): boolean {
  const stat = fs.statSync(refusalFile(home), { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs < RETRY_AFTER_MS;
}

/**
 * Why the download failed: the end of the CLI's message about its last attempt ("no such host"), else its last line.
 */
function reasonOf(text: string): string {
  const attempts = [...text.matchAll(/Error downloading plugin: .*: (.+)$/gm)];
  return attempts.at(-1)?.[1] ?? text.trim().split("\n").at(-1)!.trim();
}
