import { containerCommand, isContainer, networksOf, type ContainerDriver } from "./containers";
import type { Network } from "./daemon";
import { remove } from "./kubeconfig";
import type { Profile } from "./minikube";
import { say, type Tools } from "./tools";

type Removing = Pick<Tools, "minikube" | "host" | "kubeconfigOf">;

/**
 * Deletes a profile that the caller knows to be this stack's, and the network that `minikube delete` leaves of a
 * profile with several nodes. minikube tries to remove that network while the second node is still in it, and never
 * tries again (delete.go, kic.go).
 */
export async function removeProfile(
  { minikube, host, kubeconfigOf }: Removing,
  { name, driver }: Pick<Profile, "name" | "driver">,
): Promise<void> {
  const file = kubeconfigOf(name);
  await minikube.delete(name, file);
  if (isContainer(driver)) await removeNetworkOf(host, driver, name);
  remove(file);
}

/**
 * A network that cannot be removed is only reported. It is no reason to keep the stack, since the profile is gone and
 * the network holds nothing of the seat.
 */
async function removeNetworkOf(host: Tools["host"], driver: ContainerDriver, profile: string): Promise<void> {
  try {
    const network = await host.network(driver, profile);
    if (network === undefined) return;
    if (network.containers.length === 0) return await host.removeNetwork(driver, network);
    say(
      `Profile ${profile} is deleted, and its network is left. ${inIt(network)} Take each out (${containerCommand(driver, ["network", "disconnect", profile, "CONTAINER"])}). ` +
        `Then \`${removal(driver, profile)}\` removes it.`,
    );
  } catch (error) {
    say(
      `Profile ${profile} is deleted. Its network may be left: ${(error as Error).message}\n${howToLook(driver, profile)}`,
    );
  }
}

/**
 * Reports the network of a profile that was deleted by other means. Nothing says whose network it is, so it stays.
 */
export async function nameNetworkLeft(host: Tools["host"], driver: string, profile: string): Promise<void> {
  if (!isContainer(driver)) return;
  try {
    const network = await host.network(driver, profile);
    if (network === undefined) return;
    const left = `${driver} has a network ${profile} of minikube's, and minikube knows no such profile: nobody can say whose it is, and it is left alone.`;
    say(
      network.containers.length > 0
        ? `${left} ${inIt(network)}`
        : `${left} The next profile of that name takes it up; \`${removal(driver, profile)}\` removes it.`,
    );
  } catch (error) {
    say(`A network of profile ${profile} may be left: ${(error as Error).message}\n${howToLook(driver, profile)}`);
  }
}

function inIt({ containers }: Network): string {
  return `These containers are in it: ${containers.join(", ")}.`;
}

function removal(driver: ContainerDriver, profile: string): string {
  return containerCommand(driver, ["network", "rm", profile]);
}

function howToLook(driver: ContainerDriver, profile: string): string {
  return `\`${containerCommand(driver, networksOf(profile, "{{.Name}}"))}\` shows it, and \`${removal(driver, profile)}\` removes it.`;
}
