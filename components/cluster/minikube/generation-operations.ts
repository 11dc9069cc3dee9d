import { generationOf, type GenerationInputs as Keepers } from "../generation-operations";
import type { DynamicOperations } from "../module-shim";
import { MinikubeError } from "./errors";
import { isContainer } from "./containers";
import { remove, unfinished } from "./kubeconfig";
import { removeNetworkLeft, removeProfile } from "./removal";
import { profileNamed, type Tools } from "./tools";

export interface GenerationInputs extends Keepers {
  profile: string;
}

export function generationOperations(tools: Tools): DynamicOperations<GenerationInputs> {
  const { minikube, host, kubeconfigOf } = tools;
  return generationOf<GenerationInputs>({
    anchor: "profile",

    reason(olds, news, changed) {
      const shown = (value: unknown) => (value === undefined ? "minikube's choice" : String(value));
      const changes = changed
        .map((key) => `${key} ${shown(olds.keepers[key])} → ${shown(news.keepers[key])}`)
        .join(", ");
      return `Profile ${olds.profile} is deleted with everything in it, and ${news.profile} is made: ${changes}. minikube cannot change that in an existing cluster.`;
    },

    async loss(generation, { profile: name }) {
      const gone = (what: string) => `Profile ${name} is gone: ${what}. It is recreated, with everything in it.`;
      // A start of this generation did not finish. The profile resource resumes it.
      if (unfinished(kubeconfigOf(name)) === generation) return undefined;
      const profile = await profileNamed(minikube, name);
      if (profile === undefined) return gone("minikube no longer knows it");
      if (profile.generation !== generation) return gone("another one has replaced it");
      if ((await minikube.status(name, kubeconfigOf(name))).host !== "Nonexistent") return undefined;
      await requireNoMachine(name, profile.driver);
      return gone("its machine was deleted");
    },

    /**
     * Deletes the profile that a killed start left before the engine recorded it, and what a killed run of this very
     * deletion left. No other resource knows of it.
     */
    async clear(generation, { profile: name }) {
      const profile = await profileNamed(minikube, name);
      if (profile?.generation === generation) return removeProfile(tools, profile);
      if (profile !== undefined) return;
      await removeNetworkLeft(tools, name);
      remove(kubeconfigOf(name));
    },
  });

  /**
   * Checks that the machine is really lost. minikube gives the same answer in three cases (cluster.GetStatus): the
   * machine was deleted, its driver does not answer, or a node, even a worker, cannot be inspected. So this asks the
   * driver itself. @throws MinikubeError unless the driver says that the machine is gone
   */
  async function requireNoMachine(profile: string, driver: string): Promise<void> {
    if (isContainer(driver)) {
      if ((await host.daemon(driver)) !== undefined) {
        const machines = await host.machines(driver, profile);
        if (machines.length === 0) return;
        throw new MinikubeError(
          `Profile ${profile}: minikube cannot tell its state, and ${driver} still has its machine ${machines.join(", ")}: it is not lost. ` +
            `\`minikube status -p ${profile}\` says what is wrong. Then run the same command again.`,
        );
      }
      throw new MinikubeError(
        `Profile ${profile}: ${driver} does not answer, so the state of its machine is unknown. Start ${driver} and run the same command again.`,
      );
    }
    throw new MinikubeError(
      `Profile ${profile}: minikube finds no machine with driver ${driver}. If ${driver} is not running, start it; ` +
        `if the machine was deleted, \`minikube delete -p ${profile}\` says so to minikube. Then run the same command again.`,
    );
  }
}
