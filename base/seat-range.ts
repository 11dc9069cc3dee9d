import { IPv4 } from "ipaddr.js";

/** The pods' addresses. They are the same in every seat, because nobody outside the seat sees them. */
export const POD_RANGE = "10.244.0.0/16";
/** The Services' addresses. They are also the same in every seat. */
export const SERVICE_RANGE = "10.96.0.0/16";

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * Describes why a text is not a valid address range for a seat on this machine, as a sentence without its subject.
 * Undefined where it is valid. Only private space (RFC 1918) belongs to nobody else. A route into other space would
 * cut this machine off from its owner.
 */
export function seatRangeProblem(value: unknown): string | undefined {
  const range = typeof value === "string" ? parse(value) : undefined;
  if (range === undefined || range[1] !== 30 || range[0].octets[3]! % 4 !== 0) return `is not ${SEAT_RANGES}`;
  if (!PRIVATE.some((cidr) => range[0].match(IPv4.parseCIDR(cidr))))
    return `is not in private space; valid are ranges in ${PRIVATE.slice(0, 2).join(", ")} and ${PRIVATE[2]!}`;
  const inside = [
    ["pods", POD_RANGE],
    ["Services", SERVICE_RANGE],
  ].find(([, cidr]) => range[0].match(IPv4.parseCIDR(cidr!)));
  return inside === undefined
    ? undefined
    : `is in ${inside[1]}, the addresses of every seat's ${inside[0]}; take one beside it`;
}

export const SEAT_RANGES =
  "an IPv4 range of four addresses, such as 10.231.0.8/30: four numbers from 0 to 255, the last a multiple of 4, and /30";

/**
 * Returns undefined for a text that is not a network in plain decimals. Some readers take a number with a leading zero
 * as octal.
 */
function parse(text: string): [IPv4, number] | undefined {
  return IPv4.isValidCIDRFourPartDecimal(text) && !/(^|[./])0\d/.test(text) ? IPv4.parseCIDR(text) : undefined;
}
