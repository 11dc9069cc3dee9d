import type { WholeObject } from "../../kube";
import {
  find,
  named,
  type Amounts,
  type Container,
  type Mount,
  type PodSpec,
  type Volume,
  type WorkloadObject,
} from "./kube-object";

/** Values that differ for each addon's pod. */
export interface PodChanges {
  /** The container that does the work. Any others are removed. */
  container: string;
  image: string;
  /** What the pod needs on a laptop that holds a whole course. */
  requests: Amounts;
  /**
   * User id, where the sample leaves it to the image: the kubelet cannot tell whether a named user is root. @default
   * the sample's
   */
  user?: number;
}

/** Makes the changes that all addons share. */
export function changePod(
  workload: WorkloadObject,
  { container: name, image, requests, user }: PodChanges,
): { pod: PodSpec; container: Container } {
  // Written out, because an `up` would not restore an omitted value after somebody scaled the pods.
  workload.spec.replicas ??= 1;
  const pod = workload.spec.template.spec;
  const container = named(pod.containers, name);
  pod.containers = [container];
  // The addons have no work to finish, and the samples' times would delay every `destroy`.
  pod.terminationGracePeriodSeconds = 5;
  // There is no CPU limit, which would only slow the pods down. Memory is limited where the sample does.
  container.image = image;
  container.resources = { ...container.resources, requests };
  if (user !== undefined)
    pod.securityContext = { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user };
  container.securityContext = {
    ...container.securityContext,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  };
  // The API server drops empty values, and a refresh would show that as a change.
  container.volumeMounts = container.volumeMounts?.map(({ subPath, ...mount }) =>
    subPath ? { ...mount, subPath } : mount,
  );
  // The samples' probes start after up to 45 s, with periods of up to 30 s.
  if (container.readinessProbe !== undefined) container.readinessProbe = soon(container.readinessProbe);
  return { pod, container };
}

function soon({ initialDelaySeconds: _, ...probe }: NonNullable<Container["readinessProbe"]>) {
  return { ...probe, periodSeconds: 2 };
}

/** Removes a volume that no container needs any more, and its mounts. */
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

/** Withholds the API token from a pod that makes no calls to the API server. */
export function withoutToken(pod: PodSpec): void {
  pod.automountServiceAccountToken = false;
}

/**
 * Keeps the data of `volume` in a claim of that size. Without a size, the data stays in the pod. Returns the objects,
 * with the claim where there is one. Only one pod at a time may open the data, so the old pod is stopped before its
 * successor starts.
 */
export function keep(
  objects: WholeObject[],
  workload: WorkloadObject,
  volume: string,
  size: string | undefined,
): WholeObject[] {
  // Set from the start: the API server refuses a later change from a rolling update, because it has filled in that
  // one's numbers.
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

/**
 * Says which protocol a Service's ports speak, where their names do not tell Istio: `istioctl analyze` would report
 * them (IST0118).
 * @param protocols port name → protocol
 */
export function tellProtocols(
  objects: readonly WholeObject[],
  service: string,
  protocols: Readonly<Record<string, string>>,
): void {
  const { ports } = find(objects, "Service", service).spec;
  for (const [name, appProtocol] of Object.entries(protocols)) {
    const port = ports.find((one) => one.name === name);
    if (port === undefined) throw new Error(`Service ${service} of the sample has no port ${name}.`);
    port.appProtocol = appProtocol;
  }
}

/** Returns the objects without the one of this kind and name. */
export function without(objects: readonly WholeObject[], kind: string, name: string): WholeObject[] {
  const left = objects.filter((object) => object.kind !== kind || object.metadata.name !== name);
  if (left.length !== objects.length - 1) throw new Error(`The sample has no ${kind} ${name} to leave out.`);
  return left;
}

interface Format<T> {
  parse(text: string): T;
  stringify(value: T): string;
}

/** The parsed texts by their format. The samples are the same for each run of the program in a process. */
const parsed = new WeakMap<object, Map<string, unknown>>();

/** Changes the text of a ConfigMap's key, parsed and written in its own format. */
export function changeText<T>(
  objects: readonly WholeObject[],
  configMap: string,
  key: string,
  format: Format<T>,
  change: (value: T) => void,
): void {
  const { data } = find(objects, "ConfigMap", configMap);
  const value = parseOnce(format, data[key]!);
  change(value);
  data[key] = format.stringify(value);
}

/** Returns a value of its own for each caller. */
function parseOnce<T>(format: Format<T>, text: string): T {
  const known = parsed.get(format) ?? new Map<string, unknown>();
  parsed.set(format, known);
  if (!known.has(text)) known.set(text, format.parse(text));
  return structuredClone(known.get(text)) as T;
}
