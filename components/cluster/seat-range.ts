import { POD_RANGE, SERVICE_RANGE } from "../../embedded/node/address-ranges";

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * What is wrong with a text as the address range of a seat on this machine, as a sentence without its subject; undefined where nothing is. Only private space
 * (RFC 1918) is nobody else's: a route to a seat in another would cut this machine off from whoever has it.
 */
export function seatRangeProblem(value: unknown): string | undefined {
  const range = typeof value === "string" ? parse(value) : undefined;
  if (range === undefined || range.prefix !== 30 || range.first % 4 !== 0) return `is not ${VALID}`;
  if (!PRIVATE.some((cidr) => isWithin(range.first, cidr))) return `is not in private space; valid are ranges in ${PRIVATE.slice(0, 2).join(", ")} and ${PRIVATE[2]!}`;
  const inside = [["pods", POD_RANGE], ["Services", SERVICE_RANGE]].find(([, cidr]) => isWithin(range.first, cidr!));
  return inside === undefined ? undefined : `is in ${inside[1]}, the addresses of every seat's ${inside[0]}; take one beside it`;
}

const VALID = "an IPv4 range of four addresses, such as 10.231.0.8/30: four numbers from 0 to 255, the last a multiple of 4, and /30";

function parse(cidr: string): { first: number; prefix: number } | undefined {
  // A number with a leading zero is an octal one to some readers.
  const parts = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\/(0|[1-9]\d?)$/.exec(cidr)?.slice(1).map(Number);
  if (parts === undefined || parts.slice(0, 4).some((byte) => byte > 255)) return undefined;
  return { first: parts.slice(0, 4).reduce((sum, byte) => sum * 256 + byte, 0), prefix: parts[4]! };
}

function isWithin(address: number, cidr: string): boolean {
  const { first, prefix } = parse(cidr)!;
  return address >= first && address < first + 2 ** (32 - prefix);
}
