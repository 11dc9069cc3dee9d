import { isMap } from "../../../base/values";
import type { WholeObject } from "../../../kube";
import { brief } from "../../config-file";
import { labelOf, type Refuse, type Source } from "./folder";
import { isOwnKind, kindsNamed, podKinds, type OwnKind } from "./kinds";

/** An object of a lesson's manifests. */
export interface OwnObject {
  readonly kind: OwnKind;
  readonly name: string;
  /** As it is written, with its namespace. */
  readonly object: WholeObject;
  readonly source: Source;
}

/** An app of the manifests: pods with the labels `app` and `version`. */
export interface OwnPods {
  readonly app: string;
  readonly version: string;
  /** Name of the object that runs them. */
  readonly workload: string;
  /** Whether they go on running, unlike those of a Job. */
  readonly isServing: boolean;
  readonly replicas: number;
  readonly containers: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly requests: Readonly<Record<string, string>>;
}

const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Reads the objects, and refuses those that a lesson may not have. */
export function readObjects(sources: readonly Source[], namespace: string, refuse: Refuse): OwnObject[] {
  const objects = sources.flatMap((source) => readObject(source, namespace, refuse) ?? []);
  const seen = new Map<string, OwnObject>();
  for (const one of objects) {
    const key = `${one.kind.split(" ")[1]} ${one.name}`;
    const before = seen.get(key);
    if (before !== undefined)
      refuse(placeOf(one.source, ["metadata", "name"]), `${key} is also in ${placeOf(before.source)}`);
    seen.set(key, one);
  }
  return objects;
}

/** `./lessons/payments/lesson.yaml:7` */
export function placeOf(source: Source, keys: readonly PropertyKey[] = []): string {
  return `${source.file}:${source.lineOf(keys)}`;
}

function readObject(source: Source, namespace: string, refuse: Refuse): OwnObject | undefined {
  const { value } = source;
  const say = (keys: readonly PropertyKey[], problem: string) => void refuse(placeOf(source, keys), problem);
  if (!isMap(value)) return say([], `${brief(value)} is not an object of Kubernetes`);
  const { apiVersion, kind, metadata } = value;
  if (kind === "List")
    return say(["kind"], "kind List is not allowed; write its items one by one, with --- between them");
  const problems: [readonly PropertyKey[], string][] = [];
  const isKnown = typeof apiVersion === "string" && typeof kind === "string" && isOwnKind(`${apiVersion} ${kind}`);
  if (!isKnown) problems.push(kindProblem(apiVersion, kind));
  const { name, namespace: place, generateName } = isMap(metadata) ? metadata : {};
  if (generateName !== undefined)
    problems.push([["metadata", "generateName"], "metadata.generateName is not allowed; give metadata.name"]);
  if (typeof name !== "string" || !NAME.test(name))
    problems.push([
      ["metadata", "name"],
      `metadata.name ${brief(name)} is not a name of lower-case letters, digits and dashes`,
    ]);
  if (place !== undefined && place !== namespace)
    problems.push([
      ["metadata", "namespace"],
      `metadata.namespace ${brief(place)} is not the lesson's; valid: ${namespace}, or leave it out`,
    ]);
  if (value.status !== undefined)
    problems.push([["status"], "it has a status, which only the cluster writes; leave it out"]);
  if (problems.length > 0) return void problems.forEach(([keys, text]) => say(keys, text));
  const object = { ...value, metadata: { ...(metadata as object), namespace } } as unknown as WholeObject;
  const own: OwnObject = {
    kind: `${apiVersion as string} ${kind as string}` as OwnKind,
    name: name as string,
    object,
    source,
  };
  for (const [keys, text] of [
    ...doors(own),
    ...labels(own),
    ...rightsOfTheNode(own),
    ...admission(own, namespace),
    ...reach(own, namespace),
  ])
    say(keys, text);
  return own;
}

function kindProblem(apiVersion: unknown, kind: unknown): [readonly PropertyKey[], string] {
  if (typeof kind !== "string")
    return [["kind"], `kind ${brief(kind)} is not a kind of Kubernetes, such as Deployment`];
  const known = kindsNamed(kind);
  if (known.length > 0) {
    const versions = known.map((one) => one.split(" ")[0]).join(", ");
    return [["apiVersion"], `apiVersion ${brief(apiVersion)} is not valid for ${kind}; valid: ${versions}`];
  }
  return [
    ["kind"],
    `kind ${kind} is not one that a lesson may have: a lesson has objects of its own namespace only. docs/own-lessons.md lists the kinds`,
  ];
}

/** Ways around the gateway. */
function doors({ kind, object }: OwnObject): [readonly PropertyKey[], string][] {
  const spec = specOf(object);
  if (kind !== "v1 Service") return [];
  return [
    ...(spec.type === "NodePort" || spec.type === "LoadBalancer"
      ? [
          [
            ["spec", "type"],
            `spec.type ${spec.type} would open a port of the cluster; requests come through the gateway (\`entry\` of lesson.yaml)`,
          ] as [string[], string],
        ]
      : []),
    ...(spec.externalIPs !== undefined
      ? [[["spec", "externalIPs"], "spec.externalIPs is not allowed in a lesson"] as [string[], string]]
      : []),
  ];
}

/** Subsets, Istio's metrics and the checks know an app by these two labels. */
function labels(own: OwnObject): [readonly PropertyKey[], string][] {
  const at = own.kind.startsWith("batch/") ? undefined : templateAt(own);
  if (at === undefined) return [];
  const path = [...at.keys.slice(0, -1), "metadata", "labels"];
  return ["app", "version"]
    .filter((label) => !at.labels[label])
    .map((label) => [
      path,
      `${labelOf(path)} has no ${label}; Istio and the checks know an app by its labels app and version`,
    ]);
}

