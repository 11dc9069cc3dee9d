import type { Finding } from "../../preflight/finding";
import type { SeatFacts } from "./facts";

/** What the roster itself says that ought to be known before anything is made. */
export function peopleFindings(seats: readonly Pick<SeatFacts, "seat" | "there">[], now = new Date()): Finding[] {
  return [...expiryFindings(seats, now), ...mailFindings(seats)];
}

function expiryFindings(seats: readonly Pick<SeatFacts, "seat" | "there">[], now: Date): Finding[] {
  const name = "expiry";
  const past = seats.filter(({ seat }) => seat.expires !== undefined && seat.expires <= now);
  const never = seats.filter(({ seat }) => seat.expires === undefined);
  const text = (of: typeof seats) => of.map(({ seat }) => `${seat.seat} (${seat.at})`).join(", ");
  const fresh = past.filter(({ there }) => !there);
  return [
    ...(fresh.length > 0 ? [{ name, status: "refused", seen: `already past, and the seat is not there yet: ${text(fresh)}`, todo: "give a later one, or take the seats out of the roster" } as const] : []),
    ...(past.length > fresh.length ? [{ name, status: "notice", seen: `already past: ${text(past.filter(({ there }) => there))}`, todo: "`class expire` takes these seats away" } as const] : []),
    ...(past.length === 0 && never.length < seats.length ? [{ name, status: "ok", seen: `${seats.length - never.length} of ${seats.length} seats have one${never.length > 0 ? "; the others `class expire` never takes away" : ""}` } as const] : []),
    ...(never.length === seats.length ? [{ name, status: "notice", seen: "no seat has one: `class expire` takes none away, and each stays until `class destroy`" } as const] : []),
  ];
}

/** One address for two seats is a copied line, or somebody with two seats. */
function mailFindings(seats: readonly Pick<SeatFacts, "seat">[]): Finding[] {
  const byMail = new Map<string, string[]>();
  for (const { seat } of seats) if (seat.email !== undefined) byMail.set(seat.email.toLowerCase(), [...(byMail.get(seat.email.toLowerCase()) ?? []), seat.seat]);
  const twice = [...byMail.values()].filter((seats) => seats.length > 1);
  return twice.length === 0 ? [] : [{ name: "e-mail", status: "notice", seen: `the same for ${twice.map((seats) => seats.join(" and ")).join("; for ")}` }];
}
