import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { onStack } from "../../../base/advice";
import { UNKNOWN } from "../../../base/pulumi-marks";
import type { DynamicOperations } from "../module-shim";

export interface ReachableInputs {
  host: string;
  port: number;
  authority: string;
  adminCidrs: string[];
  generation: string;
  vmId: string;
}

/** The outside world, as the operations use it. */
export interface World {
  /** Tries once. @throws an error that says what happened, where the API did not answer */
  ask(target: Pick<ReachableInputs, "host" | "port" | "authority">): Promise<void>;
  pause(): Promise<unknown>;
  /** Seconds. */
  now(): number;
  /** Whether `up -- --heal` has proved before this run that the VM of this id is gone (404). */
  isGone(vmId: string): boolean;
}

/** Seconds. Azure's rules and names take effect everywhere within a minute or two. */
const LIMIT = 180;

export function reachableOperations(world: World): DynamicOperations<ReachableInputs, ReachableInputs> {
  const compared = ["host", "port", "authority", "generation", "vmId", "adminCidrs"] as const;
  // An update of the VM makes its outputs unknown in a preview. Unknown values do not count as changes.
  const differs = (key: (typeof compared)[number], olds: ReachableInputs, news: ReachableInputs) =>
    news[key] !== UNKNOWN && JSON.stringify(olds[key]) !== JSON.stringify(news[key]);

  async function reach(inputs: ReachableInputs): Promise<ReachableInputs> {
    const end = world.now() + LIMIT;
    for (;;) {
      const seen = await world.ask(inputs).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (seen === undefined) return inputs;
      if (world.now() >= end) throw new Error(unreachable(inputs, seen));
      await world.pause();
    }
  }

  return {
    diff: async (_id, olds, news) => ({ changes: compared.some((key) => differs(key, olds, news)) }),
    create: async (inputs) => ({ id: inputs.host, outs: await reach(inputs) }),
    // A seat stays in the state while it is shut down for the night, or while this machine cannot reach it.
    read: async (id, props) => (world.isGone(props.vmId) ? { id: "", props: {} } : { id, props }),
    update: async (_id, olds, news) => {
      if (olds.generation === news.generation && olds.vmId !== news.vmId) throw new Error(lost(news));
      return { outs: await reach(news) };
    },
    delete: async () => {},
  };
}

function unreachable({ host, port, adminCidrs }: ReachableInputs, seen: string): string {
  return (
    `https://${host}:${port} does not answer this machine: ${seen} (tried for ${LIMIT} s). The node itself says it is ready. Port ${port} is open to ` +
    `azure.adminCidrs alone, now ${adminCidrs.join(", ")}: is the address with which this machine goes out in one of them? Put it there, then run up again.`
  );
}

function lost({ host }: ReachableInputs): string {
  return `The seat's control plane was lost, and a new, empty one is at ${host}, which lacks everything that this stack remembers. Recreate that (NAME is the stack's name): ${onStack("NAME", "npm run up -- --heal")}`;
}

/** Requests /version. Any answer will do, even "unauthorized": it proves name, route, port and certificate. */
export function ask({ host, port, authority }: Pick<ReachableInputs, "host" | "port" | "authority">): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = https.get(
      { host, port, path: "/version", ca: authority, agent: false, timeout: 10_000 },
      (response) => {
        response.resume();
        resolve();
      },
    );
    request.on("timeout", () => request.destroy(new Error("no answer within 10 s")));
    request.on("error", reject);
  });
}

/** Lists the VMs that cli/stack/heal.ts has proved gone, by Azure's own ids. */
export const GONE_VMS = "ISTIO_LAB_GONE_VMS";

function goneVms(): string[] {
  return (process.env[GONE_VMS] ?? "").split(",").filter(Boolean);
}

/** The operations that module-shim.ts loads in Pulumi's dynamic plugin. */
export const reachable = reachableOperations({
  ask,
  pause: () => sleep(3_000),
  now: () => performance.now() / 1_000,
  isGone: (vmId) => goneVms().includes(vmId),
});