/** What would let a pod reach the machine that it runs on. The embedded seat runs on the trainee's own. */
function rightsOfTheNode(own: OwnObject): [readonly PropertyKey[], string][] {
  const at = templateAt(own);
  if (at === undefined) return [];
  const { keys, spec } = at;
  const hosts = ["hostNetwork", "hostPID", "hostIPC"].filter((key) => spec[key] === true);
  const volumes = mapsIn(spec.volumes).flatMap(({ hostPath }, index) =>
    hostPath === undefined ? [] : [[...keys, "volumes", index, "hostPath"]],
  );
  const containers = ["containers", "initContainers"].flatMap((list) =>
    mapsIn(spec[list]).flatMap((container, index) => [
      ...(isMap(container.securityContext) && container.securityContext.privileged === true
        ? [[...keys, list, index, "securityContext", "privileged"]]
        : []),
      ...mapsIn(container.ports).flatMap(({ hostPort }, port) =>
        hostPort === undefined ? [] : [[...keys, list, index, "ports", port, "hostPort"]],
      ),
    ]),
  );
  return [...hosts.map((key) => [...keys, key]), ...volumes, ...containers].map((path) => [
    path,
    `${labelOf(path)} would let the pod reach the machine that it runs on; a lesson may not`,
  ]);
}

/** Gateways that take the routes of every namespace: two lessons with the host `*` would get each other's requests. */
function admission({ kind, object }: OwnObject, namespace: string): [readonly PropertyKey[], string][] {
  if (kind !== "networking.istio.io/v1 Gateway") return [];
  return mapsIn(specOf(object).servers).flatMap(({ hosts }, server) =>
    (Array.isArray(hosts) ? hosts : []).flatMap((host: unknown, index): [readonly PropertyKey[], string][] => {
      const own = typeof host === "string" && (host.startsWith("./") || host.startsWith(`${namespace}/`));
      const wanted = typeof host === "string" ? `./${host.split("/").at(-1)}` : "./*";
      return own
        ? []
        : [
            [
              ["spec", "servers", server, "hosts", index],
              `${brief(host)} takes the routes of other namespaces; valid is "${wanted}"`,
            ],
          ];
    }),
  );
}

/** Routes and rules for hosts of other namespaces, where they would have an effect on others. */
function reach({ kind, object }: OwnObject, namespace: string): [readonly PropertyKey[], string][] {
  const spec = specOf(object);
  const hosts: [readonly PropertyKey[], unknown][] =
    kind === "networking.istio.io/v1 DestinationRule"
      ? [[["spec", "host"], spec.host]]
      : kind === "networking.istio.io/v1 VirtualService" || kind === "networking.istio.io/v1 ServiceEntry"
        ? (Array.isArray(spec.hosts) ? spec.hosts : []).map((host, index) => [["spec", "hosts", index], host])
        : [];
  const isPrivate = Array.isArray(spec.exportTo) && spec.exportTo.length === 1 && spec.exportTo[0] === ".";
  return isPrivate
    ? []
    : hosts.flatMap(([keys, host]): [readonly PropertyKey[], string][] => {
        const other = typeof host === "string" ? /^[^.]+\.([^.]+)\.svc(\.|$)/.exec(host)?.[1] : undefined;
        return other === undefined || other === namespace
          ? []
          : [
              [
                keys,
                `${brief(host)} is a Service of namespace ${other}, and the ${kind.split(" ")[1]} would change the calls of all lessons to it; limit it to this lesson: exportTo: ["."]`,
              ],
            ];
      });
}

/** The pods that the objects run, by the labels that Istio's subsets and telemetry use. */
export function podsOf(objects: readonly OwnObject[]): OwnPods[] {
  return objects.flatMap((own) => {
    const at = templateAt(own);
    if (at === undefined) return [];
    const { app, version } = at.labels;
    const replicas = specOf(own.object).replicas;
    return [
      {
        app: app ?? own.name,
        version: version ?? "",
        workload: own.name,
        isServing: !own.kind.startsWith("batch/"),
        replicas: typeof replicas === "number" ? replicas : 1,
        containers: mapsIn(at.spec.containers).map((container) => ({
          name: String(container.name ?? ""),
          image: String(container.image ?? ""),
          requests:
            isMap(container.resources) && isMap(container.resources.requests)
              ? Object.fromEntries(
                  Object.entries(container.resources.requests).map(([key, amount]) => [key, String(amount)]),
                )
              : {},
        })),
      },
    ];
  });
}

interface Template {
  readonly keys: readonly string[];
  readonly labels: Readonly<Record<string, string | undefined>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Where an object has the pod that it runs. */
function templateAt({ kind, object }: OwnObject): Template | undefined {
  if (!podKinds.has(kind)) return undefined;
  const keys =
    kind === "v1 Pod"
      ? []
      : kind === "batch/v1 CronJob"
        ? ["spec", "jobTemplate", "spec", "template"]
        : ["spec", "template"];
  const template = keys.reduce<unknown>((value, key) => (isMap(value) ? value[key] : undefined), object);
  const { metadata, spec } = isMap(template) ? template : {};
  const labels = isMap(metadata) && isMap(metadata.labels) ? metadata.labels : {};
  return {
    keys: [...keys, "spec"],
    labels: Object.fromEntries(Object.entries(labels).map(([key, label]) => [key, String(label)])),
    spec: isMap(spec) ? spec : {},
  };
}

export function specOf(object: WholeObject): Readonly<Record<string, unknown>> {
  const { spec } = object as { spec?: unknown };
  return isMap(spec) ? spec : {};
}

export function mapsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}
