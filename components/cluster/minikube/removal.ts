import { containerCommand, isContainer, networksOf, type ContainerDriver } from "./containers";
import type { Network } from "./daemon";
import { notedNetwork, noteNetwork, remove } from "./kubeconfig";
import type { Profile } from "./minikube";
import { say, type Tools } from "./tools";

type Removing = Pick<Tools, "minikube" | "host" | "kubeconfigOf">;

/**
 * Deletes a profile that the caller knows to be this stack's, and the network that `minikube delete` leaves of a
 * profile with several nodes. minikube tries to remove that network while the second node is still in it, and never
 * tries again (delete.go, kic.go).
 */
export async function removeProfile(tools: Removing, profile: Pick<Profile, "name" | "driver">): Promise<void> {
  const { minikube, host, kubeconfigOf } = tools;
  const { name, driver } = profile;
  const file = kubeconfigOf(name);
  await noteNetworkOf(tools, profile);
  await minikube.delete(name, file);
  if (isContainer(driver)) await removeNetworkOf(host, driver, name);
  remove(file);
}

/**
 * Notes the id of the network of a profile that is this stack's. Once minikube has forgotten the profile, nothing else
 * tells whose network it was. A driver that does not answer is no reason to fail.
 */
export async function noteNetworkOf(
  { host, kubeconfigOf }: Removing,
  { name, driver }: Pick<Profile, "name" | "driver">,
): Promise<void> {
  if (!isContainer(driver)) return;
  const network = await host.network(driver, name).catch(() => undefined);
  if (network !== undefined) noteNetwork(kubeconfigOf(name), { driver, id: network.id });
}

/**
 * A network that cannot be removed is only reported. It is no reason to keep the stack, since the profile is gone and
 * the network holds nothing of the seat.
 */
async function removeNetworkOf(host: Tools["host"], driver: ContainerDriver, profile: string): Promise<void> {
  try {
    const network = await host.network(driver, profile);
    if (network !== undefined) await removeNetwork(host, driver, network);
  } catch (error) {
    say(
      `Profile ${profile} is deleted. Its network may be left: ${(error as Error).message}\n${howToLook(driver, profile)}`,
    );
  }
}

/**
 * Deals with the network of a profile that minikube no longer knows: it was deleted by hand, or an earlier run was
 * killed after `minikube delete`. The network is removed where its id was noted while the profile was this stack's.
 * Nothing says whose another one is. It stays, and is named where the state knew the profile.
 * @param driver as the state knows it
 */
export async function removeNetworkLeft(
  { host, kubeconfigOf }: Pick<Tools, "host" | "kubeconfigOf">,
  profile: string,
  driver?: string,
): Promise<void> {
  const noted = notedNetwork(kubeconfigOf(profile));
  const asked = noted?.driver ?? driver;
  if (asked === undefined || !isContainer(asked)) return;
  try {
    const network = await host.network(asked, profile);
    if (network === undefined) return;
    if (network.id === noted?.id) return await removeNetwork(host, asked, network);
    if (driver === undefined) return;
    const left = `${asked} has a network ${profile} of minikube's, and minikube has no such profile: its owner is unknown, so it is left alone.`;
    say(
      network.containers.length > 0
        ? `${left} ${inIt(network)}`
        : `${left} The next profile of that name reuses it; \`${removal(asked, profile)}\` removes it.`,
    );
  } catch (error) {
    say(`A network of profile ${profile} may be left: ${(error as Error).message}\n${howToLook(asked, profile)}`);
  }
}

/** Removes a network of this stack's, or names the containers that keep it. */
async function removeNetwork(host: Tools["host"], driver: ContainerDriver, network: Network): Promise<void> {
  if (network.containers.length === 0) return host.removeNetwork(driver, network);
  const { name } = network;
  say(
    `Profile ${name} is deleted, and its network is left. ${inIt(network)} Disconnect each (${containerCommand(driver, ["network", "disconnect", name, "CONTAINER"])}). ` +
      `Then \`${removal(driver, name)}\` removes it.`,
  );
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
