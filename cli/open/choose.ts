import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { type AddonName, addonNames, addonOf } from "../../components/addons/catalog";
import type { Api } from "../../kube";
import type { Occupant } from "../check";

/** An addon with pages, and where they are. */
interface Openable {
  readonly name: AddonName;
  /** Its Service in the cluster. */
  readonly service: string;
  readonly port: number;
  /** The local port, if it is free. */
  readonly localPort: number;
  readonly path: string;
}

/**
 * Returns the addons to open: the named one, or all installed ones.
 * @throws {UserError} where the addon does not exist or is not installed; the message says how to add it
 */
export function choose(named: string | undefined, installed: readonly AddonName[], stack: string): Openable[] {
  const all = addonNames.flatMap(openable);
  const there = all.filter(({ name }) => installed.includes(name));
  const up = `then \`${onStack(stack, "npm run up")}\``;
  if (named === undefined) {
    if (there.length > 0) return there;
    throw new UserError(
      `Stack ${stack} has no addon with pages. Name some in istio-lab:addons (${all.map(({ name }) => name).join(", ")}), ${up}.`,
    );
  }
  const chosen = all.find(({ name }) => name === named);
  if (!chosen)
    throw new UserError(
      `open ${named}: no addon with pages has that name; valid: ${all.map(({ name }) => name).join(", ")}.`,
    );
  if (there.includes(chosen)) return [chosen];
  throw new UserError(
    `${titleOf(chosen.name)} is not installed on the seat of stack ${stack}. Add ${named} to istio-lab:addons, ${up}.`,
  );
}

function openable(name: AddonName): Openable[] {
  const { service, port, path, localPort } = addonOf(name);
  return localPort === undefined ? [] : [{ name, service, port, localPort, path }];
}

export function titleOf(name: AddonName): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

/** An addon that is forwarded to a local port. */
export interface Opened extends Openable {
  /** The local port in use, which may differ from the wanted one. */
  readonly at: number;
  /** What answers on that port. @default real */
  readonly occupant?: Occupant;
  /** The path of the page that is opened. @default the addon's start page */
  readonly page?: string;
}

export function urlOf({ at, path, page = path || "/" }: Pick<Opened, "at" | "path" | "page">): string {
  return `http://localhost:${at}${page}`;
}

/**
 * Returns the page to open. For Kiali it is the graph of the seat's lessons, which tells more than its start page.
 * There is none where no lesson has pods.
 */
export function pageOf(name: AddonName, lessons: readonly string[]): Pick<Opened, "page"> {
  const page = addonOf(name).page?.(lessons);
  return page === undefined ? {} : { page };
}

/** Returns a line for each addon, with notes below it. */
export function openedLines(opened: readonly Opened[], token: string | undefined): string[] {
  const width = Math.max(...opened.map(({ name }) => titleOf(name).length));
  return [
    ...opened.flatMap((one) => [
      `  ${titleOf(one.name).padEnd(width)}  ${urlOf(one)}${one.at === one.localPort ? "" : `  (port ${one.localPort} is taken; links from other addons lead to that port)`}`,
      ...occupantLines(one).map((line) => `  ${"".padEnd(width)}  ${line}`),
    ]),
    ...(token === undefined
      ? []
      : ["", "Kiali asks for a token. This is its ServiceAccount's, valid for an hour:", token]),
    "",
    `Ctrl-C ends ${opened.length === 1 ? "it" : "them"}.`,
  ];
}

function occupantLines({ name, occupant = "real" }: Opened): string[] {
  if (occupant === "real") return [];
  if (occupant === "placeholder")
    return [`a placeholder answers: the image of ${titleOf(name)} is not available on this seat`];
  return [`it is unknown whether ${titleOf(name)} itself answers, or a placeholder: ${occupant.unknown.message}`];
}

/** Whether a token is needed: Kiali asks for one only where the config says so. */
export function wantsToken(names: readonly AddonName[], auth: "anonymous" | "token"): boolean {
  return names.includes("kiali") && auth === "token";
}

const HOUR = 3600;

/**
 * Creates a token for Kiali's ServiceAccount, valid for one hour. Kiali logs in whoever presents it.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
export async function kialiToken(api: Pick<Api, "request">, namespace: string): Promise<string> {
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: HOUR } };
  const { status } = await api.request<{ status: { token: string } }>(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts/kiali/token`,
    { body },
  );
  return status.token;
}
