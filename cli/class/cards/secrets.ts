import * as fs from "node:fs";
import { parse, stringify } from "yaml";
import { writeWhole } from "../../../base/files";
import { quote } from "../../../embedded/node/scripts";
import { UserError } from "../../../base/errors";

/** A kubeconfig, as far as it is taken apart. */
interface KubeConfigFile {
  clusters?: { name: string; cluster: unknown }[];
  users?: { name: string; user: unknown }[];
  contexts?: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
  "current-context"?: string;
}

/** Refuses a file for secrets that others can read already, or that is none: before anything is made. @throws UserError */
export function requireSecretFile(file: string): void {
  const there = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isFile()) throw new UserError(`--secrets ${file}: is there, and is no plain file. Name another.`);
  const rights = there.mode & 0o777;
  if (rights & 0o077) throw new UserError(`--secrets ${file}: is there with mode ${rights.toString(8).padStart(4, "0")}: others may read it. \`chmod 600 ${quote(file)}\` first, or name another file.`);
}

/** One kubeconfig for the class, a context a seat named after it. `texts`: seat → the text of its own kubeconfig. */
export function mergedKubeconfig(texts: ReadonlyMap<string, string>): string {
  const parts = [...texts].map(([seat, text]) => partsOf(seat, parse(text) as KubeConfigFile));
  const merged = {
    apiVersion: "v1",
    kind: "Config",
    clusters: parts.map(({ seat, cluster }) => ({ name: seat, cluster })),
    users: parts.map(({ seat, user }) => ({ name: seat, user })),
    contexts: parts.map(({ seat, namespace }) => ({ name: seat, context: { cluster: seat, user: seat, ...(namespace !== undefined && { namespace }) } })),
    // None is the current one: a command without --context must not reach the first trainee's seat by chance.
    "current-context": "",
  };
  return `# Secret: whoever has this file administers every seat in it, and can become root of the machines they are on.\n${stringify(merged, { lineWidth: 0 })}`;
}

function partsOf(seat: string, { clusters = [], users = [], contexts = [], "current-context": current }: KubeConfigFile) {
  const context = contexts.find(({ name }) => name === current)?.context;
  const cluster = clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = users.find(({ name }) => name === context?.user)?.user;
  if (!context || !cluster || !user) throw new UserError(`The kubeconfig of seat ${seat} has no current context with a cluster and a user.`);
  return { seat, cluster, user, namespace: context.namespace };
}

/** Writes a secret, whole or not at all, for this user alone from its first byte on. */
export function writeSecret(file: string, text: string): void {
  requireSecretFile(file);
  writeWhole(file, text, 0o600);
}
