import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { isMap } from "../base/values";

type Bag = Record<string, unknown>;

/** A kubeconfig as a file has it: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export interface KubeconfigFile {
  readonly clusters?: readonly { readonly name: string; readonly cluster?: Bag }[];
  readonly users?: readonly { readonly name: string; readonly user?: Bag }[];
  readonly contexts?: readonly { readonly name: string; readonly context?: Bag }[];
  readonly "current-context"?: string;
}

/**
 * Writes a kubeconfig. The keys keep their order, because a state holds the text: another order would change every seat that there is.
 * @param lineWidth longer lines are folded. @default none is
 */
export function kubeconfigText(file: KubeconfigFile, lineWidth = 0): string {
  return stringify({ apiVersion: "v1", kind: "Config", ...file }, { lineWidth });
}

/** A kubeconfig with one context of that name, for one cluster and one user. */
export function singleContext(name: string, cluster: Bag, user: Bag, userName = name): KubeconfigFile {
  return {
    clusters: [{ name, cluster }],
    users: [{ name: userName, user }],
    contexts: [{ name, context: { cluster: name, user: userName } }],
    "current-context": name,
  };
}

/** PEM texts as the fields of a user: a certificate and its key. */
export function certificateUser({ certificate, key }: { readonly certificate: string; readonly key: string }): Bag {
  return { "client-certificate-data": base64(certificate), "client-key-data": base64(key) };
}

/** A server and the PEM text of its authority as the fields of a cluster. */
export function clusterAt(server: string, authority: string): Bag {
  return { server, "certificate-authority-data": base64(authority) };
}

