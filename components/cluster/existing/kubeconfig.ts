import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse, stringify } from "yaml";
import { isMap } from "../../../base/values";
import type { ExistingSettings } from "./settings";

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

type Bag = Record<string, unknown>;
/** A list of a kubeconfig, with the folder its relative paths start from. */
interface Named {
  name: string;
  entry: Bag;
  folder: string;
}

/**
 * The context that the config means. A change elsewhere in the user's kubeconfig is then no change of the stack, and the state holds enough to take the
 * seat down again.
 * @throws {pulumi.RunError} naming the key, where there is no such file or context.
 */
export function chooseContext(settings: Pick<ExistingSettings, "kubeconfig" | "context">, from: Surroundings = { env: process.env, home: os.homedir() }): ChosenContext {
  const { files, source } = filesOf(settings.kubeconfig, from);
  const named = (list: "contexts" | "clusters" | "users", key: "context" | "cluster" | "user") => files.flatMap(({ content, folder }) => entries(content[list], key, folder));
  const contexts = named("contexts", "context");
  const there = contexts.length > 0 ? `there are ${[...new Set(contexts.map(({ name }) => name))].join(", ")}` : "there is none";
  const current = files.map(({ content }) => content["current-context"]).find((name) => typeof name === "string" && name !== "");
  const name = settings.context ?? current;
  if (name === undefined) throw refusal("context", `is not set, and ${source} has no current context; ${there}`);
  const context = contexts.find((candidate) => candidate.name === name);
  if (context === undefined) throw refusal("context", `${source} has no context ${JSON.stringify(name)}; ${there}`);
  // As kubectl does: of several of one name the first counts.
  const part = (what: "cluster" | "user", all: Named[]): Named => {
    const found = all.find((candidate) => candidate.name === context.entry[what]);
    if (found === undefined) throw refusal("context", `context ${name} of ${source} names the ${what} ${JSON.stringify(context.entry[what])}, which is not there`);
    return found;
  };
  const cluster = part("cluster", named("clusters", "cluster"));
  const user = part("user", named("users", "user"));
  return { context: context.name, server: String(cluster.entry.server), source, text: alone(context, selfContained(cluster), selfContained(user)) };
}

function refusal(key: string, text: string): pulumi.RunError {
  return new pulumi.RunError(`istio-lab:existing.${key}: ${text}`);
}

function filesOf(given: string | undefined, { env, home }: Surroundings): { files: { content: Bag; folder: string }[]; source: string } {
  if (given !== undefined && /[\n{]/.test(given)) {
    return { files: [{ content: read(given, "the given text"), folder: process.cwd() }], source: "the kubeconfig of the config" };
  }
  const own = path.join(home, ".kube", "config");
  const paths = given !== undefined ? [given.replace(/^~(?=\/)/, home)] : (env.KUBECONFIG ?? "").split(path.delimiter).filter(Boolean);
  const tried = paths.length > 0 ? paths : [own];
  const there = tried.filter((file) => fs.existsSync(file));
  if (there.length === 0) {
    throw refusal("kubeconfig", given !== undefined ? `there is no file ${shownPath(given, tried[0]!)}` : `is not set, and there is no ${tried.join(", ")}${paths.length > 0 ? " ($KUBECONFIG)" : ""}`);
  }
  return { files: there.map((file) => ({ content: read(fs.readFileSync(file, "utf8"), file), folder: path.dirname(path.resolve(file)) })), source: there.join(", ") };
}

/** A token, or a kubeconfig in base64, that stands where a path does is not repeated. */
function shownPath(given: string, file: string): string {
  return given.length <= 255 && !/^eyJ|[A-Za-z0-9+_-]{40}|\s{2}|:\s/.test(given) ? file : `of that name (a text of ${given.length} characters, not shown); valid is the path of a kubeconfig file, or the file's text`;
}

function read(text: string, source: string): Bag {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    // The parser's own message would show a line of it.
  }
  if (!isMap(content)) throw refusal("kubeconfig", `${source} is no kubeconfig`);
  return content;
}

function entries(list: unknown, key: string, folder: string): Named[] {
  const all = Array.isArray(list) ? (list as unknown[]).filter(isMap) : [];
  return all.flatMap((item) => (typeof item.name === "string" && isMap(item[key]) ? [{ name: item.name, entry: item[key] as Bag, folder }] : []));
}

/** Keys and certificates in files become part of the text; paths of what is read anew each time become absolute. */
function selfContained({ name, entry, folder }: Named): Named {
  const whole: Bag = { ...entry };
  for (const key of ["certificate-authority", "client-certificate", "client-key"]) {
    const file = whole[key];
    if (typeof file !== "string" || file === "") continue;
    const at = path.resolve(folder, file);
    if (!fs.existsSync(at)) throw refusal("kubeconfig", `${key} of ${name} is in ${at}, which is not there`);
    whole[`${key}-data`] ??= fs.readFileSync(at).toString("base64");
    delete whole[key];
  }
  if (typeof whole.tokenFile === "string") whole.tokenFile = path.resolve(folder, whole.tokenFile);
  return { name, entry: whole, folder };
}

function alone(context: Named, cluster: Named, user: Named): string {
  const list = ({ name, entry }: Named, key: string) => [{ name, [key]: entry }];
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context.name,
    contexts: list(context, "context"),
    clusters: list(cluster, "cluster"),
    users: list(user, "user"),
  });
}
