import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it, vi } from "vitest";
import {
  chooseRange,
  endsOf,
  formatAddress,
  overlap,
  parseRange,
  POD_RANGE,
  rangesOfLinks,
  rangesOfRoutes,
  rangesOfThisMachine,
  SERVICE_RANGE,
  type Taken,
} from "../../../embedded/node/address";

/** What `ip` was called with; it answers with nothing. */
const called = vi.hoisted((): string[] => []);
vi.mock("../../../embedded/node/run", () => ({
  run: async (file: string, args: string[]) => (called.push([file, ...args].join(" ")), ""),
}));

/** What a number of the address's four bytes is, without the code under test. */
const numberOf = (bytes: readonly number[]) => Buffer.from(bytes).readUInt32BE();
const byte = fc.nat(255);
const taken = (...cidrs: string[]): Taken[] =>
  cidrs.map((cidr) => ({ range: parseRange(cidr), by: `the route ${cidr}` }));

describe("parseRange", () => {
  it("knows the first and last address", () => {
    const range = parseRange("10.231.0.4/30");
    expect([formatAddress(range.first), formatAddress(range.last)]).toEqual(["10.231.0.4", "10.231.0.7"]);
    expect(parseRange("0.0.0.0/0")).toEqual({ first: 0, last: 4294967295 });
    expect(parseRange("255.255.255.255/32")).toEqual({ first: 4294967295, last: 4294967295 });
  });

  it.each([
    "10.231.0.5/30",
    "10.231.0.4",
    "10.231.0.256/32",
    "10.231.0.4/33",
    "fd00::/64",
    "",
    "10.231.0.4/30 ",
    "256.0.0.0/8",
    "0.0.0.4/29",
    "10.231.0.0.4/30",
    "x10.231.0.4/30",
  ])("refuses %j", (text) => {
    expect(() => parseRange(text)).toThrow(`"${text}" is not an address range`);
  });

  it("reads every address as the number its four bytes are, and formatAddress writes that number", () => {
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), (bytes) => {
        const address = numberOf(bytes);
        expect(parseRange(`${bytes.join(".")}/32`)).toEqual({ first: address, last: address });
        expect(formatAddress(address)).toBe(bytes.join("."));
      }),
    );
  });

  it("reads every network as ipaddr.js does", () => {
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), fc.integer({ min: 1, max: 32 }), (bytes, length) => {
        const cidr = `${bytes.join(".")}/${length}`;
        const [address, last] = [
          ipaddr.IPv4.networkAddressFromCIDR(cidr),
          ipaddr.IPv4.broadcastAddressFromCIDR(cidr),
        ].map((end) => end.toByteArray());
        expect(parseRange(`${address!.join(".")}/${length}`)).toEqual({
          first: numberOf(address!),
          last: numberOf(last!),
        });
        const isNetwork = address!.join() === bytes.join();
        if (!isNetwork) expect(() => parseRange(cidr)).toThrow("is not an address range");
      }),
    );
  });
});

describe("overlap", () => {
  const node = { first: 4, last: 7 };

  it.each([
    ["a /32 at the lower edge", 4, 4, true],
    ["a /32 at the upper edge", 7, 7, true],
    ["a /32 below", 3, 3, false],
    ["a /32 above", 8, 8, false],
    ["what ends where it begins", 0, 4, true],
    ["what begins where it ends", 7, 9, true],
    ["what ends before it", 0, 3, false],
    ["what is inside", 5, 6, true],
    ["what is around", 0, 255, true],
    ["itself", 4, 7, true],
  ])("%s", (_, first, last, expected) => {
    expect([overlap(node, { first, last }), overlap({ first, last }, node)]).toEqual([expected, expected]);
  });
});

/** By hand: 10.0.0.4/30 is the addresses 167772164 to 167772167. */
describe("two ranges overlap where they share an address, the first and the last among them", () => {
  const range = { first: 167772164, last: 167772167 };

  it.each([
    ["the address before", 167772163, 167772163, false],
    ["its first address", 167772164, 167772164, true],
    ["one in the middle", 167772165, 167772165, true],
    ["its last address", 167772167, 167772167, true],
    ["the address behind", 167772168, 167772168, false],
    ["the range before", 167772160, 167772163, false],
    ["the range behind", 167772168, 167772171, false],
    ["all around it", 167772160, 167772175, true],
    ["itself", 167772164, 167772167, true],
  ])("%s (%i to %i): %s", (_, first, last, shares) => {
    expect([overlap(range, { first, last }), overlap({ first, last }, range)]).toEqual([shares, shares]);
  });
});

