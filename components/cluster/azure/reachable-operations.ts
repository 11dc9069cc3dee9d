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

/** What the operations do to the world. */
export interface World {
  /** One try. @throws what was seen when the API did not answer. */
  ask(target: Pick<ReachableInputs, "host" | "port" | "authority">): Promise<void>;
  pause(): Promise<unknown>;
  /** Seconds. */
  now(): number;
  /** Whether the VM of this id is proven gone (404), as `up -- --heal` has found before this run. */
  isGone(vmId: string): boolean;
}

/** A rule and a name of Azure's are known everywhere within a minute or two. */
const LIMIT = 180;

export function reachableOperations(world: World): DynamicOperations<ReachableInputs, ReachableInputs> {
  const compared = ["host", "port", "authority", "generation", "vmId", "adminCidrs"] as const;
  // An update of the VM hides its outputs from preview: what is not known yet is not taken for a change.
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
    // A seat that is shut down for the night, or that this machine cannot reach, is no reason to forget it.
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
  return `The seat's control plane was lost, and a new, empty one is at ${host}, which lacks everything that this stack remembers. Make that anew, NAME being the stack's: ${onStack("NAME", "npm run up -- --heal")}`;
}

/** Any answer will do, "unauthorized" as well: it shows name, route, port and certificate. */
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

/** The VMs that cli/stack/heal.ts has proven gone, by Azure's own ids of them. */
export const GONE_VMS = "ISTIO_LAB_GONE_VMS";

function goneVms(): string[] {
  return (process.env[GONE_VMS] ?? "").split(",").filter(Boolean);
}

/** What module-shim.ts loads in Pulumi's dynamic plugin. */
export const reachable = reachableOperations({
  ask,
  pause: () => sleep(3_000),
  now: () => performance.now() / 1_000,
  isGone: (vmId) => goneVms().includes(vmId),
});
