import type { WholeObject } from "../../kube";
import {
  find,
  named,
  type Amounts,
  type Container,
  type Mount,
  type PodSpec,
  type Volume,
  type Workload,
} from "./kube-object";

/** What an addon's own pod is given. */
export interface PodChanges {
  /** The container that does the work; others are left out. */
  container: string;
  image: string;
  /** What the pod needs, on a laptop that has all of a course. */
  requests: Amounts;
  /** User of the image, where the sample leaves it to the image: a name cannot be told from root. @default the sample's */
  user?: number;
}

/** The changes that all addons share. */
export function changePod(
  workload: Workload,
  { container: name, image, requests, user }: PodChanges,
): { pod: PodSpec; container: Container } {
  // Said in words: what the sample leaves out would not come back by an up after somebody scaled it.
  workload.spec.replicas ??= 1;
  const pod = workload.spec.template.spec;
  const container = named(pod.containers, name);
  pod.containers = [container];
  // Nothing here has work to finish; the samples' times would be spent on every pod at destroy.
  pod.terminationGracePeriodSeconds = 5;
  // Without a limit of CPU, which would only slow them down; memory is limited where the sample does.
  container.image = image;
  container.resources = { ...container.resources, requests };
  if (user !== undefined)
    pod.securityContext = { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user };
  container.securityContext = {
    ...container.securityContext,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  };
  // The API server drops what is empty, and a refresh would show it as a change.
  container.volumeMounts = container.volumeMounts?.map(({ subPath, ...mount }) =>
    subPath ? { ...mount, subPath } : mount,
  );
  // The samples' probes begin after up to 45 s and look again after up to 30 s.
  if (container.readinessProbe !== undefined) container.readinessProbe = soon(container.readinessProbe);
  return { pod, container };
}

function soon({ initialDelaySeconds: _, ...probe }: NonNullable<Container["readinessProbe"]>) {
  return { ...probe, periodSeconds: 2 };
}

/** Leaves out a volume that no container needs any more, and its mounts. */
export function leaveOutVolume(pod: PodSpec, volume: string): void {
  for (const container of pod.containers)
    container.volumeMounts = container.volumeMounts?.filter(({ name }) => name !== volume);
  pod.volumes = pod.volumes?.filter(({ name }) => name !== volume);
}

export function addVolume(pod: PodSpec, volume: Volume): void {
  pod.volumes = [...(pod.volumes ?? []), volume];
}

export function addMount(container: Container, mount: Mount): void {
  container.volumeMounts = [...(container.volumeMounts ?? []), mount];
}

/** The pod makes no calls to the API server. */
export function withoutToken(pod: PodSpec): void {
  pod.automountServiceAccountToken = false;
}

/**
 * Keeps what is in `volume` in a claim of that size, and else in the pod alone. Returns the objects with the claim.
 * Only one pod at a time may have what is in there open: it is stopped before its successor starts.
 */
export function keep(
  objects: WholeObject[],
  workload: Workload,
  volume: string,
  size: string | undefined,
): WholeObject[] {
  // From the start: the API server refuses to turn a rolling update, whose numbers it has filled in, into this.
  if (workload.kind === "Deployment") workload.spec.strategy = { type: "Recreate" };
  if (size === undefined) return objects;
  const { name, namespace, labels } = workload.metadata;
  const pod = workload.spec.template.spec;
  pod.volumes = pod.volumes?.map((one) =>
    one.name === volume ? { name: volume, persistentVolumeClaim: { claimName: name } } : one,
  );
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace, labels },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } },
  };
  return [...objects, claim];
}

/** Without the one object of this kind and name. */
export function without(objects: readonly WholeObject[], kind: string, name: string): WholeObject[] {
  const left = objects.filter((object) => object.kind !== kind || object.metadata.name !== name);
  if (left.length !== objects.length - 1) throw new Error(`The sample has no ${kind} ${name} to leave out.`);
  return left;
}

/** Changes a text of a ConfigMap in the form it is written in. */
export function changeText<T>(
  objects: readonly WholeObject[],
  configMap: string,
  key: string,
  format: { parse(text: string): T; stringify(value: T): string },
  change: (value: T) => void,
): void {
  const { data } = find(objects, "ConfigMap", configMap);
  const value = format.parse(data[key]!);
  change(value);
  data[key] = format.stringify(value);
}
