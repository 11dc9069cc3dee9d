import { linkEngine } from "../../stack/engine";
import { engineStep } from "../../stack/engine-step";
import { runSteps } from "../../terminal/progress";
import { providerStep } from "../../stack/provider";
import { openWorkspace } from "../../stack/workspace";
import type { Class } from "../class";

/** The class with an engine and the provider, where nothing is made: on a machine that has neither, a cron job's with a backend of its own, they are fetched. */
export async function withEngine(of: Class): Promise<Class> {
  if (!of.workspace.engine) await runSteps([[[engineStep()]]], process.stderr);
  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  await runSteps([[[providerStep(workspace)]]], process.stderr);
  return { ...of, workspace };
}
