import { withoutUnset, type Given } from "../../given";
import { PROFILE_NAMES, profileNames } from "./profile-name";

/** What minikube can make the machine with. `none` is this machine itself and knows only the profile `minikube`; `ssh` wants keys and is left out. */
export type Driver = (typeof drivers)[number];

/** What `minikube` of the config says, complete and valid. Every key makes another cluster when it changes. */
export interface MinikubeSettings {
  /** @default one made of the project's and the stack's name */
  readonly profile?: string;
  /** @default minikube's own choice: the one of its own config, or the best it finds */
  readonly driver?: Driver;
  /** Of the machine. */
  readonly cpus: number;
  /** Of the machine, in MB. */
  readonly memory: number;
  /** Exact release, without v. */
  readonly kubernetesVersion: string;
}

const drivers = ["docker", "podman", "kvm2", "qemu2", "virtualbox", "vmware", "vfkit", "hyperkit", "hyperv", "parallels", "none"] as const;

/** What all lessons need. */
export const enough = { cpus: 4, memory: 8192 };
/** The newest release that minikube 1.36 knows by itself, and one that Istio 1.31 supports. */
const kubernetesVersion = "1.33.1";

/** Reads `minikube`. */
export function readMinikube(given: Given): MinikubeSettings {
  const { profile, driver, cpus, memory, kubernetesVersion: version } = given.fields(["profile", "driver", "cpus", "memory", "kubernetesVersion"], "a map");
  const settings = {
    profile: profile.text(profileNames, PROFILE_NAMES),
    driver: driver.choice("driver", drivers),
    // From what minikube starts at all (start_flags.go: minimumCPUS; 2200 MB is its own default for a small machine).
    cpus: cpus.number({ from: 2, to: 256, whole: true }) ?? enough.cpus,
    memory: memory.number({ from: 2200, to: 1_048_576, whole: true }) ?? enough.memory,
    kubernetesVersion: version.text(/^1\.3[2-6]\.(0|[1-9]\d?)$/, "an exact release of Kubernetes 1.32 to 1.36, which Istio supports, without v, such as 1.33.1") ?? kubernetesVersion,
  };
  if (settings.driver === "none" && settings.profile !== "minikube") driver.refuse('"none" has one profile only: set minikube.profile to minikube as well');
  return withoutUnset(settings);
}
