import { isSeatName } from "../../../base/names";
import { isMap } from "../../../base/values";
import { brief } from "../../config-file";
import { ingressNamespace } from "../../mesh/gateway";
import { systemNamespace } from "../../mesh/system-namespace";
import { mapsIn, placeOf, specOf, type OwnObject } from "./manifests";
import type { OwnLesson } from "./read";

/** Reports a problem at these keys of the file. */
export type Report = (keys: readonly PropertyKey[], problem: string) => void;

/** Words that mean something else where a lesson is named. */
const TAKEN = ["addons", "istio"];

/** Returns what is wrong with the folder's name, where the lesson cannot be called so. */
export function nameProblem(name: string): string | undefined {
  if (!isSeatName(name) || name.length > 40)
    return `cannot name a lesson: the folder's name has lower-case letters, digits and dashes, 40 at most`;
  return TAKEN.includes(name) ? `${name} cannot name a lesson; give the folder another name` : undefined;
}

/** What Kubernetes and istiod make in every namespace. */
const OF_EVERY_NAMESPACE = ["ServiceAccount default", "ConfigMap kube-root-ca.crt", "ConfigMap istio-ca-root-cert"];

/** Namespaces of the lab and of Kubernetes. */
function isTaken(namespace: string): boolean {
  return [systemNamespace, ingressNamespace, "default"].includes(namespace) || /^(kube|istio)-/.test(namespace);
}

/** Reports what does not fit together in lesson.yaml and the manifests. */
export function lessonProblems({ name, namespace, file, objects, pods }: OwnLesson, report: Report): void {
  if (isTaken(namespace))
    report(
      ["namespace"],
      `namespace: ${brief(namespace)} belongs to the lab or to Kubernetes; give the lesson its own`,
    );
  for (const own of objects) {
    if (OF_EVERY_NAMESPACE.includes(keyOf(own)))
      report([], `${keyOf(own)} is in every namespace already; take it out of ${placeOf(own.source)}`);
    const made = labObjects({ file, name }).find((made) => made === keyOf(own));
    if (made !== undefined)
      report(
        made.startsWith("PeerAuthentication") ? [] : ["entry"],
        `the lab makes ${made} itself; take it out of ${placeOf(own.source)}`,
      );
  }
  const services = new Map(objects.filter(({ kind }) => kind === "v1 Service").map((own) => [own.name, own]));
  const known = [...services.keys()].join(", ") || "none";
  const { entry } = file;
  if (entry !== undefined) {
    const service = services.get(entry.service);
    if (service === undefined)
      report(
        ["entry", "service"],
        `entry.service: ${brief(entry.service)} is not a Service of the manifests; they have: ${known}`,
      );
    else if (entry.port !== undefined && !portsOf(service).some(({ port }) => port === entry.port))
      report(
        ["entry", "port"],
        `entry.port: ${entry.port} is not a port of Service ${entry.service}; it has: ${
          portsOf(service)
            .map(({ port }) => port)
            .join(", ") || "none"
        }`,
      );
    if (entry.host === undefined && !isBelow(entry.path, `/${name}`))
      report(
        ["entry", "path"],
        `entry.path: ${brief(entry.path)} could be another lesson's; valid is /${name} or below it, or any path with entry.host`,
      );
    if (entry.version !== undefined) {
      const problem = groupProblem(entry.version);
      if (problem !== undefined) report(["entry", "version"], `entry.version: ${brief(entry.version)} ${problem}`);
    }
  }
  for (const [service, versions] of Object.entries(file.versions)) {
    const keys = ["versions", service];
    const own = services.get(service);
    if (own === undefined) {
      report(keys, `versions.${service}: is not a Service of the manifests; they have: ${known}`);
      continue;
    }
    if (portsOf(own).length === 0)
      report(keys, `versions.${service}: the Service has no port (${placeOf(own.source)})`);
    const selector = specOf(own.object).selector;
    if (!isMap(selector) || selector.app !== service || Object.keys(selector).length !== 1)
      report(
        keys,
        `versions.${service}: the Service has to select app: ${service} and nothing else, so that it has all versions (${placeOf(own.source, ["spec", "selector"])})`,
      );
    versions.forEach((version, index) => {
      if (versions.indexOf(version) < index) report([...keys, index], `versions.${service}: ${version} is named twice`);
      else if (!pods.some((one) => one.app === service && one.version === version))
        report(
          [...keys, index],
          `versions.${service}: no pods of the manifests have the labels app: ${service} and version: ${version}`,
        );
    });
  }
  file.calls.forEach(({ from, to }, index) => {
    const apps = [...new Set(pods.map(({ app }) => app))];
    if (!apps.includes(from))
      report(
        ["calls", index, "from"],
        `calls[${index}].from: ${brief(from)} is not an app of the manifests; they have: ${apps.join(", ") || "none"}`,
      );
    if (!services.has(to))
      report(
        ["calls", index, "to"],
        `calls[${index}].to: ${brief(to)} is not a Service of the manifests; they have: ${known}`,
      );
  });
}

/** `VirtualService payments` */
export function keyOf({ kind, name }: Pick<OwnObject, "kind" | "name">): string {
  return `${kind.split(" ")[1]} ${name}`;
}

/** What the lab makes in the lesson's namespace by lesson.yaml, in either API of routes. */
export function labObjects({ file: { entry, versions }, name }: Pick<OwnLesson, "file" | "name">): string[] {
  const routed = [...new Set([...Object.keys(versions), ...(entry === undefined ? [] : [entry.service])])];
  return [
    "PeerAuthentication default",
    ...(entry === undefined ? [] : [`Gateway ${gatewayOf(name)}`]),
    ...routed.flatMap((service) => [`VirtualService ${service}`, `HTTPRoute ${service}`]),
    ...Object.entries(versions).flatMap(([service, all]) => [
      `DestinationRule ${service}`,
      ...all.map((version) => `Service ${service}-${version}`),
    ]),
  ];
}

/** Name of the Istio Gateway of a lesson's entry. */
export function gatewayOf(lesson: string): string {
  return `${lesson}-gateway`;
}

/** A port of a Service. */
export interface Port {
  readonly port: number;
  readonly targetPort: number | string;
}

/** Returns the ports of a Service, in its order. */
export function portsOf({ object }: Pick<OwnObject, "object">): Port[] {
  return mapsIn(specOf(object).ports).flatMap(({ port, targetPort }) =>
    typeof port === "number"
      ? [{ port, targetPort: typeof targetPort === "number" || typeof targetPort === "string" ? targetPort : port }]
      : [],
  );
}

function isBelow(path: string, parent: string): boolean {
  const [own] = path.split("?");
  return own === parent || own!.startsWith(`${parent}/`);
}

function groupProblem(text: string): string | undefined {
  try {
    const groups = new RegExp(`${text}|`).exec("")!.length - 1;
    return groups === 1 ? undefined : `has ${groups} groups; valid is one, such as "version (v\\\\d+)"`;
  } catch {
    return "is not a regular expression";
  }
}
