import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { readIfThere } from "../../../base/files";
import { makeLab } from "../../../base/lab";
import { labRoot } from "../../../base/paths";
import { kubeconfigText, singleContext, type KubeconfigFile } from "../../../kube";

/** The kubeconfig that minikube keeps for a profile of ours, so that the user's own and its current context stay as they are. */
export function kubeconfigOf(profile: string): string {
  return path.join(labRoot(), "minikube", profile, "kubeconfig");
}

/** Makes its folder, which nobody else may read. */
export function prepare(file: string): void {
  makeLab();
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
}

/** Notes beside the kubeconfig that a start for this generation has begun, until it is `finished`: what a killed one leaves is nobody's, and may go. */
export function begun(file: string, generation: string): void {
  fs.writeFileSync(note(file), generation);
}

export function finished(file: string): void {
  fs.rmSync(note(file), { force: true });
}

/** The generation of the last start that never came to its end. */
export function unfinished(file: string): string | undefined {
  return readIfThere(note(file));
}

const note = (file: string) => path.join(path.dirname(file), "unfinished");

/** Removes the file with its folder. */
export function remove(file: string): void {
  fs.rmSync(path.dirname(file), { recursive: true, force: true });
}

/**
 * The entry of `profile` alone, without minikube's notes of when it wrote them: the text changes when the endpoint or the credentials do, and never else.
 * Undefined when the file or the entry is missing, or names files in place of the credentials.
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
