import type { z } from "zod";
import { kubernetesMinors, kubernetesRange, minikube as versions } from "../../../versions";
import { choice, map, number, text, withRule, type Immutable } from "../../config-schema";
import { withoutUnset } from "../../config-value";
import { PROFILE_NAMES, profileNames } from "./profile-name";

/**
 * Drivers that minikube can create the machine with. `none` uses this machine itself and only allows the profile
 * `minikube`. `ssh` is left out, since it needs keys.
 */
export type Driver = (typeof drivers)[number];

/** The valid settings of `minikube`, with defaults filled in. A change of any key creates a new cluster. */
export type MinikubeSettings = Immutable<
  Omit<z.infer<typeof written>, Size> &
    Record<Size, number> & {
      /** Which of the two sizes are defaults. These are reduced where this machine has less. */
      defaults?: Size[];
    }
>;

/** The keys that set the machine's size. */
export type Size = "cpus" | "memory";

const drivers = [
  "docker",
  "podman",
  "kvm2",
  "qemu2",
  "virtualbox",
  "vmware",
  "vfkit",
  "hyperkit",
  "hyperv",
  "parallels",
  "none",
] as const;

/** Comfortable sizes for a course, as Istio itself advises. needs.ts has the minimum for a seat. */
export const comfortable: Readonly<Record<Size, number>> = { cpus: 4, memory: 8192 };
/**
 * The smallest sizes that minikube starts with (start_flags.go: minimumCPUS; 2200 MB is its own default for a small
 * machine).
 */
export const least: Readonly<Record<Size, number>> = { cpus: 2, memory: 2200 };

const written = map(
  {
    profile: text(profileNames, PROFILE_NAMES)
      .optional()
      .describe("The profile.")
      .meta({ otherwise: "named after project and stack" }),
    driver: choice("driver", drivers)
      .optional()
      .describe(
        "What minikube makes the machine with. `none` is this machine itself, and its profile is called minikube.",
      )
      .meta({ otherwise: "minikube's own choice: the one of its own config, or the best it finds" }),
    cpus: number({ from: least.cpus, to: 256, whole: true })
      .optional()
      .describe("CPUs of the machine.")
      .meta({ otherwise: `${comfortable.cpus}, and no more than there are` }),
    memory: number({ from: least.memory, to: 1_048_576, whole: true })
      .optional()
      .describe("Memory of the machine in MB.")
      .meta({ otherwise: `${comfortable.memory}, and no more than there is` }),
    kubernetesVersion: text(
      new RegExp(`^1\\.${kubernetesMinors}\\.(0|[1-9]\\d?)$`),
      `an exact release of Kubernetes ${kubernetesRange}, which Istio supports, without v, such as ${versions.kubernetes}`,
    )
      .default(versions.kubernetes)
      .describe("Release of Kubernetes."),
  },
  "a map",
);

/** `istio-lab:minikube`. */
export const minikube = withRule(written, ({ driver, profile }, report) => {
  if (driver === "none" && profile !== "minikube")
    report(["driver"], '"none" has one profile only: set minikube.profile to minikube as well');
})
  .transform(withDefaults)
  .prefault({})
  .describe("For target minikube: the profile and its machine.");

function withDefaults(given: z.infer<typeof written>): MinikubeSettings {
  const { profile, driver, cpus, memory, kubernetesVersion } = given;
  const defaults = (["cpus", "memory"] as const).filter((key) => given[key] === undefined);
  return withoutUnset({
    profile,
    driver,
    cpus: cpus ?? comfortable.cpus,
    memory: memory ?? comfortable.memory,
    defaults: defaults.length > 0 ? defaults : undefined,
    kubernetesVersion,
  });
}
