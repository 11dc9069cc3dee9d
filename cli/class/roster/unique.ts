import type { Settings } from "../../../config";
import type { RosterSeat } from "../model";
import type { Problems } from "./problems";

/** What only one seat can have, by target: its key, and what identifies it. */
export const owned: { [target in Settings["target"]]?: { key: string; of(settings: Settings): string | undefined } } = {
  embedded: { key: "embedded.addressRange", of: ({ embedded }) => embedded.addressRange },
  minikube: { key: "minikube.profile", of: ({ minikube }) => minikube.profile },
  azure: { key: "azure.dnsLabel", of: ({ azure }) => azure.dnsLabel && `${azure.dnsLabel}.${azure.location}` },
};

/** Tells of every seat that would have what another one has. */
export function checkUnique(seats: readonly { seat: RosterSeat; settings: Settings }[], problems: Problems): void {
  const before = new Map<string, RosterSeat>();
  for (const { seat, settings } of seats) {
    const value = owned[settings.target]?.of(settings);
    if (value === undefined) continue;
    const { key } = owned[settings.target]!;
    const same = before.get(`${key} ${value}`);
    if (same === undefined) before.set(`${key} ${value}`, seat);
    else problems.tell(`${seat.at}, ${seat.seat}`, `istio-lab:${key}: ${value} is that of ${same.seat} (${same.at}) as well; give each seat its own, or leave it out`);
  }
}
