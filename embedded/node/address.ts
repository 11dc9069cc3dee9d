import { POD_RANGE, SERVICE_RANGE } from "../../base/seat-range";
import { SeatError } from "../../base/seat-error";
import { run } from "./run";

/** IPv4 addresses from `first` to `last`, both included, as numbers. */
export interface Range {
  first: number;
  last: number;
}

/** The pool from which a seat gets its /30, unless it asks for another. It holds 16384 ranges. */
export const SEAT_POOL = "10.231.0.0/16";

export { POD_RANGE, SERVICE_RANGE };

/** An address range that must not be overlapped, and its name in a message. */
export interface Taken {
  range: Range;
  by: string;
}

/** @throws when `cidr` is not an IPv4 network written as CIDR, like 10.231.0.4/30. */
export function parseRange(cidr: string): Range {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [bytes, length] = match ? [match.slice(1, 5).map(Number), Number(match[5])] : [[], 33];
  const first = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - length);
  if (length > 32 || bytes.some((byte) => byte > 255) || first % size !== 0) {
    throw new SeatError(`"${cidr}" is not an address range like 10.231.0.4/30.`);
  }
  return { first, last: first + size - 1 };
}

export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** The two ends of a seat's /30: the host has the first usable address, the node the second. */
export function endsOf(addressRange: string): { host: string; node: string } {
  const range = parseRange(addressRange);
  if (range.last - range.first !== 3)
    throw new SeatError(`A seat's address range is a /30, and "${addressRange}" is not.`);
  return { host: formatAddress(range.first + 1), node: formatAddress(range.first + 2) };
}

/**
 * Returns the range `wanted`, or the lowest free /30 of the pool.
 *
 * @throws when `wanted` overlaps a taken range, or no /30 is free.
 */
export function chooseRange(wanted: string | undefined, taken: readonly Taken[]): string {
  const inside = [POD_RANGE, SERVICE_RANGE].map((cidr) => ({ range: parseRange(cidr), by: `the seat's own ${cidr}` }));
  const all = [...inside, ...taken];
  if (wanted !== undefined) {
    endsOf(wanted);
    const clash = all.find((other) => overlap(other.range, parseRange(wanted)));
    if (clash)
      throw new SeatError(
        `The address range ${wanted} overlaps ${clash.by}. Set istio-lab:embedded.addressRange to another /30.`,
      );
    return wanted;
  }
  const pool = parseRange(SEAT_POOL);
  for (let first = pool.first; first <= pool.last; first += 4) {
    const clash = all.find((other) => overlap(other.range, { first, last: first + 3 }));
    if (!clash) return `${formatAddress(first)}/30`;
    first = Math.max(first, clash.range.last - (clash.range.last % 4)); // continue behind it
  }
  throw new SeatError(
    `No /30 of ${SEAT_POOL} is free on this machine: ${all.find((t) => overlap(t.range, pool))?.by} is in that pool. ` +
      `Set istio-lab:embedded.addressRange to a /30 that nothing here uses, for example 172.30.255.0/30.`,
  );
}

/** The ranges that this machine's interfaces and routes use, except the default route. */
export async function rangesOfThisMachine(): Promise<Taken[]> {
  const [links, routes] = await Promise.all([
    run("ip", ["-j", "-4", "address"]),
    run("ip", ["-j", "-4", "route", "show", "table", "all"]),
  ]);
  return [
    ...rangesOfLinks(JSON.parse(links || "[]") as Parameters<typeof rangesOfLinks>[0]),
    ...rangesOfRoutes(JSON.parse(routes || "[]") as Parameters<typeof rangesOfRoutes>[0]),
  ];
}

/** From `ip -j -4 address`. */
export function rangesOfLinks(
  links: { ifname?: string; addr_info?: { local?: string; prefixlen?: number }[] }[],
): Taken[] {
  return links.flatMap((link) =>
    (link.addr_info ?? [])
      .filter((info) => info.local !== undefined && info.prefixlen !== undefined)
      .map((info) => ({
        range: networkOf(info.local!, info.prefixlen!),
        by: `the interface ${link.ifname} (${info.local}/${info.prefixlen})`,
      })),
  );
}

/** From `ip -j -4 route`. */
export function rangesOfRoutes(routes: { dst?: string; dev?: string }[]): Taken[] {
  return routes
    .map((route) => ({ ...route, dst: route.dst?.includes("/") ? route.dst : `${route.dst}/32` }))
    .filter((route) => /^\d+\.\d+\.\d+\.\d+\/(?!0$)\d+$/.test(route.dst))
    .map((route) => ({ range: parseRange(route.dst), by: `the route ${route.dst} (${route.dev ?? "no device"})` }));
}

function networkOf(address: string, prefix: number): Range {
  const value = parseRange(`${address}/32`).first;
  const size = 2 ** (32 - prefix);
  return { first: value - (value % size), last: value - (value % size) + size - 1 };
}
