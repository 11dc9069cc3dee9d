import { withoutUnset, type Given } from "../../given";
import { PROFILE_NAMES, profileNames } from "./profile-name";
import { kubernetesMinors, kubernetesRange, minikube } from "../../../versions";

/** What minikube can make the machine with. `none` is this machine itself and knows only the profile `minikube`; `ssh` wants keys and is left out. */
export type Driver = (typeof drivers)[number];

/** What `minikube` of the config says, complete and valid. Every key makes another cluster when it changes. */
export interface MinikubeSettings {
  /** @default one made of the project's and the stack's name */
  readonly profile?: string;
  /** @default minikube's own choice: the one of its own config, or the best it finds */
  readonly driver?: Driver;
  /** Of the machine. @default 4, and no more than there are */
  readonly cpus: number;
  /** Of the machine, in MB. @default 8192, and no more than there is */
  readonly memory: number;
  /** Which of the two are defaults, and so may be less where this machine has less. */
  readonly defaults?: readonly Size[];
  /** Exact release, without v. */
  readonly kubernetesVersion: string;
}

/** What makes a machine bigger or smaller. */
export type Size = "cpus" | "memory";

const drivers = ["docker", "podman", "kvm2", "qemu2", "virtualbox", "vmware", "vfkit", "hyperkit", "hyperv", "parallels", "none"] as const;

/** What a course is at ease with: Istio's own advice. What a seat needs at least is in needs.ts. */
export const comfortable: Readonly<Record<Size, number>> = { cpus: 4, memory: 8192 };
/** What minikube starts at all (start_flags.go: minimumCPUS; 2200 MB is its own default for a small machine). */
export const least: Readonly<Record<Size, number>> = { cpus: 2, memory: 2200 };

/** Reads `minikube`. */
export function readMinikube(given: Given): MinikubeSettings {
  const { profile, driver, cpus, memory, kubernetesVersion: version } = given.fields(["profile", "driver", "cpus", "memory", "kubernetesVersion"], "a map");
  const sizes = { cpus: cpus.number({ from: least.cpus, to: 256, whole: true }), memory: memory.number({ from: least.memory, to: 1_048_576, whole: true }) };
  const defaults = (["cpus", "memory"] as const).filter((key) => sizes[key] === undefined);
  const settings = {
    profile: profile.text(profileNames, PROFILE_NAMES),
    driver: driver.choice("driver", drivers),
    cpus: sizes.cpus ?? comfortable.cpus,
    memory: sizes.memory ?? comfortable.memory,
    defaults: defaults.length > 0 ? defaults : undefined,
    kubernetesVersion: version.text(new RegExp(`^1\\.${kubernetesMinors}\\.(0|[1-9]\\d?)$`), `an exact release of Kubernetes ${kubernetesRange}, which Istio supports, without v, such as ${minikube.kubernetes}`) ?? minikube.kubernetes,
  };
  if (settings.driver === "none" && settings.profile !== "minikube") driver.refuse('"none" has one profile only: set minikube.profile to minikube as well');
  return withoutUnset(settings);
}
