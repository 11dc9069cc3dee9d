import { setTimeout as sleep } from "node:timers/promises";
import { onStack } from "../../../base/advice";
import { unlessMissing, Unreachable, type Api } from "../../../kube";
import { readMarker } from "../../../components/cluster/existing/marker";
import { UserError } from "../../../base/errors";
import { exportStack, isOutgoing, type Deployment, type PendingOperation, type StateResource } from "../stack";
import { holderOf } from "../state";
import { importStack, pulumiOutput, type Workspace } from "../workspace";
import { beforeDown, beforeUp } from "./before";
import { guardOf, ownCluster, somebodysCluster } from "./cluster";
import { deleteObject, RELEASE, type Recovery, type OperationPlan } from "./objects";

/** Milliseconds to wait until deleted objects are gone. */
const PATIENCE = 60_000;

type Command = "up" | "down";
/** An operation and the step that settles it. Without a step it stays open, because its cluster does not answer yet. */
type Planned = readonly [PendingOperation, OperationPlan | undefined];

/**
 * Settles the operations that a killed run left open in the state, right before the engine runs. Looks for their
 * objects in the cluster before it drops the operations. Returns a sentence about what was found and done.
 *
 * @throws UserError, with nothing changed, where another run is live, somebody else's object is in the way, or it
 * cannot be decided
 */
export async function settle(
  workspace: Workspace,
  stack: string,
  operations: readonly PendingOperation[],
  command: Command,
): Promise<string> {
  await requireNoOtherRun(workspace, stack, command);
  const state = await exportStack(workspace, stack, "with secrets");
  const plan = await (guardOf(state)
    ? inSomebodys(workspace, stack, state, operations, command)
    : inOwn(stack, state, operations, command));
  await forgetLost(
    workspace,
    stack,
    plan.flatMap(([, step]) => step?.lost ?? []),
  );
  await forgetAfter(workspace, stack, plan);
  const names = operations.map(({ resource }) => resource.urn.split("::").at(-1));
  const texts = plan.flatMap(([, step]) => (step === undefined ? [unasked] : (step.text ?? [])));
  const details = [...new Set(texts)];
  return `An earlier run was killed while it worked on ${names.join(", ")}: continuing from there.${details.length > 0 ? ` ${details.join("; ")}.` : ""}`;
}

const unasked = "The cluster does not answer, so the next up looks for what is left of it there";

/** In an existing cluster, every operation is looked up. @throws UserError */
async function inSomebodys(
  workspace: Workspace,
  stack: string,
  state: Deployment,
  operations: readonly PendingOperation[],
  command: Command,
): Promise<Planned[]> {
  const plan: [PendingOperation, OperationPlan][] = [];
  const troubles: string[] = [];
  let recovery: Recovery | undefined;
  for (const operation of operations) {
    try {
      if (!isKubernetes(operation)) plan.push([operation, {}]);
      else
        plan.push([
          operation,
          await (command === "up" ? beforeUp : beforeDown)(
            operation,
            (recovery ??= await recoveryIn(await somebodysCluster(workspace, stack, state, command), state)),
          ),
        ]);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      troubles.push(
        `${operation.resource.urn.split("::").at(-1)}: it is unknown whether it exists (${(error as Error).message})`,
      );
      if (recovery === undefined) break;
    }
  }
  troubles.push(...plan.flatMap(([, { refused, text }]) => (refused ? [text!] : [])));
  if (troubles.length === 0) {
    for (const [, { deletes = [] }] of plan) await deleteAll(recovery!.api, deletes);
    return plan;
  }
  const help =
    command === "up"
      ? `Run \`${onStack(stack, "npm run up")}\` again after you have settled that, or \`${onStack(stack, "npm run down")}\`, which removes only what the stack has made.`
      : `Run \`${onStack(stack, "npm run down")}\` again once the cluster answers.`;
  throw new UserError(
    [
      `An earlier run of stack ${stack} was killed, and its remains cannot be settled. Nothing has been changed:`,
      ...troubles.map((line) => `- ${line}`),
      help,
    ].join("\n"),
  );
}

async function recoveryIn(api: Api, state: Deployment): Promise<Recovery> {
  const since = (await readMarker(api))?.since;
  return { api, state, ...(since !== undefined && { since }) };
}

