import { Api, ApiError, Unreachable } from "../components/cluster/existing/api";
import { strangers, strangersText } from "../components/cluster/existing/kinds";
import { UserError } from "./errors";
import { ownSeat } from "./preflight/own-seat";
import { exportStack, type Deployment } from "./stack";
import { importStack, pulumiOutput, type Workspace } from "./workspace";

/**
 * Before a destroy in a cluster that is somebody's: refuses one that does not answer, because the engine would fail at every object, and one in which others
 * use the kinds that would go. @throws UserError
 */
export async function requireLeavable(workspace: Workspace, stack: string): Promise<void> {
  const deployment = await exportStack(workspace, stack, "with secrets");
  const kubeconfig = kubeconfigOf(deployment);
  if (kubeconfig === undefined) return;
  try {
    const api = new Api(kubeconfig);
    if ((await clusterId(api)) !== ownSeat(deployment).cluster) throw new Unreachable(`Another cluster answers at ${api.server}`);
    const own = new Set(deployment.resources.map(objectOf));
    const left = (await strangers(api)).filter((object) => !own.has(object));
    if (left.length > 0) throw new UserError(`Nothing has been deleted. ${strangersText(left)}`);
  } catch (error) {
    if (error instanceof ApiError) {
      throw new UserError(
        `The cluster of stack ${stack} answers ${error.status}: ${error.message}.\nNothing has been deleted. Have the credentials run out that the stack's state keeps? ` +
          `\`npm run up -- --stack ${stack}\` takes the kubeconfig as it is now.`,
      );
    }
    if (!(error instanceof Unreachable)) throw error;
    throw new UserError(
      `${error.message}.\nNothing has been deleted: what stack ${stack} has made can only be deleted while its cluster answers. Start it, or mend the way to it, and run the ` +
        `same command again. If it is gone for good, \`npm run down -- --stack ${stack} --cluster-is-gone\` forgets what was in it.`,
    );
  }
}

/** `down --cluster-is-gone`: forgets everything the stack has made, without a call. @throws UserError while the cluster answers: there is something to delete then */
export async function forget(workspace: Workspace, stack: string): Promise<string> {
  const deployment = await exportStack(workspace, stack, "with secrets");
  const kubeconfig = kubeconfigOf(deployment);
  const seat = ownSeat(deployment);
  const found = kubeconfig && (await clusterId(new Api(kubeconfig)).catch(() => undefined));
  if (found !== undefined && found === seat.cluster) {
    throw new UserError(`--cluster-is-gone: the cluster of stack ${stack} answers. \`npm run down -- --stack ${stack}\` deletes what the stack has made there, and nothing else.`);
  }
  const checkpoint = JSON.parse(await pulumiOutput(workspace, ["stack", "export", "--stack", stack])) as { deployment: { resources?: unknown[]; pending_operations?: unknown } };
  const count = checkpoint.deployment.resources?.length ?? 0;
  checkpoint.deployment.resources = [];
  delete checkpoint.deployment.pending_operations;
  await importStack(workspace, stack, checkpoint);
  return `Stack ${stack} has forgotten its ${count} resources; nobody was asked to delete anything.`;
}

async function clusterId(api: Api): Promise<string> {
  return (await api.get<{ metadata: { uid: string } }>("/api/v1/namespaces/kube-system")).metadata.uid;
}

/** The kubeconfig that the guard was made with; undefined where the stack has no seat in a cluster that is somebody's. */
export function kubeconfigOf({ resources }: Deployment): string | undefined {
  const { kubeconfig } = resources.find(({ type }) => type === "pulumi-nodejs:dynamic/cluster:Guard")?.outputs ?? {};
  const secret = kubeconfig as { plaintext?: string } | undefined;
  return secret?.plaintext === undefined ? undefined : (JSON.parse(secret.plaintext) as string);
}

/** As `strangers` names an object. */
function objectOf({ outputs }: Deployment["resources"][number]): string {
  const { kind, metadata } = (outputs ?? {}) as { kind?: string; metadata?: { name?: string; namespace?: string } };
  return `${kind} ${[metadata?.namespace, metadata?.name].filter(Boolean).join("/")}`;
}
