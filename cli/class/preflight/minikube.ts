import * as os from "node:os";
import { thisHost } from "../../../components/cluster/minikube/daemon";
import { minikube } from "../../../components/cluster/minikube/minikube";
import { profileNameOf } from "../../../components/cluster/minikube/profile-name";
import { isContainer } from "../../../components/cluster/minikube/reach";
import type { Finding } from "../../preflight/finding";
import { judge, type Machine } from "../../preflight/minikube";
import type { SeatFacts } from "./facts";

/** minikube itself and its driver, asked for one seat for all of them, and whether the machine has room for the profiles of all. */
export async function minikubeFindings(seats: readonly SeatFacts[]): Promise<Finding[]> {
  const { seat, settings } = seats.find(({ there }) => !there) ?? seats[0]!;
  const { driver, profile = profileNameOf("istio-lab", seat.seat) } = settings.minikube;
  const machine: Machine = { ...thisHost, cpus: os.availableParallelism(), memory: os.totalmem(), uid: process.getuid?.(), isForced: process.env.MINIKUBE_FORCE === "true" };
  const own = (await judge(settings.minikube, profile, [], machine, minikube)).filter(({ name }) => name === "minikube" || name === "driver");
  if (own.some(({ status }) => status === "refused")) return own;
  const daemon = driver === undefined || isContainer(driver) ? await machine.daemon(driver ?? "docker") : undefined;
  return [...own, ...profileFindings(seats, daemon ?? machine)];
}

/** Memory is each profile's own; processors are shared, and a class that computes all at once only gets slower. */
export function profileFindings(seats: readonly Pick<SeatFacts, "settings">[], have: { readonly cpus: number; readonly memory: number }): Finding[] {
  const sum = (of: (seat: Pick<SeatFacts, "settings">) => number) => seats.reduce((total, seat) => total + of(seat), 0);
  const [memory, cpus] = [sum(({ settings }) => settings.minikube.memory), sum(({ settings }) => settings.minikube.cpus)];
  const megabytes = Math.floor(have.memory / 2 ** 20);
  const seen = (wanted: number, there: number, unit: string) => `${wanted}${unit} by ${seats.length} profiles, ${there}${unit} are there`;
  return [
    memory <= megabytes
      ? { name: "memory", status: "ok", seen: seen(memory, megabytes, " MB") }
      : { name: "memory", status: "refused", seen: seen(memory, megabytes, " MB"), todo: "a smaller class, minikube.memory with fewer lessons, or another machine" },
    cpus <= have.cpus
      ? { name: "CPUs", status: "ok", seen: seen(cpus, have.cpus, "") }
      : { name: "CPUs", status: "notice", seen: `${seen(cpus, have.cpus, "")}: they share them` },
  ];
}
