import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";

/** A folder to be a user's home. */
export function newHome(): string {
  return mkdtempSync(path.join(tmpdir(), "istio-lab-kubeconfig-"));
}

/** Writes a kubeconfig with a context for each name, whose cluster is `https://NAME:6443`. */
export function writeKubeconfig(
  file: string,
  names: string[],
  changes: { current?: string; cluster?: object; user?: object; context?: object } = {},
): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const content = {
    apiVersion: "v1",
    kind: "Config",
    ...(changes.current !== undefined && { "current-context": changes.current }),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name, ...changes.context } })),
    clusters: names.map((name) => ({ name, cluster: { server: `https://${name}:6443`, ...changes.cluster } })),
    users: names.map((name) => ({ name, user: { token: `token-of-${name}`, ...changes.user } })),
  };
  writeFileSync(file, stringify(content));
  return file;
}
