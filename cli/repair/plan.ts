import { SIGNATURE } from "../../base/pulumi-marks";
import type { KubeObject } from "../../kube";
import { notOurs, type RuleFinding, type TakenSnapshot, type UnknownRoot } from "../check";
import { differencesOf, isMissing, placeOfEntry, refOf, type SeatReading } from "../drift/read";
import { type Added, inNamespace, type SeatDrift } from "../drift/model";
import type { Field } from "../drift/fields";
import { groupOf, type Entry, type Release } from "../inventory";
import { at, mapAt, mapsAt, selects, textAt } from "../seat/json";
import { hasSidecar, INJECT } from "../seat/sidecar";

/** An entry that the cluster can be asked for. */
export type Placed = Entry & Required<Pick<Entry, "path">>;

/** A workload whose pods are made again, and why. */
export interface Restart {
  readonly kind: "Deployment" | "StatefulSet";
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly why: string;
}

/** What a repair does, in the order in which it does it. */
export interface Plan {
  /** Releases that Helm does not know any more as Pulumi made them. Pulumi makes them again. */
  readonly releases: readonly Release[];
  /** What charts made, kinds first, and what Pulumi made: applied again. `isGone` is created. */
  readonly putBack: readonly { readonly entry: Placed; readonly fields: readonly Field[]; readonly isGone: boolean }[];
  /** What Pulumi makes again, because its state is about another object, or because only Pulumi can read its inputs. */
  readonly makeAnew: readonly Entry[];
  readonly takeAway: readonly Added[];
  readonly restart: readonly Restart[];
  /** What is not the seat's own, with its one command. */
  readonly named: readonly RuleFinding[];
  /** Proxies that did not say which root they hold. A repair leaves them alone. */
  readonly unknownRoots: readonly UnknownRoot[];
}

export interface PlanOptions {
  /** Only what has its effect in this namespace. @default everything */
  readonly namespace?: string;
  readonly leaveAdded?: boolean;
}

/** Decides what a repair does, from what was read. */
export function planOf({ drift, snapshot }: SeatReading, { namespace, leaveAdded = false }: PlanOptions = {}): Plan {
  const isHere = (place: string) => namespace === undefined || place === namespace;
  const { entries, releases } = snapshot.inventory;
  const here = entries.filter((entry) => isHere(placeOfEntry(entry)));
  const lost = releases.filter(
    ({ record, ...release }) => record !== "there" && record !== "unknown" && isHere(release.namespace),
  );
  const anew = new Set(drift.changed.flatMap((one) => (one.anew ? [one.object] : [])));
  const steps = here.map((entry) => stepOf(entry, anew.has(refOf(entry))));
  const putBack = sorted(steps.flatMap(({ putBack }) => putBack ?? []));
  const takeAway = leaveAdded ? [] : added(drift, namespace);
  return {
    releases: lost,
    putBack,
    makeAnew: steps.flatMap(({ makeAnew }) => makeAnew ?? []),
    takeAway,
    restart: restarts(
      snapshot,
      here,
      [...putBack.map(({ entry }) => refOf(entry)), ...takeAway.map(({ object }) => object)],
      putBack,
    ),
    named: namespace === undefined ? notOurs(snapshot) : [],
    unknownRoots: (snapshot.unknownRoots ?? []).filter(({ pod }) => isHere(pod.metadata.namespace ?? "")),
  };
}

/** Whether there is nothing to do. What is only named is for somebody else to do. */
export function isEmpty({ releases, putBack, makeAnew, takeAway, restart }: Plan): boolean {
  return [releases, putBack, makeAnew, takeAway, restart].every((steps) => steps.length === 0);
}

function added(drift: SeatDrift, namespace: string | undefined): readonly Added[] {
  return (namespace === undefined ? drift : inNamespace(drift, namespace)).added;
}

interface Steps {
  readonly putBack?: Plan["putBack"];
  readonly makeAnew?: readonly Entry[];
}

function stepOf(entry: Entry, anew: boolean): Steps {
  const { owner, path, unknown } = entry;
  if (unknown !== undefined) return {};
  if (owner.by !== "pulumi") {
    // A kind that is gone comes back with its chart. What was of that kind is asked for again then.
    if (path === undefined) return {};
    const isGone = isMissing(entry);
    const { fields } = differencesOf(entry);
    return isGone || fields.length > 0 ? { putBack: [{ entry: entry as Placed, fields, isGone }] } : {};
  }
  if (isMissing(entry)) return { makeAnew: [entry] };
  const { fields } = differencesOf(entry);
  if (fields.length === 0) return anew ? { makeAnew: [entry] } : {};
  if (hasSecrets(entry.made)) return { makeAnew: [entry] };
  return {
    putBack: [{ entry: entry as Placed, fields, isGone: false }],
    ...(anew && { makeAnew: [entry] }),
  };
}

