import type { Settings } from "../../../config";
import { commandsFor, type TargetCommands } from "../../targets";
import type { RosterSeat } from "../model";
import type { Problems } from "./problems";

/** Tells of every seat that would have what another one has. */
export function checkUnique(seats: readonly { seat: RosterSeat; settings: Settings }[], problems: Problems): void {
  const before = new Map<string, RosterSeat>();
  for (const { seat, settings } of seats) {
    // Settings with problems may have no target; that is told elsewhere.
    const unique = (commandsFor(settings.target) as TargetCommands | undefined)?.unique;
    const value = unique?.of(settings);
    if (unique === undefined || value === undefined) continue;
    const { key } = unique;
    const same = before.get(`${key} ${value}`);
    if (same === undefined) before.set(`${key} ${value}`, seat);
    else problems.tell(`${seat.at}, ${seat.seat}`, `istio-lab:${key}: ${value} is that of ${same.seat} (${same.at}) as well; give each seat its own, or leave it out`);
  }
}
