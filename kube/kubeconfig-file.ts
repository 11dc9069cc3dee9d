import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { isMap } from "../base/values";

type Bag = Record<string, unknown>;

/** The content of a kubeconfig file: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export interface KubeconfigFile {
  readonly clusters?: readonly { readonly name: string; readonly cluster?: Bag }[];
  readonly users?: readonly { readonly name: string; readonly user?: Bag }[];
  readonly contexts?: readonly { readonly name: string; readonly context?: Bag }[];
  readonly "current-context"?: string;
}

/**
 * Writes a kubeconfig. The keys keep their order because a state holds the text: another order would change every
 * existing seat.
 * @param lineWidth folds longer lines. @default 0, which folds none
 */
export function kubeconfigText(file: KubeconfigFile, lineWidth = 0): string {
  return stringify({ apiVersion: "v1", kind: "Config", ...file }, { lineWidth });
}

/** Returns a kubeconfig with one context of that name, for one cluster and one user. */
export function singleContext(name: string, cluster: Bag, user: Bag, userName = name): KubeconfigFile {
  return {
    clusters: [{ name, cluster }],
    users: [{ name: userName, user }],
    contexts: [{ name, context: { cluster: name, user: userName } }],
    "current-context": name,
  };
}

/** Turns a PEM certificate and its key into the fields of a user. */
export function certificateUser({ certificate, key }: { readonly certificate: string; readonly key: string }): Bag {
  return { "client-certificate-data": base64(certificate), "client-key-data": base64(key) };
}

/** Turns a server and its authority's PEM text into the fields of a cluster. */
export function clusterAt(server: string, authority: string): Bag {
  return { server, "certificate-authority-data": base64(authority) };
}

/** Returns the parts of the current context; undefined where one is missing. */
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

/** The context of a kubeconfig that is used, with everything that it needs. */
export interface ChosenContext {
  readonly context: string;
  /** The API server's address. */
  readonly server: string;
  /** Where it was found, as messages name it. */
  readonly source: string;
  /** A kubeconfig with only this context; the files that it names are embedded as text. Secret. */
  readonly text: string;
}

/** Where kubeconfigs are searched. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** An entry in a kubeconfig's list, and the folder that its relative paths start from. */
interface Named {
  name: string;
  entry: Bag;
  folder: string;
}

/** Selects a kubeconfig and one of its contexts. */
export interface Wanted {
  /** A file's path, or its text. @default $KUBECONFIG, else ~/.kube/config */
  readonly kubeconfig?: string;
  /** @default the current context */
  readonly context?: string;
}

/** The wanted kubeconfig or context does not exist. */
export class KubeconfigError extends Error {
  constructor(
    readonly about: keyof Wanted,
    message: string,
  ) {
    super(message);
  }
}

/** Finds a context as kubectl does. @throws {KubeconfigError} where the file or context does not exist */
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
  // The first entry of a name counts, as in kubectl.
  const part = (what: "cluster" | "user", all: Named[]): Named => {
    const found = all.find((candidate) => candidate.name === context.entry[what]);
    if (found === undefined)
      throw new KubeconfigError(
        "context",
        `context ${String(name)} of ${source} names the ${what} ${JSON.stringify(context.entry[what])}, which does not exist`,
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

/**
 * Returns the path for a message. The text is not shown where a token or a base64 kubeconfig was given instead of a
 * path.
 */
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
    // The parser's own message would show part of the kubeconfig.
  }
  if (!isMap(content)) throw new KubeconfigError("kubeconfig", `${source} is not a kubeconfig`);
  return content;
}

function entries(list: unknown, key: string, folder: string): Named[] {
  const all = Array.isArray(list) ? (list as unknown[]).filter(isMap) : [];
  return all.flatMap((item) =>
    typeof item.name === "string" && isMap(item[key]) ? [{ name: item.name, entry: item[key], folder }] : [],
  );
}

/**
 * Embeds the files of keys and certificates into the text. Paths of files that are read again each time become
 * absolute, and so does the path of a program that gives credentials. A program without a slash is found by PATH, as
 * kubectl finds it: GetAuthInfoFileReferences in k8s.io/client-go/tools/clientcmd.
 */
function selfContained({ name, entry, folder }: Named): Named {
  const whole: Bag = { ...entry };
  for (const key of ["certificate-authority", "client-certificate", "client-key"]) {
    const file = whole[key];
    if (typeof file !== "string" || file === "") continue;
    const at = path.resolve(folder, file);
    if (!fs.existsSync(at))
      throw new KubeconfigError("kubeconfig", `${key} of ${name} is in ${at}, which does not exist`);
    whole[`${key}-data`] ??= fs.readFileSync(at).toString("base64");
    delete whole[key];
  }
  if (typeof whole.tokenFile === "string" && whole.tokenFile !== "")
    whole.tokenFile = path.resolve(folder, whole.tokenFile);
  if (isMap(whole.exec) && typeof whole.exec.command === "string" && whole.exec.command.includes("/"))
    whole.exec = { ...whole.exec, command: path.resolve(folder, whole.exec.command) };
  return { name, entry: whole, folder };
}

/** Writes the kubeconfig in the key order and line width that the states of older seats hold. */
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
