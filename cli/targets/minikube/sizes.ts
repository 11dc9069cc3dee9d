import type { Room } from "../../../components/cluster/minikube/daemon";
import { comfortable, type MinikubeSettings, type Size } from "../../../components/cluster/minikube/settings";
import { amountOf, sizesIn } from "../../../components/cluster/minikube/size";
import { dynamicType } from "../../../components/cluster/dynamic-type";
import type { Finding } from "../../preflight/finding";
import type { Deployment } from "../../stack/stack";

/** Resource requests of pods: thousandths of a CPU, and bytes. */
export interface Requests {
  readonly cpu: number;
  readonly memory: number;
}

const MiB = 2 ** 20;

/**
 * What minikube's node takes before the seat's pods. kubeadm's control plane requests 850 thousandths of a CPU.
 * Control plane, kubelet and containerd took 0.5 GiB of memory.
 * Measured with all lessons and addons on 2 CPUs: the node requested 1.3 CPUs and 2 GiB, and used 1.9 GiB.
 */
const node: Requests = { cpu: 850, memory: 512 * MiB };

/** The smallest profile that fits these requests. */
export function neededFor({ cpu, memory }: Requests): Readonly<Record<Size, number>> {
  return { cpus: Math.ceil((cpu + node.cpu) / 1000), memory: Math.ceil((memory + node.memory) / MiB) };
}

/** Whether the machine can provide a profile's sizes, and whether they suffice. */
export function sizeFindings(
  { settings, demand }: { settings: MinikubeSettings; demand: Requests },
  room: Room,
  inContainers: boolean,
): Finding[] {
  const where = inContainers ? "for containers" : "on this machine";
  const [sizes, needed] = [sizesIn(room, settings), neededFor(demand)];
  const finding = (name: string, size: Size, unit: string): Finding => {
    const [wanted, there] = [sizes[size], amountOf(room, size)];
    const isDefault = settings.defaults?.includes(size) === true;
    const text = `${wanted}${unit} ${isDefault && wanted < settings[size] ? "taken" : "asked for"}, ${there}${unit} ${where}`;
    if (there < wanted)
      return {
        name,
        status: "refused",
        seen: text,
        todo: isDefault ? `give it more: minikube needs at least ${wanted}${unit}` : lessTodo(size, needed[size]),
      };
    if (wanted < needed[size])
      return {
        name,
        status: "refused",
        seen: `${text}; these lessons and addons need ${needed[size]}${unit}`,
        todo: moreTodo(size, there >= needed[size]),
      };
    if (wanted < comfortable[size])
      return {
        name,
        status: "notice",
        seen: `${text}; these lessons and addons need ${needed[size]}${unit}, and ${comfortable[size]}${unit} for comfort`,
      };
    return { name, status: "ok", seen: text };
  };
  return [finding("CPUs", "cpus", ""), finding("memory", "memory", " MB")];
}

function lessTodo(size: Size, needed: number): string {
  return `give it more, or ask for less: npm run -s pulumi -- config set --path istio-lab:minikube.${size} N (these lessons and addons need ${needed})`;
}

function moreTodo(size: Size, isThere: boolean): string {
  return isThere
    ? `ask for more: npm run -s pulumi -- config set --path istio-lab:minikube.${size} N; or choose fewer lessons`
    : "give it more, or choose fewer lessons";
}

/** The size with which a profile was made, which may be less than in its config: thousandths of a CPU, and bytes. */
export function sizeMade(settings: MinikubeSettings, { resources }: Pick<Deployment, "resources">): Requests {
  const made = resources.find(({ type }) => type === dynamicType("Profile"))?.outputs ?? {};
  const of = (size: Size) => (typeof made[size] === "number" ? made[size] : settings[size]);
  return { cpu: of("cpus") * 1000, memory: of("memory") * MiB };
}
