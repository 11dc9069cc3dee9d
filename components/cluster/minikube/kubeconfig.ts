import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { readIfThere } from "../../../base/files";
import { makeLab } from "../../../base/lab";
import { labRoot } from "../../../base/paths";
import { kubeconfigText, singleContext, type KubeconfigFile } from "../../../kube";

/**
 * Returns the path of the kubeconfig that minikube keeps for one of our profiles. The user's own kubeconfig and its
 * current context stay untouched.
 */
export function kubeconfigOf(profile: string): string {
  return path.join(labRoot(), "minikube", profile, "kubeconfig");
}

/** Creates the file's folder, readable by its owner only. */
export function prepare(file: string): void {
  makeLab();
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
}

/**
 * Notes beside the kubeconfig that a start for this generation has begun. `finished` removes the note. What a killed
 * start leaves can therefore be recognised and deleted.
 */
export function begun(file: string, generation: string): void {
  fs.writeFileSync(note(file), generation);
}

export function finished(file: string): void {
  fs.rmSync(note(file), { force: true });
}

/** Returns the generation of the last start that did not finish. */
export function unfinished(file: string): string | undefined {
  return readIfThere(note(file));
}

const note = (file: string) => path.join(path.dirname(file), "unfinished");

/** A network that a profile of this stack had. */
export interface NotedNetwork {
  readonly driver: string;
  readonly id: string;
}

/** Notes the network beside the kubeconfig. `remove` removes the note. */
export function noteNetwork(file: string, network: NotedNetwork): void {
  prepare(file);
  fs.writeFileSync(networkNote(file), JSON.stringify(network));
}

/** Undefined where there is no note, or a kill left half of one. */
export function notedNetwork(file: string): NotedNetwork | undefined {
  try {
    return JSON.parse(readIfThere(networkNote(file)) ?? "") as NotedNetwork;
  } catch {
    return undefined;
  }
}

const networkNote = (file: string) => path.join(path.dirname(file), "network");

/** Removes the kubeconfig's folder and everything in it. */
export function remove(file: string): void {
  fs.rmSync(path.dirname(file), { recursive: true, force: true });
}

/**
 * Returns only the entry of `profile`, without minikube's timestamps. The text changes only when the endpoint or the
 * credentials change. Undefined where the file or the entry is missing, or where the entry refers to credential
 * files.
 */
export function entryOf(profile: string, file: string): string | undefined {
  const config = parse(readIfThere(file) ?? "") as KubeconfigFile | null;
  const cluster = config?.clusters?.find(({ name }) => name === profile)?.cluster;
  const user = config?.users?.find(({ name }) => name === profile)?.user;
  if (
    !cluster?.server ||
    !cluster["certificate-authority-data"] ||
    !user?.["client-certificate-data"] ||
    !user["client-key-data"]
  )
    return undefined;
  const { server, "certificate-authority-data": authority } = cluster;
  const credentials = {
    "client-certificate-data": user["client-certificate-data"],
    "client-key-data": user["client-key-data"],
  };
  return kubeconfigText(singleContext(profile, { server, "certificate-authority-data": authority }, credentials));
}
