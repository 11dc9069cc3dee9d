import { Api, ApiError, Unreachable } from "../components/cluster/existing/api";
import { clusterId } from "../components/cluster/existing/cluster-id";
import { IN_PLACE } from "../components/cluster/existing/guard-operations";
import { chooseContext } from "../components/cluster/existing/kubeconfig";
import { settingsOf } from "./settings";
import type { Workspace } from "./workspace";

/** For the refresh of `up --heal`: which cluster answers where the stack's config leads to now. Empty where none does, or the cluster is nobody else's. */
export async function clusterInPlace(workspace: Workspace, stack: string): Promise<Record<string, string>> {
  const { target, existing } = await settingsOf(workspace, stack);
  if (target !== "existing") return {};
  try {
    return { [IN_PLACE]: await clusterId(new Api(chooseContext(existing).text)) };
  } catch (error) {
    if (error instanceof ApiError || error instanceof Unreachable) return {};
    throw error;
  }
}
