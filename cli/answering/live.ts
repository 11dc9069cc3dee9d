import * as fs from "node:fs";
import { kubeconfigIn } from "../../kube";
import { LiveSeat } from "../seat/live-seat";
import { kubeconfigFile } from "../stack/kubeconfig";
import type { Workspace } from "../stack/workspace";
import type { Awaited } from "./awaited";
import { look, type Look } from "./look";

/** Returns a function that looks at a stack's seat on each call. */
export async function looker(workspace: Workspace, stack: string, awaited: Awaited): Promise<() => Promise<Look>> {
  const kubeconfig = kubeconfigIn(fs.readFileSync(await kubeconfigFile(workspace, stack), "utf8"));
  const seat = new LiveSeat(kubeconfig, awaited.gatewayUrl);
  return () => look(seat, awaited);
}
