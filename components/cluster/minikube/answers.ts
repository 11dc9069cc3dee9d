import * as z from "zod";
import { MinikubeError, reasonIn } from "./errors";
import { generationIn } from "./marker";
import type { Profile, Range, Status } from "./minikube";
import { compareVersions } from "./version";

/*
 * Parses minikube's output strictly. Conclusions from it may delete a cluster, so an unknown shape is an error, and
 * never means "gone" or "none". The shapes are those of minikube 1.36 (cmd/minikube/cmd/status.go, version.go,
 * config/profile_list.go).
 */

const node = z.object({
  Name: z.string(),
  Host: z.string(),
  APIServer: z.string(),
  Kubeconfig: z.string(),
  Worker: z.boolean(),
});
// One node is printed as an object, several as an array (statusJSON). `null` stands for any error while it reads the
// state of any node (cluster.GetStatus).
const status = z.union([node, z.array(node).min(2), z.null()]);

const listed = z.object({
  Name: z.string(),
  Config: z.object({
    Driver: z.string(),
    ExposedPorts: z.array(z.string()).nullable(),
    KubernetesConfig: z.object({ KubernetesVersion: z.string(), APIServerNames: z.array(z.string()).nullable() }),
  }),
});
const list = z.object({ valid: z.array(listed), invalid: z.array(z.object({ Name: z.string() })) });

const version = z.object({ minikubeVersion: z.string().regex(/^v?\d+\.\d+/) });

/**
 * Returns the state of the control plane. Workers are ignored, because they come and go (`minikube node add`). Of
 * several control planes, the first one has the profile's name.
 */
export function statusIn(profile: string, stdout: string, all = stdout): Status {
  const answer = read(status, stdout, `status --profile=${profile}`, all);
  if (answer === null) return { host: "Nonexistent", apiServer: "", kubeconfig: "" };
  const controlPlanes = [answer].flat().filter(({ Worker }) => !Worker);
  const first = controlPlanes.find(({ Name }) => Name === profile) ?? controlPlanes[0];
  if (first === undefined) throw unknownShape(`status --profile=${profile}`, "it names no control plane", all);
  return { host: first.Host, apiServer: first.APIServer, kubeconfig: first.Kubeconfig };
}

/** Returns the profiles that minikube can read, and the names of those that it cannot. */
export function profilesIn(stdout: string): { profiles: Profile[]; unreadable: string[] } {
  const { valid, invalid } = read(list, stdout, "profile list");
  return { profiles: valid.map(profileOf), unreadable: invalid.map(({ Name }) => Name) };
}

/** Returns the version without its v. */
export function versionIn(stdout: string): string {
  return read(version, stdout, "version").minikubeVersion.replace(/^v/, "");
}

/** Returns the range of a list of releases, one per line. Pre-releases are skipped. */
export function rangeIn(stdout: string): Range {
  const versions = [...stdout.matchAll(/^\* v(\d+\.\d+\.\d+)$/gm)].map(([, version]) => version!).sort(compareVersions);
  if (versions.length === 0) throw unknownShape("config defaults kubernetes-version", "it names no release", stdout);
  return { oldest: versions[0]!, newest: versions.at(-1)! };
}

function profileOf({ Name, Config: { Driver, ExposedPorts, KubernetesConfig } }: z.infer<typeof listed>): Profile {
  const generation = generationIn(KubernetesConfig.APIServerNames ?? []);
  const kubernetesVersion = KubernetesConfig.KubernetesVersion.replace(/^v/, "");
  return {
    name: Name,
    driver: Driver,
    kubernetesVersion,
    ports: ExposedPorts ?? [],
    ...(generation !== undefined && { generation }),
  };
}

function read<T>(schema: z.ZodType<T>, stdout: string, call: string, all = stdout): T {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    throw unknownShape(call, "it is not JSON", all); // minikube prints several lines of events where it has no answer
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unknownShape(call, "its shape is not known", all);
  return parsed.data;
}

function unknownShape(call: string, why: string, output: string): MinikubeError {
  const shown = reasonIn(output).slice(0, 600);
  return new MinikubeError(
    `What \`minikube ${call}\` printed cannot be read: ${why}. Nothing is concluded from it.\n${shown === "" ? "  (nothing was printed)" : shown}`,
  );
}
