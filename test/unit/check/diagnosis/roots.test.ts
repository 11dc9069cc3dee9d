import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { beforeAll, describe, expect, it } from "vitest";
import { readRoots } from "../../../../cli/check/diagnosis/roots";
import type { KubeObject } from "../../../../kube";

const drawn = new Date("2026-03-01T12:00:00Z");
let pem: string;

beforeAll(async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as never;
  const root = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: "0a1b",
      name: "O=cluster.local",
      notBefore: drawn,
      notAfter: new Date("2036-03-01T12:00:00Z"),
      signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
      keys,
    },
    webcrypto as never,
  );
  pem = root.toString("pem");
});

const pod = (name: string, startTime: string, proxy = true): KubeObject => ({
  metadata: { name, namespace: "blog" },
  spec: { initContainers: proxy ? [{ name: "istio-proxy" }] : [] },
  status: { phase: "Running", startTime },
});
const certs = (serial: string) => JSON.stringify({ certificates: [{ ca_cert: [{ serial_number: serial }] }] });
const before = "2026-03-01T11:00:00Z";

/** A seat whose proxies answer so, by their pods' names. */
function seat(answers: Record<string, string>) {
  const asked: string[] = [];
  return {
    asked,
    get: async () => ({ metadata: { name: "istio-ca-root-cert" }, data: { "root-cert.pem": pem } }),
    fromWithin: async (_: string, name: string, port: number, path: string) => {
      asked.push(`${name}:${port}${path}`);
      if (answers[name] === undefined) throw new Error("no way");
      return answers[name]!;
    },
  };
}

const names = async (answers: Record<string, string>, ...pods: KubeObject[]) =>
  (await readRoots(seat(answers), pods)).oldRoots?.pods.map(({ metadata }) => metadata.name) ?? [];

describe("proxies with another root", () => {
  it("are those that hold another serial number than istiod's root", async () => {
    expect(await names({ old: certs("ff"), new: certs("0A1B") }, pod("old", before), pod("new", before))).toEqual([
      "old",
    ]);
    expect((await readRoots(seat({ old: certs("ff") }), [pod("old", before)])).oldRoots?.since).toBe(
      drawn.toISOString(),
    );
  });

  it("are unknown where they cannot be asked or have none, whatever their age", async () => {
    const { oldRoots, unknownRoots } = await readRoots(seat({ empty: "{}" }), [
      pod("old", before),
      pod("young", "2026-03-01T12:01:00Z"),
      pod("empty", before),
    ]);
    expect(oldRoots).toBeUndefined();
    expect(unknownRoots.map(({ pod, why }) => `${pod.metadata.name}: ${why}`)).toEqual([
      "old: no way",
      "young: no way",
      "empty: it has no root yet",
    ]);
  });

  it("are those too that started in the minutes by which istiod dates its root back", async () => {
    const young = pod("young", "2026-03-01T12:01:30Z");
    expect(await names({ young: certs("ff") }, young)).toEqual(["young"]);
    expect(await names({ young: certs("0a1b") }, young)).toEqual([]);
  });

  it("are none that hold the root under a number without leading zeros, or among others", async () => {
    const several = JSON.stringify({
      certificates: [{}, { ca_cert: [{}, { serial_number: "ff" }, { serial_number: "000a1b" }] }],
    });
    expect(await names({ short: certs("a1b"), several }, pod("short", before), pod("several", before))).toEqual([]);
  });

  it("are no pods without a proxy, none that do not run, and none that are younger than the root is dated back", async () => {
    const asking = seat({});
    const [waits, going] = [pod("waits", before), pod("going", before)];
    waits.status!.phase = "Pending";
    going.metadata.deletionTimestamp = before;
    const pods = [pod("bare", before, false), pod("young", "2026-03-01T12:05:00Z"), waits, going];
    expect(await readRoots(asking, pods)).toEqual({ unknownRoots: [] });
    expect(asking.asked).toEqual([]);
  });

  it("are none where nobody knows the root", async () => {
    expect(await readRoots({}, [pod("old", before)])).toEqual({ unknownRoots: [] });
    const silent = { get: () => Promise.reject(new Error("403")) };
    expect(await readRoots(silent, [pod("old", before)])).toEqual({ unknownRoots: [] });
  });
});
