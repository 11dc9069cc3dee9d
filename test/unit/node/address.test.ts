import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseRange, endsOf, formatAddress, overlap, parseRange, rangesOfLinks, rangesOfRoutes, type Taken } from "../../../embedded/node/address";

const taken = (...cidrs: string[]): Taken[] => cidrs.map((cidr) => ({ range: parseRange(cidr), by: `the route ${cidr}` }));

describe("parseRange", () => {
  it("knows the first and last address", () => {
    const range = parseRange("10.231.0.4/30");
    expect([formatAddress(range.first), formatAddress(range.last)]).toEqual(["10.231.0.4", "10.231.0.7"]);
    expect(parseRange("0.0.0.0/0")).toEqual({ first: 0, last: 2 ** 32 - 1 });
  });

  it.each(["10.231.0.5/30", "10.231.0.4", "10.231.0.256/32", "10.231.0.4/33", "fd00::/64", "", "10.231.0.4/30 "])("refuses %j", (text) => {
    expect(() => parseRange(text)).toThrow(`"${text}" is not an address range`);
  });

  it("agrees with formatAddress for every address", () => {
    fc.assert(fc.property(fc.nat(2 ** 32 - 1), (address) => parseRange(`${formatAddress(address)}/32`).first === address));
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

  it("never gives what is taken", () => {
    const range = fc.record({ first: fc.nat(65535), size: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
        const pool = parseRange("10.231.0.0/16").first;
        const all = ranges.map(({ first, size }) => ({ range: { first: pool + first, last: pool + first + size }, by: "x" }));
        const chosen = parseRange(chooseRange(undefined, all));
        expect(all.filter((other) => overlap(other.range, chosen))).toEqual([]);
        expect(chosen.first % 4).toBe(0);
      }),
    );
  });

  it("says who has the pool when nothing is free", () => {
    expect(() => chooseRange(undefined, taken("10.0.0.0/8"))).toThrow(/No \/30 of 10\.231\.0\.0\/16 is free.*the route 10\.0\.0\.0\/8.*Set istio-lab:embedded.addressRange/);
  });

  it("gives what is asked for, if it is free", () => {
    expect(chooseRange("172.30.255.0/30", taken("10.231.0.0/30"))).toBe("172.30.255.0/30");
    expect(() => chooseRange("192.0.2.0/30", taken("192.0.2.0/24"))).toThrow("overlaps the route 192.0.2.0/24");
    expect(() => chooseRange("10.244.1.0/30", [])).toThrow("overlaps the seat's own 10.244.0.0/16");
    expect(() => chooseRange("10.231.0.0/29", [])).toThrow("is a /30");
  });
});

it("gives the host the first address and the node the second", () => {
  expect(endsOf("10.231.0.4/30")).toEqual({ host: "10.231.0.5", node: "10.231.0.6" });
});

describe("what this machine uses", () => {
  it("is read from ip's answers, without the default route", () => {
    const links = rangesOfLinks([{ ifname: "eth0", addr_info: [{ local: "192.0.2.2", prefixlen: 24 }] }, { ifname: "ifb0", addr_info: [] }]);
    expect(links).toEqual([{ range: parseRange("192.0.2.0/24"), by: "the interface eth0 (192.0.2.2/24)" }]);
    const routes = rangesOfRoutes([{ dst: "default", dev: "eth0" }, { dst: "0.0.0.0/0" }, { dst: "10.8.0.0/16", dev: "tun0" }, { dst: "10.9.0.1", dev: "tun0" }]);
    expect(routes.map((route) => route.by)).toEqual(["the route 10.8.0.0/16 (tun0)", "the route 10.9.0.1/32 (tun0)"]);
  });
});
