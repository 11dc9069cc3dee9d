import * as os from "node:os";
import pLimit from "p-limit";
import { minikube } from "../../../components/cluster/minikube/minikube";
import { profileNameOf } from "../../../components/cluster/minikube/profile-name";
import { profileNamed } from "../../../components/cluster/minikube/tools";
import type { Settings } from "../../../config";
import { seatStatus } from "../../../embedded/node/status";
import { seatFolder } from "../../../embedded/paths";
import { machinesOf, type OwnMachine } from "../../targets/azure/machines";
import { ownSeat, type OwnSeat } from "../../preflight/own-seat";
import { exportStack, listStacks, type Deployment } from "../../stack/stack";
import type { Workspace } from "../../stack/workspace";
import type { Class } from "../class";
import type { Overlay, RosterSeat } from "../model";
import { seatFileSettings } from "../roster/configs";

/** A seat of the class, and what is there of it. */
export interface SeatFacts {
  readonly seat: RosterSeat;
  /** Its config, without what is locked. */
  readonly settings: Settings;
  /** Paths of its locked secrets. */
  readonly locked: readonly string[];
  /** Its machine is there: it needs no more room than it has. */
  readonly there: boolean;
  /** Its VMs, on azure. */
  readonly machines: readonly OwnMachine[];
  /** What it has made in a cluster that is somebody's. */
  readonly own: OwnSeat;
}

/** What is known of the class' seats, by their config, this machine and their state. */
export async function factsOf({ roster, workspace }: Pick<Class, "roster" | "workspace">, overlay: Overlay = {}): Promise<SeatFacts[]> {
  const stacks = await stacksOf(workspace);
  const limit = pLimit(os.availableParallelism());
  return Promise.all(
    roster.seats.map((seat) =>
      limit(async () => {
        const { settings, locked } = seatFileSettings(roster, seat, overlay);
        const isElsewhere = settings.target === "azure" || settings.target === "existing";
        const state: Deployment = isElsewhere && stacks.has(seat.seat) ? await exportStack(workspace, seat.seat) : { resources: [], pending: 0 };
        const machines = machinesOf(state);
        const own = ownSeat(state);
        return { seat, settings, locked, machines, own, there: machines.length > 0 || own.cluster !== undefined || (await isThere(seat.seat, settings)) };
      }),
    ),
  );
}

/** The stacks there are; where there is no engine yet, nobody has made one here. */
async function stacksOf(workspace: Workspace): Promise<Set<string>> {
  if (workspace.engine === undefined) return new Set();
  return new Set((await listStacks(workspace)).map(({ name }) => name));
}

async function isThere(stack: string, settings: Settings): Promise<boolean> {
  if (settings.target === "embedded") return (await seatStatus(seatFolder(stack))).state === "running";
  if (settings.target !== "minikube") return false;
  // Where minikube does not answer, its own finding says so.
  return (await profileNamed(minikube, settings.minikube.profile ?? profileNameOf("istio-lab", stack)).catch(() => undefined)) !== undefined;
}