/** The parts of the current context; undefined where one of them is missing. */
export function currentContext({
  clusters = [],
  users = [],
  contexts = [],
  "current-context": current,
}: KubeconfigFile): { context: Bag; cluster: Bag; user: Bag } | undefined {
  const context = contexts.find(({ name }) => name === current)?.context;
  const cluster = clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = users.find(({ name }) => name === context?.user)?.user;
  return context && cluster && user ? { context, cluster, user } : undefined;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** The one context of a kubeconfig that is used, with all that it needs. */
export interface ChosenContext {
  readonly context: string;
  /** Address of the API server. */
  readonly server: string;
  /** Where it was found, as a message names it. */
  readonly source: string;
  /** A kubeconfig that holds this context alone, with the text of the files it names in their place. Secret. */
  readonly text: string;
}

/** Where kubeconfigs are looked for. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** A list of a kubeconfig, with the folder its relative paths start from. */
interface Named {
  name: string;
  entry: Bag;
  folder: string;
}

/** Which kubeconfig, and which of its contexts. */
export interface Wanted {
  /** The path of a file, or its text. @default $KUBECONFIG, else ~/.kube/config */
  readonly kubeconfig?: string;
  /** @default the current one */
  readonly context?: string;
}

/** What is wanted is not there. */
export class KubeconfigError extends Error {
  constructor(
    readonly about: keyof Wanted,
    message: string,
  ) {
    super(message);
  }
}

/** Finds a context, as kubectl does. @throws {KubeconfigError} where there is no such file or context */
export function contextIn(
  wanted: Wanted,
  from: Surroundings = { env: process.env, home: os.homedir() },
): ChosenContext {
  const { files, source } = filesOf(wanted.kubeconfig, from);
  const named = (list: "contexts" | "clusters" | "users", key: "context" | "cluster" | "user") =>
    files.flatMap(({ content, folder }) => entries(content[list], key, folder));
  const contexts = named("contexts", "context");
  const there =
    contexts.length > 0 ? `there are ${[...new Set(contexts.map(({ name }) => name))].join(", ")}` : "there is none";
  const current = files
    .map(({ content }) => content["current-context"])
    .find((name) => typeof name === "string" && name !== "");
  const name = wanted.context ?? current;
  if (name === undefined)
    throw new KubeconfigError("context", `is not set, and ${source} has no current context; ${there}`);
  const context = contexts.find((candidate) => candidate.name === name);
  if (context === undefined)
    throw new KubeconfigError("context", `${source} has no context ${JSON.stringify(name)}; ${there}`);
  // As kubectl does: of several of one name the first counts.
  const part = (what: "cluster" | "user", all: Named[]): Named => {
    const found = all.find((candidate) => candidate.name === context.entry[what]);
    if (found === undefined)
      throw new KubeconfigError(
        "context",
        `context ${String(name)} of ${source} names the ${what} ${JSON.stringify(context.entry[what])}, which is not there`,
      );
    return found;
  };
  const cluster = part("cluster", named("clusters", "cluster"));
  const user = part("user", named("users", "user"));
  return {
    context: context.name,
    server: String(cluster.entry.server),
    source,
    text: alone(context, selfContained(cluster), selfContained(user)),
  };
}

function filesOf(
  given: string | undefined,
  { env, home }: Surroundings,
): { files: { content: Bag; folder: string }[]; source: string } {
  if (given !== undefined && /[\n{]/.test(given)) {
    return {
      files: [{ content: read(given, "the given text"), folder: process.cwd() }],
      source: "the kubeconfig of the config",
    };
  }
  const own = path.join(home, ".kube", "config");
  const paths =
    given !== undefined
      ? [given.replace(/^~(?=\/)/, home)]
      : (env.KUBECONFIG ?? "").split(path.delimiter).filter(Boolean);
  const tried = paths.length > 0 ? paths : [own];
  const there = tried.filter((file) => fs.existsSync(file));
  if (there.length === 0) {
    throw new KubeconfigError(
      "kubeconfig",
      given !== undefined
        ? `there is no file ${shownPath(given, tried[0]!)}`
        : `is not set, and there is no ${tried.join(", ")}${paths.length > 0 ? " ($KUBECONFIG)" : ""}`,
    );
  }
  return {
    files: there.map((file) => ({
      content: read(fs.readFileSync(file, "utf8"), file),
      folder: path.dirname(path.resolve(file)),
    })),
    source: there.join(", "),
  };
}

/** A token, or a kubeconfig in base64, that stands where a path does is not repeated. */
function shownPath(given: string, file: string): string {
  return given.length <= 255 && !/^eyJ|[A-Za-z0-9+_-]{40}|\s{2}|:\s/.test(given)
    ? file
    : `of that name (a text of ${given.length} characters, not shown); valid is the path of a kubeconfig file, or the file's text`;
}

function read(text: string, source: string): Bag {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    // The parser's own message would show a line of it.
  }
  if (!isMap(content)) throw new KubeconfigError("kubeconfig", `${source} is no kubeconfig`);
  return content;
}

function entries(list: unknown, key: string, folder: string): Named[] {
  const all = Array.isArray(list) ? (list as unknown[]).filter(isMap) : [];
  return all.flatMap((item) =>
    typeof item.name === "string" && isMap(item[key]) ? [{ name: item.name, entry: item[key], folder }] : [],
  );
}

/** Keys and certificates in files become part of the text; paths of what is read anew each time become absolute. */
function selfContained({ name, entry, folder }: Named): Named {
  const whole: Bag = { ...entry };
  for (const key of ["certificate-authority", "client-certificate", "client-key"]) {
    const file = whole[key];
    if (typeof file !== "string" || file === "") continue;
    const at = path.resolve(folder, file);
    if (!fs.existsSync(at))
      throw new KubeconfigError("kubeconfig", `${key} of ${name} is in ${at}, which is not there`);
    whole[`${key}-data`] ??= fs.readFileSync(at).toString("base64");
    delete whole[key];
  }
  if (typeof whole.tokenFile === "string") whole.tokenFile = path.resolve(folder, whole.tokenFile);
  return { name, entry: whole, folder };
}

/** `text` in the order and with the folded lines that states of older seats hold. */
function alone(context: Named, cluster: Named, user: Named): string {
  const list = ({ name, entry }: Named, key: string) => [{ name, [key]: entry }];
  return kubeconfigText(
    {
      "current-context": context.name,
      contexts: list(context, "context"),
      clusters: list(cluster, "cluster"),
      users: list(user, "user"),
    },
    80,
  );
}
