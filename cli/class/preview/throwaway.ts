import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { projectRoot } from "../../../embedded/paths";
import { fileUrl } from "../../stack/backend";
import { pulumiOutput, type Workspace } from "../../stack/workspace";
import { stackOf } from "../engine";

/**
 * A folder for the time of a preview, removed as a whole afterwards: the config that is previewed, seat by seat, and a backend for stacks that do not exist.
 * The engine previews no stack that it has not initialised, and in the user's own backend a preview would leave one behind.
 */
export class Throwaway {
  private readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-preview-"));

  constructor(private readonly workspace: Workspace) {
    for (const folder of ["project", "state"]) fs.mkdirSync(path.join(this.root, folder));
    fs.copyFileSync(path.join(projectRoot, "Pulumi.yaml"), path.join(this.root, "project", "Pulumi.yaml"));
  }

  /** A config file for the engine's `--config-file`, which may write its salt into it. */
  configFile(seat: string, text: string): string {
    const file = path.join(this.root, `${seat}.yaml`);
    fs.writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /** An empty stack of that name. It is initialised from a folder beside the checkout: the engine writes a stack file where it does that. */
  async stack(seat: string): Promise<Stack> {
    const env = { ...this.workspace.env, PULUMI_BACKEND_URL: `${fileUrl(path.join(this.root, "state"))}?metadata=skip` };
    await pulumiOutput({ ...this.workspace, env }, ["--cwd", path.join(this.root, "project"), "stack", "init", seat, "--no-select", "--non-interactive"]);
    return stackOf({ ...this.workspace, env }, seat);
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
