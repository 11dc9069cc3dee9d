import type { Room } from "../../../components/cluster/minikube/daemon";
import { minikube } from "../../../components/cluster/minikube/minikube";
import { isContainer } from "../../../components/cluster/minikube/containers";
import { profileRoom, sizesIn } from "../../../components/cluster/minikube/size";
import type { PreflightSeat } from "../../class";
import { demandOf } from "../../preflight/demand";
import type { Finding } from "../../preflight/finding";
import { profileOf } from "./power";
import { evaluate, thisMachine } from "./preflight";

/** Checks minikube and its driver once for all seats, and whether the machine has room for all profiles. */
export async function minikubeFindings(seats: readonly PreflightSeat[]): Promise<Finding[]> {
  const { seat, settings } = seats.find(({ there }) => !there) ?? seats[0]!;
  const { driver } = settings.minikube;
  const machine = thisMachine();
  const wanted = {
    stack: seat.seat,
    settings: settings.minikube,
    profile: profileOf(seat.seat, settings.minikube),
    generations: [],
    demand: demandOf(settings),
  };
  const own = (await evaluate(wanted, machine, minikube)).filter(({ name }) =>
    ["minikube", "Kubernetes", "driver"].includes(name),
  );
  if (own.some(({ status }) => status === "refused")) return own;
  const daemon = driver === undefined || isContainer(driver) ? await machine.daemon(driver ?? "docker") : undefined;
  return [...own, ...profileFindings(seats, profileRoom(machine, daemon))];
}

/** Each profile has memory of its own. Processors are shared: a class that uses them all at once only gets slower. */
export function profileFindings(seats: readonly Pick<PreflightSeat, "settings">[], have: Room): Finding[] {
  const sum = (of: (seat: Pick<PreflightSeat, "settings">) => number) =>
    seats.reduce((total, seat) => total + of(seat), 0);
  const [memory, cpus] = [
    sum(({ settings }) => sizesIn(have, settings.minikube).memory),
    sum(({ settings }) => sizesIn(have, settings.minikube).cpus),
  ];
  const megabytes = Math.floor(have.memory / 2 ** 20);
  const seen = (wanted: number, there: number, unit: string) =>
    `${wanted}${unit} by ${seats.length} profiles, ${there}${unit} exist`;
  return [
    memory <= megabytes
      ? { name: "memory", status: "ok", seen: seen(memory, megabytes, " MB") }
      : {
          name: "memory",
          status: "refused",
          seen: seen(memory, megabytes, " MB"),
          todo: "a smaller class, minikube.memory with fewer lessons, or another machine",
        },
    cpus <= have.cpus
      ? { name: "CPUs", status: "ok", seen: seen(cpus, have.cpus, "") }
      : { name: "CPUs", status: "notice", seen: `${seen(cpus, have.cpus, "")}: they share them` },
  ];
}
