import { execa } from "execa";
import { Interrupted, UserError } from "../../base/errors";
import { singleRun } from "../../base/single-run";
import type { AnalysisCheck, CheckSpec } from "../../components/lessons/checks/check";
import { istioctlOf } from "../seat/istioctl";
import type { StackSeat } from "../seat/stack-outputs";
import { beginning } from "./probes/probe";

/** A message of `istioctl analyze`: https://istio.io/latest/docs/reference/config/analysis/. */
export interface AnalysisMessage {
  /** `IST0101` */
  readonly code: string;
  readonly level: string;
  readonly message: string;
  /** Kind, namespace and name of the object: `VirtualService blog/my-blog`. Some messages have none. */
  readonly origin?: string;
  /** The page that explains the code. */
  readonly documentationUrl: string;
}

/** What istioctl said of the whole seat, or why it was not asked. */
export type Analysis = { readonly messages: readonly AnalysisMessage[] } | { readonly notAsked: string };

/** How long the analysis may take. It takes seconds. */
const TIMEOUT_MS = 60_000;

/**
 * Returns the function that analyzes the seat. The checks of all namespaces share one run of istioctl. Builds istioctl
 * first where that is necessary.
 */
export async function analyzerOf(
  specs: readonly CheckSpec[],
  { workspace, stack, kubeconfigFile }: Pick<StackSeat, "workspace" | "stack" | "kubeconfigFile">,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<() => Promise<Analysis>> {
  if (!specs.some(({ kind }) => kind === "analysis"))
    return async () => ({ notAsked: "No check of this run needs it." });
  let program: string;
  try {
    program = await istioctlOf(workspace, stack, say);
  } catch (error) {
    // Without istioctl the other checks say as much as they did.
    if (!(error instanceof UserError) || error instanceof Interrupted) throw error;
    const { message } = error;
    return async () => ({ notAsked: message });
  }
  return singleRun(() => analyze(program, kubeconfigFile, signal));
}

async function analyze(program: string, kubeconfig: string, signal: AbortSignal): Promise<Analysis> {
  const asked = await execa(program, ["analyze", "--all-namespaces", "--output", "json"], {
    env: { KUBECONFIG: kubeconfig },
    stdin: "ignore",
    timeout: TIMEOUT_MS,
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  if (asked.failed)
    throw new Error(`istioctl analyze failed: ${beginning(asked.stderr || (asked.shortMessage ?? ""), 300)}`);
  return { messages: messagesIn(asked.stdout) };
}

/** The messages of `istioctl analyze --output json`. @throws {Error} where the text has another shape */
export function messagesIn(text: string): AnalysisMessage[] {
  const unknown = () => new Error(`istioctl analyze printed something unknown: ${beginning(text)}`);
  let messages: unknown;
  try {
    messages = JSON.parse(text);
  } catch {
    throw unknown();
  }
  if (!Array.isArray(messages) || !messages.every(isMessage)) throw unknown();
  return messages.map(({ code, level, message, origin, documentationUrl }) => ({
    code,
    level,
    message,
    ...(origin !== undefined && { origin }),
    // The query tells istio.io from which program a reader comes.
    documentationUrl: documentationUrl.replace(/\/?\?.*$/, "/"),
  }));
}

function isMessage(value: unknown): value is AnalysisMessage {
  const fields = value as Record<string, unknown> | null;
  return (
    ["code", "level", "message", "documentationUrl"].every((name) => typeof fields?.[name] === "string") &&
    ["string", "undefined"].includes(typeof fields?.origin)
  );
}

/** What an origin names. The object has no namespace where the cluster has one of its kind for all. */
export interface Origin {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** `VirtualService blog/my-blog` → its parts. Undefined where the message is about no single object. */
export function originOf({ origin }: Pick<AnalysisMessage, "origin">): Origin | undefined {
  const [, kind, namespace, name] = /^(\S+) (?:([^\s/]+)\/)?([^\s/]+)$/.exec(origin ?? "") ?? [];
  return kind === undefined || name === undefined
    ? undefined
    : { kind, name, ...(namespace !== undefined && { namespace }) };
}

/** Kinds that anybody may have in a shared namespace. */
const EVERYBODYS = ["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Service", "ServiceAccount"];

/** Whether a message is about an object that the check is responsible for. */
export function concernsCheck(message: AnalysisMessage, { namespaces, apps, cluster }: AnalysisCheck): boolean {
  const origin = originOf(message);
  if (origin === undefined) return cluster !== undefined;
  const { kind, namespace, name } = origin;
  if (namespace === undefined)
    return kind === "Namespace"
      ? namespaces.includes(name)
      : cluster !== undefined && !cluster.except.some((end) => name.endsWith(end));
  if (!namespaces.includes(namespace)) return false;
  return (
    apps === undefined || !EVERYBODYS.includes(kind) || apps.some((app) => name === app || name.startsWith(`${app}-`))
  );
}

/** A message in words: code, object, sentence and link. */
export function messageText({ code, origin, message, documentationUrl }: AnalysisMessage): string {
  return `${code}${origin === undefined ? "" : `, ${origin}`}: ${message.trim().replace(/\.$/, "")} (${documentationUrl})`;
}
