import * as path from "node:path";
import { stringify } from "yaml";
import { quote } from "../../base/quote";
import type { ScriptObject, ScriptParts, ScriptRelease } from "./parts";

const HEAD = ["#!/usr/bin/env bash", "set -euo pipefail", 'cd "$(dirname "$0")"'];

/** The ConfigMaps that istiod puts into every namespace, and leaves there. */
const LEFT_BY_ISTIOD = ["istio-ca-root-cert", "istio-ca-crl"];

/**
 * Returns the files of the script, by name. `make.sh` makes what the stack makes, and `remove.sh` takes it away. Both
 * do what a person would write: side by side what may be side by side, and one wait at the end.
 * @param root the folder from which the charts' paths count
 */
export function scriptFiles(parts: ScriptParts, root: string): Record<string, string> {
  const groups = byNamespace(parts.objects);
  const releases = [...parts.releasesInTurn, ...parts.releasesBeside];
  return {
    "namespaces.yaml": documents([...parts.namespaces, ...parts.labelled]),
    "deployments.yaml": documents(parts.objects.filter(({ kind }) => kind === "Deployment")),
    ...Object.fromEntries(groups.map(({ file, objects }) => [file, documents(objects)])),
    ...Object.fromEntries(releases.map((release) => [valuesFile(release), stringify(release.values)])),
    "make.sh": makeScript(parts, groups, root),
    "remove.sh": removeScript(parts, groups),
  };
}

interface Group {
  readonly file: string;
  readonly objects: readonly ScriptObject[];
}

/** One file for each namespace, and one for what is in none. */
function byNamespace(objects: readonly ScriptObject[]): Group[] {
  const names = [...new Set(objects.map(({ metadata }) => metadata.namespace))];
  return names.map((namespace) => ({
    file: namespace === undefined ? "cluster.yaml" : `in-${namespace}.yaml`,
    objects: objects.filter(({ metadata }) => metadata.namespace === namespace),
  }));
}

function makeScript(parts: ScriptParts, groups: readonly Group[], root: string): string {
  const beside = [
    ...parts.releasesBeside.map((release) => install(release, root)),
    ...groups.map(({ file }) => `kubectl apply -f ${file}`),
  ];
  const deployments = parts.objects.some(({ kind }) => kind === "Deployment");
  return lines([
    ...HEAD,
    "kubectl apply -f namespaces.yaml",
    ...parts.releasesInTurn.map((release) => install(release, root)),
    "pids=()",
    ...beside.map((command) => `${command} & pids+=($!)`),
    'for pid in "${pids[@]}"; do wait "$pid"; done',
    ...(deployments ? ["kubectl wait --for=condition=Available --timeout=300s -f deployments.yaml"] : []),
  ]);
}

/** Helm leaves the CRDs of a chart, and istiod leaves ConfigMaps in each namespace. */
function removeScript(
  { namespaces, labelled, releasesInTurn, releasesBeside }: ScriptParts,
  groups: readonly Group[],
): string {
  const uninstall = ({ name, namespace }: ScriptRelease) =>
    `helm uninstall ${quote(name)} --namespace ${quote(namespace)}`;
  return lines([
    ...HEAD,
    `kubectl delete --ignore-not-found ${groups.map(({ file }) => `-f ${file}`).join(" ")}`,
    ...[...releasesBeside].map(uninstall),
    ...[...releasesInTurn].reverse().map(uninstall),
    `kubectl delete namespaces ${namespaces.map(({ metadata }) => quote(metadata.name)).join(" ")}`,
    ...labelled.map(
      ({ metadata: { name, labels = {} } }) =>
        `kubectl label namespace ${quote(name)} ${Object.keys(labels)
          .map((label) => `${label}-`)
          .join(" ")}`,
    ),
    "kubectl get customresourcedefinitions -o name | grep '\\.istio\\.io$' | xargs kubectl delete",
    ...LEFT_BY_ISTIOD.map(
      (name) => `kubectl delete configmaps --all-namespaces --field-selector metadata.name=${name}`,
    ),
  ]);
}

function install(
  { name, namespace, chart, version, repository, timeout, ...release }: ScriptRelease,
  root: string,
): string {
  const isFolder = /^[./]/.test(chart);
  return [
    "helm upgrade --install",
    quote(name),
    quote(isFolder ? path.resolve(root, chart) : chart),
    ...(repository === undefined ? [] : ["--repo", quote(repository)]),
    ...(version === undefined || isFolder ? [] : ["--version", quote(version)]),
    `--namespace ${quote(namespace)} --values ${valuesFile({ name, ...release })} --wait --timeout ${timeout}s`,
  ].join(" ");
}

function valuesFile({ name }: Pick<ScriptRelease, "name">): string {
  return `values-${name}.yaml`;
}

function documents(objects: readonly ScriptObject[]): string {
  return objects.map((object) => stringify(object)).join("---\n");
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
