import * as fs from "node:fs";
import * as path from "node:path";
import { isThere } from "../../../base/files";
import { quote } from "../../../base/quote";
import { labRoot } from "../../../base/paths";
import { configFile, listStacks } from "../../stack/stack";
import { tracesOf } from "../../stack/state";
import { isWrittenFor } from "../roster/seat-file";
import { query, type Query } from "./proof";
import type { ProofContext } from "./target-proof";

/**
 * Asks for what a seat has on every target: the stack, its traces in the state, the stack file that the class wrote,
 * and its kubeconfig.
 */
export async function stackQueries({ stack, workspace }: Pick<ProofContext, "stack" | "workspace">, id: string): Promise<Query[]> {
  const { state } = workspace;
  const file = configFile(stack);
  const kubeconfig = path.join(labRoot(), "kubeconfig", stack);
  const queries = await Promise.all([
    query("stack", "pulumi stack ls", async () => (await listStacks(workspace)).map(({ name }) => name).filter((name) => name === stack)),
    ...(state === undefined ? [] : [query("state, history, backups, locks", `find ${path.join(state, ".pulumi")} -name '${stack}*'`, () => tracesOf(state, stack))]),
    query("stack file", `grep -l 'class -- up.*${id}' ${file}`, () => (isOwnFile(stack, id) ? [file] : [])),
    query("kubeconfig", `ls ${quote(kubeconfig)}`, () => (isThere(kubeconfig) ? [kubeconfig] : [])),
  ]);
  return queries.map((one) => ({ ...one, isLocal: true as const }));
}

/** Whether the seat's stack file exists, and `class up` of this class wrote it. */
export function isOwnFile(stack: string, id: string): boolean {
  return isThere(configFile(stack)) && isWrittenFor(fs.readFileSync(configFile(stack), "utf8"), { id, seat: stack });
}
