import * as net from "node:net";
import { KUBECTL, onStack } from "../../base/advice";
import { hostForSocket } from "../../base/host";
import { UserError } from "../../base/errors";
import { type LessonName, lessonOf, lessonsAmong } from "../../components/lessons/catalog";
import type { LessonEntry } from "../../components/lessons/lesson";
import { gatewayName, ingressNamespace } from "../../components/mesh/gateway";
import { readOutputs } from "../stack/outputs";
import { gatewayEntryOf } from "../stack/entry";
import { exportStack, requireStackName } from "../stack/stack";
import { openWorkspace, PulumiFailed } from "../stack/workspace";
import type { TrafficTarget } from "./request";

/** The seat that receives the traffic. */
export interface TrafficSeat {
  stack: string;
  gatewayUrl: string;
  lessons: string[];
}

/** Reads a stack's outputs. @throws {UserError} where there is no seat, for whatever reason */
export async function findSeat(stack: string): Promise<TrafficSeat> {
  requireStackName(stack);
  const workspace = openWorkspace();
  if (!workspace.engine)
    throw new UserError(
      onStack(
        stack,
        "There is no seat to send traffic to: the Pulumi engine is not installed. `npm run up` installs it and makes the seat.",
      ),
    );
  const outputs = await readOutputs(workspace, stack).catch((error: unknown) => {
    throw error instanceof PulumiFailed
      ? new UserError(`The outputs of stack ${stack} cannot be read:\n${error.said}`)
      : error;
  });
  if (!outputs?.GATEWAY_URL)
    throw new UserError(`Stack ${stack} has no seat to send traffic to. \`${onStack(stack, "npm run up")}\` makes it.`);
  return { stack, gatewayUrl: outputs.GATEWAY_URL, lessons: Object.keys(outputs.lessons ?? {}) };
}

/** Fails at once where the gateway accepts no connection. Otherwise a minute of failures would tell the same. */
export async function requireGateway({ stack, gatewayUrl }: TrafficSeat, patience = 3000): Promise<void> {
  const { hostname, port, protocol } = new URL(gatewayUrl);
  const refusal = await new Promise<string | undefined>((resolve) => {
    const socket = net.connect({
      host: hostForSocket(hostname),
      port: Number(port || (protocol === "https:" ? 443 : 80)),
      timeout: patience,
    });
    const end = (text?: string) => {
      socket.destroy();
      resolve(text);
    };
    socket.once("connect", () => end());
    socket.once("timeout", () => end(`no connection within ${patience / 1000} s`));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
  if (refusal === undefined) return;
  const { resources } = await exportStack(openWorkspace(), stack).catch(() => ({ resources: [] }));
  throw new UserError(
    `The gateway of stack ${stack} takes no connection at ${gatewayUrl} (${refusal}). ${
      gatewayEntryOf(resources).isForwarded
        ? `It is reached by a port-forward; keep one running in another terminal:\n  ${onStack(stack, KUBECTL)} port-forward -n ${ingressNamespace} service/${gatewayName} ${port}:80`
        : `Is the seat running? \`${onStack(stack, "npm run up")}\` starts or recreates it.`
    }`,
  );
}

/** The lessons behind the gateway among these, in the order of the course, then one's own. */
export function trafficLessons(among: readonly string[]): LessonName[] {
  return lessonsAmong(among).filter((name) => lessonOf(name).entry !== undefined);
}

/** Returns the lesson's request whose answer names the version. */
export function targetOf(lesson: LessonName, gatewayUrl: string): TrafficTarget {
  const entry = entryOf(lesson);
  return targetAt(entry, gatewayUrl, entry.traffic ?? { path: entry.path, versionOf: answeredBy(entry) });
}

/** Returns the request that passes through most of the lesson. Its answer names no version. */
export function entryTarget(lesson: LessonName, gatewayUrl: string): TrafficTarget {
  const entry = entryOf(lesson);
  return targetAt(entry, gatewayUrl, { path: entry.path, versionOf: answeredBy(entry) });
}

function entryOf(lesson: LessonName): LessonEntry {
  const { entry } = lessonOf(lesson);
  if (entry === undefined) throw new Error(`lesson ${lesson} is not reached through the gateway`);
  return entry;
}

function targetAt(
  { host }: LessonEntry,
  gatewayUrl: string,
  { path, versionOf }: NonNullable<LessonEntry["traffic"]>,
): TrafficTarget {
  return {
    url: gatewayUrl.replace(/\/+$/, "") + path,
    ...(host !== undefined && { headers: { Host: host } }),
    versionOf,
  };
}

function answeredBy({ answer }: LessonEntry): TrafficTarget["versionOf"] {
  return (body) => (body.includes(answer) ? "answered" : undefined);
}
