import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cidrProblem, coverEverything, merged } from "../../../components/cluster/azure/cidr";

const key = "Only azure.openToWorld opens a port to it, and only those of kiali and gateway";

test.each([
  ["203.0.113.0/24", undefined],
  ["198.51.100.7/32", undefined],
  ["10.0.0.0/8", undefined],
  ...["*", "Internet", "internet", "Any", "0.0.0.0/0", "::/0"].map((text) => [
    text,
    `stands for the whole internet. ${key}`,
  ]),
  ...["0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/7", "1.2.3.4/1"].map((text) => [
    text,
    `is a part of the internet, not a network: the widest is /8. ${key}`,
  ]),
  ["203.0.113.9/24", "has bits set beyond its prefix; the network is 203.0.113.0/24"],
  ["203.0.113.9", "is an address; as a network it is 203.0.113.9/32"],
  ...["2001:db8::/32", "2001:db8::1", "::/1"].map((text) => [text, "is of IPv6; a seat has IPv4 addresses only"]),
  ...[
    "",
    "VirtualNetwork",
    "AzureCloud",
    "10.0.0/8",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "256.0.0.0/8",
    "0x0a.0.0.0/8",
    "10.0.0.0/8 ",
    "10.0.0.0/08x",
  ].map((text) => [text, "is not an IPv4 network such as 203.0.113.0/24"]),
] as [string, string | undefined][])("%j: %s", (text, problem) => expect(cidrProblem(text)).toBe(problem));

/** A network that is right by itself, from a small part of the addresses, so that many overlap. */
const anyCidr = fc
  .tuple(fc.integer({ min: 8, max: 32 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 3 }))
  .map(([prefix, last, third]) => {
    const number = (10 * 2 ** 24 + third * 256 + last) >>> 0;
    const network = prefix === 32 ? number : Math.floor(number / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
    return `${[24, 16, 8, 0].map((bits) => Math.floor(network / 2 ** bits) % 256).join(".")}/${prefix}`;
  });

const covers = (cidr: string, address: number) => {
  const [network, prefix] = cidr.split("/") as [string, string];
  const first = network.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
  return address >= first && address < first + 2 ** (32 - Number(prefix));
};

describe("merged", () => {
  test("lets in exactly whom the list lets in, and no address twice", () => {
    const anyAddress = fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 255 }))
      .map(([third, last]) => 10 * 2 ** 24 + third * 256 + last);
    fc.assert(
      fc.property(
        fc.array(anyCidr, { minLength: 1, maxLength: 8 }),
        fc.array(anyAddress, { minLength: 20 }),
        (cidrs, addresses) => {
          const networks = merged(cidrs);
          expect(addresses.map((address) => networks.filter((cidr) => covers(cidr, address)).length)).toEqual(
            addresses.map((address) => (cidrs.some((cidr) => covers(cidr, address)) ? 1 : 0)),
          );
        },
      ),
    );
  });

  test("does not depend on the order of the list", () => {
    fc.assert(
      fc.property(
        fc.array(anyCidr, { maxLength: 8 }),
        (cidrs) => void expect(merged([...cidrs].reverse())).toEqual(merged(cidrs)),
      ),
    );
  });

  test.each([
    [
      ["10.1.0.0/25", "10.1.0.128/25", "10.0.0.0/16"],
      ["10.0.0.0/16", "10.1.0.0/24"],
    ],
    [
      ["10.0.1.0/24", "10.0.2.0/24"],
      ["10.0.1.0/24", "10.0.2.0/24"],
    ],
    [["203.0.113.0/24", "203.0.113.7/32", "203.0.113.0/24"], ["203.0.113.0/24"]],
    [
      ["9.0.0.0/8", "100.0.0.0/8"],
      ["9.0.0.0/8", "100.0.0.0/8"],
    ],
  ])("%j", (cidrs, expected) => expect(merged(cidrs)).toEqual(expected));
});

test("networks that leave nobody out are the whole internet, one that is missing makes the difference", () => {
  const all = Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`);
  expect(coverEverything(all)).toBe(true);
  expect(coverEverything(all.filter((cidr) => cidr !== "77.0.0.0/8"))).toBe(false);
  expect(coverEverything(["0.0.0.0/1", "128.0.0.0/1"])).toBe(true);
});