/** The state holds secrets encrypted. Only Pulumi can write them. */
function hasSecrets(made: KubeObject): boolean {
  return JSON.stringify(made).includes(SIGNATURE);
}

/** Kinds come before their objects, namespaces before what is in them, and charts before what stands on them. */
function sorted(steps: Plan["putBack"]): Plan["putBack"] {
  const rank = ({ entry: { made, owner } }: Plan["putBack"][number]) => {
    if (made.kind === "CustomResourceDefinition") return 0;
    if (made.kind === "Namespace") return 1;
    return owner.by === "pulumi" ? 3 : 2;
  };
  return [...steps].sort((a, b) => rank(a) - rank(b));
}

const WORKLOADS = ["Deployment", "StatefulSet"] as const;

/** The workloads whose pods would stay wrong although their objects are right. */
function restarts(
  snapshot: TakenSnapshot,
  here: readonly Entry[],
  touched: readonly string[],
  steps: Plan["putBack"],
): Restart[] {
  return here.flatMap((entry): Restart[] => {
    const { made, path } = entry;
    const kind = WORKLOADS.find((one) => one === made.kind && groupOf(made) === "apps");
    if (kind === undefined || path === undefined || entry.live === undefined || isMissing(entry)) return [];
    // A template that is put back brings new pods by itself.
    const step = steps.find((one) => one.entry === entry);
    if (step?.fields.some((field) => field.path.startsWith("spec.template"))) return [];
    const why = whyRestart(snapshot, made, entry.live, podsOf(snapshot, entry.live), touched);
    return why === undefined
      ? []
      : [{ kind, namespace: made.metadata.namespace!, name: made.metadata.name, path, why }];
  });
}

function whyRestart(
  snapshot: TakenSnapshot,
  made: KubeObject,
  live: KubeObject,
  pods: readonly KubeObject[],
  touched: readonly string[],
): string | undefined {
  if (pods.some((pod) => isInjected(snapshot, made) && !hasSidecar(pod))) return "pods without their sidecar";
  if (pods.some((pod) => snapshot.oldRoots?.pods.includes(pod))) return "proxies that hold another root than istiod";
  const read = readBy(made).find((one) => touched.includes(`${one.kind} ${made.metadata.namespace}/${one.name}`));
  if (read !== undefined) return `it reads ${read.kind} ${read.name} when it starts`;
  const refused = mapsAt(live, "status", "conditions").find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  if (refused !== undefined) return "its pods were refused";
  return pods.some(isCrashing) ? "its containers wait before they start again" : undefined;
}

/** Whether the workload's pods get a proxy, as their owners made it. */
function isInjected(snapshot: TakenSnapshot, made: KubeObject): boolean {
  const { labels, annotations } = mapAt(made, "spec", "template", "metadata") as Record<string, unknown>;
  const own = at(labels, INJECT) ?? at(annotations, INJECT);
  if (own !== undefined) return String(own) === "true";
  return snapshot.made.Namespace.some(
    (namespace) =>
      namespace.metadata.name === made.metadata.namespace &&
      mapAt(namespace, "metadata", "labels")["istio-injection"] === "enabled",
  );
}

/** Whether a container is in the back-off, which lasts up to five minutes. */
function isCrashing(pod: KubeObject): boolean {
  return [...mapsAt(pod, "status", "initContainerStatuses"), ...mapsAt(pod, "status", "containerStatuses")].some(
    (status) => /BackOff$|^CreateContainerConfigError$/.test(textAt(status, "state", "waiting", "reason") ?? ""),
  );
}

/** What the pods mount or take variables from. */
function readBy(workload: KubeObject): { kind: "ConfigMap" | "Secret"; name: string }[] {
  const spec = mapAt(workload, "spec", "template", "spec");
  const from = mapsAt(spec, "containers").flatMap((container) => mapsAt(container, "envFrom"));
  const configMaps = [
    ...mapsAt(spec, "volumes").map((volume) => textAt(volume, "configMap", "name")),
    ...from.map((one) => textAt(one, "configMapRef", "name")),
  ];
  const secrets = [
    ...mapsAt(spec, "volumes").map((volume) => textAt(volume, "secret", "secretName")),
    ...from.map((one) => textAt(one, "secretRef", "name")),
  ];
  const named = (kind: "ConfigMap" | "Secret", names: readonly (string | undefined)[]) =>
    names.flatMap((name) => (name === undefined ? [] : [{ kind, name }]));
  return [...named("ConfigMap", configMaps), ...named("Secret", secrets)];
}

function podsOf(snapshot: TakenSnapshot, workload: KubeObject): KubeObject[] {
  const selector = mapAt(workload, "spec", "selector", "matchLabels");
  return snapshot.live.Pod.filter(
    ({ metadata, status }) =>
      metadata.namespace === workload.metadata.namespace &&
      metadata.deletionTimestamp === undefined &&
      !["Succeeded", "Failed"].includes(textAt(status, "phase") ?? "") &&
      selects(selector, metadata.labels),
  );
}
