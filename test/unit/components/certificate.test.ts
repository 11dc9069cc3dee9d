import { X509Certificate } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { certificate } from "../../../components/mesh/certificate-operations";
import { certificateProblems } from "../../../components/mesh/certificate-rules";

const host = "codewithmsmaxpro.me";
const DAY = 86_400_000;

const NOW = Date.parse("2026-03-01T12:00:00Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

describe("a certificate of the seat's own", () => {
  test("keeps the rules that a given one must keep", async () => {
    const { outs } = await certificate.create({ host });
    expect(certificateProblems(outs, host, new Date())).toEqual([]);
    expect(certificateProblems(outs, "example.org", new Date())).toHaveLength(1);
  });

  test("is for a year, for servers only, and signs no others", async () => {
    const { id, outs } = await certificate.create({ host });
    const made = new X509Certificate(outs.certificate);
    expect(Date.parse(outs.notAfter) - NOW).toBeGreaterThan(364.9 * DAY);
    expect(Math.abs(Date.parse(made.validTo) - Date.parse(outs.notAfter))).toBeLessThan(1000);
    expect(Date.parse(made.validFrom)).toBeLessThan(NOW);
    expect({
      ca: made.ca,
      usage: made.keyUsage,
      names: made.subjectAltName,
      self: made.verify(made.publicKey),
    }).toEqual({
      ca: false,
      usage: ["1.3.6.1.5.5.7.3.1"],
      names: `DNS:${host}`,
      self: true,
    });
    expect(BigInt(`0x${id}`)).toBe(BigInt(`0x${made.serialNumber}`));
    expect(outs.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  test("is another each time", async () => {
    const [one, two] = [await certificate.create({ host }), await certificate.create({ host })];
    expect(one.id).not.toBe(two.id);
    expect(one.outs.key).not.toBe(two.outs.key);
  });
});

describe("it is replaced", () => {
  const state = { host, certificate: "", key: "", notAfter: "2027-06-30T12:00:00.000Z" };
  const diffAt = (now: string, news = { host }) => {
    vi.useFakeTimers({ now: new Date(now) });
    return certificate.diff("id", state, news);
  };

  test("with less than 30 days left, and not before", async () => {
    expect(await diffAt("2027-05-31T11:59:59Z")).toEqual({ changes: false, replaces: [] });
    expect(await diffAt("2027-05-31T12:00:01Z")).toEqual({ changes: true, replaces: ["notAfter"] });
    expect(await diffAt("2028-01-01T00:00:00Z")).toEqual({ changes: true, replaces: ["notAfter"] });
  });

  test("for another host", async () => {
    expect(await diffAt("2027-01-01T00:00:00Z", { host: "example.org" })).toEqual({
      changes: true,
      replaces: ["host"],
    });
  });
});

test("nothing but the state knows it: refresh keeps it, and there is nothing to delete", async () => {
  const props = { host, certificate: "C", key: "K", notAfter: "2027-06-30T12:00:00.000Z" };
  expect(await certificate.read("id", props)).toEqual({ id: "id", props });
  expect(await certificate.delete("id", props)).toBeUndefined();
});
