import * as ipaddr from "ipaddr.js";

/** The smallest valid prefix length. 10.0.0.0/8 still belongs to one owner as a whole, and nothing larger does. */
const WIDEST = 8;

/**
 * Describes why a text is not a valid source of traffic. Undefined where it is valid. Fewer than 256 valid entries can
 * never cover the whole internet.
 */
export function cidrProblem(text: string): string | undefined {
  const world = `stands for the whole internet. ${ONLY_BY_KEY}`;
  if (/^(\*|any|all|internet|(0\.0\.0\.0|::)\/0)$/i.test(text)) return world;
  if (ipaddr.isValid(text) && !text.includes("/"))
    return isFourPart(text) ? `is an address; as a network it is ${text}/32` : noIpv6;
  if (ipaddr.IPv6.isValidCIDR(text)) return noIpv6;
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return "is not an IPv4 network such as 203.0.113.0/24";
  const [, prefix] = ipaddr.IPv4.parseCIDR(text);
  const network = `${ipaddr.IPv4.networkAddressFromCIDR(text).toString()}/${prefix}`;
  if (prefix < WIDEST) return `is a part of the internet, not a network: the widest is /${WIDEST}. ${ONLY_BY_KEY}`;
  if (network !== text)
    return /(^|[./])0\d/.test(text)
      ? `is written with leading zeros; as plain decimals it is ${network}`
      : `has bits set beyond its prefix; the network is ${network}`;
  return undefined;
}

/**
 * Returns the fewest networks that cover exactly the same addresses, in order. Azure refuses a rule that names an
 * address twice.
 */
export function merged(cidrs: readonly string[]): string[] {
  const ranges: Range[] = [];
  for (const { first, end } of cidrs.map(rangeOf).sort((a, b) => a.first - b.first)) {
    const last = ranges.at(-1);
    if (last !== undefined && first <= last.end) last.end = Math.max(last.end, end);
    else ranges.push({ first, end });
  }
  return ranges.flatMap(cidrsOf);
}

/** Whether these networks cover every address. */
export function coverEverything(cidrs: readonly string[]): boolean {
  return merged(cidrs).includes("0.0.0.0/0");
}

const ONLY_BY_KEY = "Only azure.openToWorld opens a port to it, and only those of kiali and gateway";
const noIpv6 = "is of IPv6; a seat has IPv4 addresses only";

function isFourPart(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** A range of addresses as numbers. `end` is exclusive. */
interface Range {
  first: number;
  end: number;
}

function rangeOf(cidr: string): Range {
  const [network, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const first = network.octets.reduce((number, octet) => number * 256 + octet, 0);
  return { first, end: first + 2 ** (32 - prefix) };
}

function cidrsOf({ first, end }: Range): string[] {
  if (first >= end) return [];
  let prefix = 32;
  const size = (of: number) => 2 ** (32 - of);
  while (prefix > 0 && first % size(prefix - 1) === 0 && first + size(prefix - 1) <= end) prefix--;
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return [`${octets.join(".")}/${prefix}`, ...cidrsOf({ first: first + size(prefix), end })];
}