/**
 * In a cluster of the stack's own, the plugin takes over existing objects. Helm does not, and nothing recreates
 * deleted objects, so only releases and deletions are looked up. At `down` everything goes with the cluster.
 */
async function inOwn(
  stack: string,
  state: Deployment,
  operations: readonly PendingOperation[],
  command: Command,
): Promise<Planned[]> {
  const plan: Planned[] = [];
  for (const operation of operations) {
    const isAsked = operation.resource.type === RELEASE || (operation.type === "deleting" && isKubernetes(operation));
    const api = command === "up" && isAsked ? await ownCluster(stack, state, operation) : undefined;
    if (api === undefined) {
      plan.push([operation, {}]);
      continue;
    }
    try {
      const step = await beforeUp(operation, { api, state });
      await deleteAll(api, step.deletes ?? []);
      plan.push([operation, step]);
    } catch (error) {
      if (!(error instanceof Unreachable))
        throw new UserError(
          `An earlier run of stack ${stack} was killed, and its remains cannot be settled: ${(error as Error).message}`,
        );
      plan.push([operation, undefined]);
    }
  }
  return plan;
}

function isKubernetes({ resource }: PendingOperation): boolean {
  return resource.type.startsWith("kubernetes:");
}

async function deleteAll(api: Api, deletes: NonNullable<OperationPlan["deletes"]>): Promise<void> {
  for (const { path, uid } of deletes) await deleteObject(api, path, uid);
  const end = Date.now() + PATIENCE;
  for (const { path, uid, title } of deletes) {
    while ((await unlessMissing(api.get<{ metadata: { uid: string } }>(path)))?.metadata.uid === uid) {
      if (Date.now() > end)
        throw new UserError(
          `${title} still exists after ${PATIENCE / 1000} s. Does it wait for a finalizer? Run the same command again once it is gone.`,
        );
      await sleep(200);
    }
  }
}

/** Lets the engine see that these resources are gone. It knows which dependent resources leave the state with them. */
async function forgetLost(workspace: Workspace, stack: string, urns: readonly string[]): Promise<void> {
  if (urns.length === 0) return;
  const targets = urns.flatMap((urn) => ["--target", urn]);
  await pulumiOutput(workspace, [
    "refresh",
    "--yes",
    "--skip-preview",
    "--skip-pending-creates",
    "--suppress-outputs",
    "--non-interactive",
    "--stack",
    stack,
    ...targets,
  ]);
}

/** Drops the settled operations from the state and adds the adopted resources. */
async function forgetAfter(workspace: Workspace, stack: string, plan: readonly Planned[]): Promise<void> {
  const checkpoint = JSON.parse(await pulumiOutput(workspace, ["stack", "export", "--stack", stack])) as {
    // Pulumi omits the list while it is empty, as after a run that was killed at its first resource.
    deployment: { resources?: StateResource[]; pending_operations?: PendingOperation[] };
  };
  const { deployment } = checkpoint;
  const adopted = plan.flatMap(([, step]) => step?.adopted ?? []);
  const taken = new Set(adopted.map(({ urn }) => urn));
  deployment.resources = [
    ...(deployment.resources ?? []).filter((resource) => !(taken.has(resource.urn) && isOutgoing(resource))),
    ...adopted,
  ];
  const open = plan.flatMap(([operation, step]) => (step === undefined ? [operation] : []));
  if (open.length > 0) deployment.pending_operations = open;
  else delete deployment.pending_operations;
  await importStack(workspace, stack, checkpoint);
}

/**
 * Refuses while another run is live: its open operations must be left alone. Pulumi's own lock tells. A local state
 * has a lock file. Elsewhere, writing the unchanged state back fails while another run holds the lock.
 * @throws UserError while another run works on the stack
 */
async function requireNoOtherRun(workspace: Workspace, stack: string, command: Command): Promise<void> {
  const again = `Wait until it has ended. Then run \`${onStack(stack, `npm run ${command}`)}\` again.`;
  const holder = workspace.state && holderOf(workspace.state, stack);
  if (holder) throw new UserError(`Stack ${stack} is locked: process ${holder} works on it. ${again}`);
  if (!workspace.state)
    await importStack(
      workspace,
      stack,
      JSON.parse(await pulumiOutput(workspace, ["stack", "export", "--stack", stack])),
    );
}
