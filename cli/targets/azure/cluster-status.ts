import * as z from "zod";
import { onStack } from "../../../base/advice";
import { ask as askApi } from "../../../components/cluster/azure/reachable-operations";
import { dynamicType } from "../../../components/cluster/dynamic-type";
import { az as realAz, AzError, type Az } from "./az";
import { UserError } from "../../../base/errors";
import type { Deployment } from "../../stack/stack";
import { pulumiOutput, type Workspace } from "../../stack/workspace";
import type { ClusterStatus } from "../target";

/** The questions about a seat on Azure. Tests answer them themselves. */
export interface AzureWorld {
  /** The error if the seat's API did not answer; undefined if it did. */
  silence(api: Api): Promise<string | undefined>;
  /** Returns the resources for which Azure answers 404. @throws UserError where Azure gave no answer */
  missing(urns: readonly string[]): Promise<readonly string[]>;
  readonly az: Az;
}

interface Api {
  readonly host: string;
  readonly port: number;
  readonly authority: string;
}

/**
 * Asks the seat's API first. Only a 404 proves that a VM is gone. Azure's own Pulumi plugin asks for it, with its
 * usual credentials.
 * @param state with secrets
 */
export async function azureClusterStatus(
  stack: string,
  { resources }: Deployment,
  world: AzureWorld,
): Promise<ClusterStatus> {
  const machines = resources.filter(
    ({ type, id }) => type === "azure-native:compute:VirtualMachine" && id !== undefined,
  );
  const reachable = resources.find(({ type }) => type === dynamicType("Reachable"))?.outputs;
  // Everything in Kubernetes is made after this resource.
  if (reachable === undefined) return { is: "there", seen: `stack ${stack} has nothing in a cluster yet` };
  const vmId = String(open(reachable.vmId));
  const ids = machines.map(({ outputs }) => open(outputs?.vmId));
  const server = machines[ids.indexOf(vmId)];
  if (server === undefined && ids.every((id) => typeof id === "string")) {
    const evidence =
      ids.length === 0
        ? `at the last refresh of stack ${stack}, Azure no longer had a VM of the seat`
        : `another VM has replaced the seat's (${vmId})`;
    return { is: "lost", evidence, goneVms: [vmId] };
  }
  const api = {
    host: String(open(reachable.host)),
    port: Number(open(reachable.port)),
    authority: String(open(reachable.authority)),
  };
  const silence = await world.silence(api);
  const at = `https://${api.host}:${api.port}`;
  if (silence === undefined) return { is: "there", seen: `${at} answers` };
  const silent = `${at} does not answer: ${silence}`;
  const name = server?.id?.split("/").at(-1);
  const start = `Start it: \`${onStack(stack, "npm run start")}\`.`;
  if (server === undefined) return { is: "unknown", seen: silent, todo: start };
  try {
    if ((await world.missing([server.urn])).includes(server.urn))
      return { is: "lost", evidence: `Azure no longer has VM ${name} (404), and ${silent}`, goneVms: [vmId] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      is: "unknown",
      seen: `${silent}. Azure did not say whether VM ${name} exists: ${error.message}`,
      todo: `If it is shut down, start it: \`${onStack(stack, "npm run start")}\`.`,
    };
  }
  const power = await powerOf(server.id!, world.az);
  if (power.state !== undefined && power.state !== "VM running")
    return { is: "unknown", seen: `${power.state}: ${name}`.replace(/^VM (.*): (.*)$/, "VM $2 is $1"), todo: start };
  const how = power.state === undefined ? `its power is not known (${power.why})` : "it runs";
  return {
    is: "unknown",
    seen: `VM ${name} exists, ${how}, and ${silent}`,
    todo: `If it is shut down, start it: \`${onStack(stack, "npm run start")}\`. If it runs, is this machine's address in azure.adminCidrs?`,
  };
}

async function powerOf(id: string, az: Az): Promise<{ state?: string; why?: string }> {
  try {
    const shown = z
      .object({ powerState: z.string() })
      .safeParse(await az.ask(["vm", "show", "--show-details", "--ids", id]));
    return shown.success ? { state: shown.data.powerState } : { why: "az printed no powerState" };
  } catch (error) {
    if (error instanceof AzError) return { why: error.message };
    throw error;
  }
}

/** Unwraps a value of the state that may be a secret. */
function open(value: unknown): unknown {
  const { plaintext } = (value ?? {}) as { plaintext?: string };
  return typeof plaintext === "string" ? (JSON.parse(plaintext) as unknown) : value;
}

const refreshed = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })) });

/** Asks Azure through a preview of a refresh, which leaves the state unchanged. */
export function azureWorld(workspace: Workspace, stack: string): AzureWorld {
  return {
    silence: (api) =>
      askApi(api).then(
        () => undefined,
        (error: Error) => error.message,
      ),
    az: realAz,
    async missing(urns) {
      const targets = urns.flatMap((urn) => ["--target", urn]);
      return missingIn(
        await pulumiOutput(workspace, [
          "refresh",
          "--preview-only",
          "--json",
          "--non-interactive",
          "--stack",
          stack,
          ...targets,
        ]),
      );
    },
  };
}

/**
 * The resources that the plugins did not find, from a refresh's JSON. An error ends the refresh, so a failed read is
 * never among them.
 * @throws UserError
 */
export function missingIn(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = refreshed.safeParse(value);
  if (!parsed.success)
    throw new UserError(`what \`pulumi refresh --json\` printed cannot be read: ${text.trim().slice(0, 200)}`);
  return parsed.data.steps.filter(({ op }) => op === "delete").map(({ urn }) => urn);
}
