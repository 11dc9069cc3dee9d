import * as fs from "node:fs";
import * as path from "node:path";
import { labRoot } from "../../../embedded/paths";
import { configFile, listStacks } from "../../stack";
import { tracesOf } from "../../state";
import { query, type Query } from "./proof";
import type { ProofContext } from "./target-proof";

/** What a seat has wherever its cluster is: the stack, what the state keeps of it, its config file, a kubeconfig that was written for it. */
export async function stackQueries({ stack, workspace }: Pick<ProofContext, "stack" | "workspace">): Promise<Query[]> {
  const { state } = workspace;
  const there = (file: string) => (fs.existsSync(file) ? [file] : []);
  const kubeconfig = path.join(labRoot(), "kubeconfig", stack);
  return Promise.all([
    query("stack", "pulumi stack ls", async () => (await listStacks(workspace)).map(({ name }) => name).filter((name) => name === stack)),
    ...(state === undefined ? [] : [query("state, history, backups, locks", `find ${path.join(state, ".pulumi")} -name '${stack}*'`, () => tracesOf(state, stack))]),
    query("stack file", `ls ${configFile(stack)}`, () => there(configFile(stack))),
    query("kubeconfig", `ls ${kubeconfig}`, () => there(kubeconfig)),
  ]);
}
