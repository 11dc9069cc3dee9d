import type { OwnLesson } from "./read";

/** What one lesson may not share with another. */
export interface Conflicting {
  /** The lesson's short name. */
  readonly name: string;
  readonly namespace: string;
  readonly canary: Readonly<Record<string, readonly string[]>>;
  readonly entry?: { readonly host?: string };
}

/** Returns what the lesson shares with others, though each of them needs its own. */
export function conflictsOf({ name, folder, namespace, file }: OwnLesson, others: readonly Conflicting[]): string[] {
  const host = file.entry?.host;
  return others.flatMap((other) => {
    const services = Object.keys(file.versions).filter((service) => Object.hasOwn(other.canary, service));
    return [
      ...(other.name === name
        ? [`${folder}: ${name} is already the name of a lesson; give the folder another name`]
        : []),
      ...(other.name !== name && other.namespace === namespace
        ? [`${folder}/lesson.yaml: namespace: ${namespace} is the namespace of lesson ${other.name} too`]
        : []),
      ...services.map(
        (service) =>
          `${folder}/lesson.yaml: versions.${service}: lesson ${other.name} has a service of that name too, and istio-lab:canary could mean both`,
      ),
      ...(host !== undefined && other.entry?.host === host
        ? [`${folder}/lesson.yaml: entry.host: ${host} is the host of lesson ${other.name} too`]
        : []),
    ];
  });
}