describe("chooseRange", () => {
  it("takes the lowest free /30", () => {
    expect(chooseRange(undefined, [])).toBe("10.231.0.0/30");
    expect(chooseRange(undefined, taken("10.231.0.0/30", "10.231.0.4/30"))).toBe("10.231.0.8/30");
    expect(chooseRange(undefined, taken("10.231.0.0/30", "10.231.0.8/30"))).toBe("10.231.0.4/30");
  });

  it("goes round a single address and a wide network", () => {
    expect(chooseRange(undefined, taken("10.231.0.2/32"))).toBe("10.231.0.4/30");
    expect(chooseRange(undefined, taken("10.231.0.0/17"))).toBe("10.231.128.0/30");
  });

  it.each(["10.231.0.0/32", "10.231.0.3/32"])("goes round %s, an address at the edge", (cidr) => {
    expect(chooseRange(undefined, taken(cidr))).toBe("10.231.0.4/30");
  });

  it.each(["10.230.255.255/32", "10.231.0.4/32"])("does not mind %s, just beside", (cidr) => {
    expect(chooseRange(undefined, taken(cidr))).toBe("10.231.0.0/30");
  });

  it("gives the last /30 of the pool, and behind it none", () => {
    const rest = [
      "10.231.0.0/17",
      "10.231.128.0/18",
      "10.231.192.0/19",
      "10.231.224.0/20",
      "10.231.240.0/21",
      "10.231.248.0/22",
      "10.231.252.0/23",
      "10.231.254.0/24",
      "10.231.255.0/25",
      "10.231.255.128/26",
      "10.231.255.192/27",
      "10.231.255.224/28",
      "10.231.255.240/29",
      "10.231.255.248/30",
    ];
    expect(chooseRange(undefined, taken(...rest))).toBe("10.231.255.252/30");
    expect(() => chooseRange(undefined, taken(...rest, "10.231.255.255/32"))).toThrow(
      "No /30 of 10.231.0.0/16 is free",
    );
  });

  it("never gives an address that is taken, and skips nothing that is free", () => {
    const range = fc.record({ first: fc.nat(300), size: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
        const pool = 10 * 2 ** 24 + 231 * 2 ** 16;
        const used = new Set(
          ranges.flatMap(({ first, size }) => Array.from({ length: size + 1 }, (_, index) => first + index)),
        );
        const free = [...Array(200).keys()]
          .map((index) => 4 * index)
          .find((first) => [0, 1, 2, 3].every((next) => !used.has(first + next)))!;
        const all = ranges.map(({ first, size }) => ({
          range: { first: pool + first, last: pool + first + size },
          by: "x",
        }));
        expect(chooseRange(undefined, all)).toBe(`10.231.${Math.floor(free / 256)}.${free % 256}/30`);
      }),
    );
  });

  it("says who has the pool when nothing is free", () => {
    expect(() => chooseRange(undefined, taken("10.0.0.0/8"))).toThrow(
      /No \/30 of 10\.231\.0\.0\/16 is free.*the route 10\.0\.0\.0\/8.*Set istio-lab:embedded.addressRange/,
    );
  });

  it("gives what is asked for, if it is free", () => {
    expect(chooseRange("172.30.255.0/30", taken("10.231.0.0/30"))).toBe("172.30.255.0/30");
    expect(() => chooseRange("192.0.2.0/30", taken("192.0.2.0/24"))).toThrow("overlaps the route 192.0.2.0/24");
    for (const own of [POD_RANGE, SERVICE_RANGE])
      expect(() => chooseRange(own.replace(/\/.*/, "/30"), [])).toThrow(`overlaps the seat's own ${own}`);
    expect(() => chooseRange("10.231.0.0/29", [])).toThrow("is a /30");
  });
});

it("gives the host the first address and the node the second", () => {
  expect(endsOf("10.231.0.4/30")).toEqual({ host: "10.231.0.5", node: "10.231.0.6" });
});

describe("what this machine uses", () => {
  it("is read from ip's answers, without the default route", () => {
    const links = rangesOfLinks([
      { ifname: "eth0", addr_info: [{ local: "192.0.2.2", prefixlen: 24 }] },
      { ifname: "ifb0", addr_info: [] },
    ]);
    expect(links).toEqual([
      {
        range: { first: numberOf([192, 0, 2, 0]), last: numberOf([192, 0, 2, 255]) },
        by: "the interface eth0 (192.0.2.2/24)",
      },
    ]);
    const routes = rangesOfRoutes([
      { dst: "default", dev: "eth0" },
      { dst: "0.0.0.0/0" },
      { dst: "10.8.0.0/16", dev: "tun0" },
      { dst: "10.9.0.1", dev: "tun0" },
    ]);
    expect(routes.map((route) => route.by)).toEqual(["the route 10.8.0.0/16 (tun0)", "the route 10.9.0.1/32 (tun0)"]);
    expect(routes.map(({ range }) => range)).toEqual([
      { first: numberOf([10, 8, 0, 0]), last: numberOf([10, 8, 255, 255]) },
      { first: numberOf([10, 9, 0, 1]), last: numberOf([10, 9, 0, 1]) },
    ]);
  });

  it("is every address of every interface, the last of a network among them", () => {
    const links = rangesOfLinks([
      {
        ifname: "eth0",
        addr_info: [
          { local: "192.0.2.2", prefixlen: 24 },
          { local: "198.51.100.255", prefixlen: 25 },
          { local: "203.0.113.7" },
          { prefixlen: 8 },
        ],
      },
      { ifname: "tun0", addr_info: [{ local: "10.9.0.1", prefixlen: 32 }] },
      { ifname: "lo" },
    ]);
    expect(links.map(({ range, by }) => `${formatAddress(range.first)}-${formatAddress(range.last)} ${by}`)).toEqual([
      "192.0.2.0-192.0.2.255 the interface eth0 (192.0.2.2/24)",
      "198.51.100.128-198.51.100.255 the interface eth0 (198.51.100.255/25)",
      "10.9.0.1-10.9.0.1 the interface tun0 (10.9.0.1/32)",
    ]);
  });

  it("is asked of every table of routes, and says nothing where the kernel has none", async () => {
    expect(await rangesOfThisMachine()).toEqual([]);
    expect(called).toEqual(["ip -j -4 address", "ip -j -4 route show table all"]);
  });
});
