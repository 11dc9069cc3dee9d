import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../config";
import { required } from "../azure/config";
import { problems } from "./problems";
import { defaultK3s, istio, istioMinor, kubernetesRange } from "../../../versions";

const read = (changes: Record<string, unknown> = {}, target = "azure") =>
  parseConfig({ target, azure: JSON.stringify({ ...required, ...changes }) }).azure;
const refusals = (changes: Record<string, unknown>, target = "azure") =>
  problems({ target, azure: JSON.stringify({ ...required, ...changes }) });

const hash = `the 64 hexadecimal digits before "k3s" in sha256sum-amd64.txt, beside the release's k3s: https://github.com/k3s-io/k3s/releases/tag/${encodeURIComponent(defaultK3s.version)}`;
const releases = `a release of k3s that Istio ${istioMinor} supports, Kubernetes ${kubernetesRange}, such as ${defaultK3s.version}`;
const tooOld = `v1.${istio.kubernetes.from - 1}.1+k3s1`;
const ownHash = { sha256: "a".repeat(64) };
const networks = 'a list of IPv4 networks such as ["203.0.113.0/24", "198.51.100.7/32"]';
const onlyByKey = "Only azure.openToWorld opens a port to it, and only those of kiali and gateway";
const zones =
  'a time zone by its IANA name, such as "America/New_York", or by its Windows name, such as "UTC" or "W. Europe Standard Time"';

test("what is not set has its default", () => {
  expect(read()).toEqual({
    location: "westeurope",
    vmSize: "Standard_D4s_v5",
    nodes: 1,
    adminCidrs: ["198.51.100.7/32"],
    traineeCidrs: ["203.0.113.0/24"],
    openToWorld: [],
    autoShutdown: { time: "19:00", timezone: "UTC" },
    spot: false,
    k3s: { ...defaultK3s },
  });
});

test("what is set is kept", () => {
  const all = {
    location: "northeurope",
    vmSize: "Standard_E8ds_v5",
    nodes: 3,
    adminCidrs: ["198.51.100.0/28", "192.0.2.1/32"],
    traineeCidrs: ["203.0.113.0/24"],
    openToWorld: ["gateway"],
    dnsLabel: "istio-class-7",
    autoShutdown: { time: "23:30", timezone: "W. Europe Standard Time" },
    spot: true,
    ssh: { publicKey: `ssh-ed25519 ${"A".repeat(68)} ana@laptop` },
    k3s: { version: "v1.33.5+k3s1", sha256: "a".repeat(64) },
    owner: "Ana Marić",
    expiry: "2028-02-29",
    prices: { asOf: "2026-11-21", currency: "EUR", perHour: { Standard_E8ds_v5: 0.5 } },
  };
  expect(read(all)).toEqual(all);
});

describe("k3s", () => {
  test("a hash alone is of the release that was the default while each seat had to give one: such a seat stays as it is", () => {
    expect(read({ k3s: ownHash }).k3s).toEqual({ version: "v1.34.12+k3s1", ...ownHash });
    expect(read({ k3s: { sha256: read().k3s.sha256 } }).k3s).toEqual(read().k3s);
    expect(read({ k3s: { version: defaultK3s.version, ...ownHash } }).k3s).toEqual({ ...defaultK3s, ...ownHash });
  });
});

describe("what is required", () => {
  test("is asked for all at once where the target is azure", () => {
    expect(problems({ target: "azure" })).toEqual([
      "istio-lab:azure.location: is not set; valid is a region by its short name, such as westeurope",
      `istio-lab:azure.adminCidrs: is not set; valid is ${networks}`,
      `istio-lab:azure.traineeCidrs: is not set; valid is ${networks}`,
    ]);
  });

  test("is not asked for elsewhere, but what is given is checked there too", () => {
    expect(() => parseConfig({ target: "embedded" })).not.toThrow();
    expect(problems({ target: "embedded", azure: '{"nodes":0,"adminCidrs":["*"]}' })).toHaveLength(2);
  });

  test("traineeCidrs are not, where both ports are open to the world", () => {
    const open = (openToWorld: string[]) => ({ traineeCidrs: undefined, openToWorld });
    expect(read(open(["kiali", "gateway"])).traineeCidrs).toEqual([]);
    expect(refusals(open(["kiali"]))).toEqual([`istio-lab:azure.traineeCidrs: is not set; valid is ${networks}`]);
  });

  test("the hash is, with another release than the default", () => {
    const other = `v1.${istio.kubernetes.to}.99+k3s1`;
    expect(refusals({ k3s: { version: other } })).toEqual([
      `istio-lab:azure.k3s.sha256: is not set; valid is ${hash.replace(encodeURIComponent(defaultK3s.version), encodeURIComponent(other))}`,
    ]);
    expect(read({ k3s: { version: defaultK3s.version } }).k3s).toEqual(read().k3s);
    expect(() => parseConfig({ target: "embedded", azure: JSON.stringify({ k3s: { version: other } }) })).not.toThrow();
  });
});

describe.each(["adminCidrs", "traineeCidrs"])("%s", (key) => {
  test.each(["*", "Internet", "0.0.0.0/0", "::/0"])("%s is refused", (cidr) => {
    expect(refusals({ [key]: [cidr] })).toEqual([
      `istio-lab:azure.${key}[0]: "${cidr}" stands for the whole internet. ${onlyByKey}`,
    ]);
  });

  test("pairs of /1 are refused", () => {
    const part = `is a part of the internet, not a network: the widest is /8. ${onlyByKey}`;
    expect(refusals({ [key]: ["0.0.0.0/1", "128.0.0.0/1"] })).toEqual([
      `istio-lab:azure.${key}[0]: "0.0.0.0/1" ${part}`,
      `istio-lab:azure.${key}[1]: "128.0.0.0/1" ${part}`,
    ]);
  });

  test("any union that covers everything is refused", () => {
    const all = Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`);
    expect(refusals({ [key]: all })).toEqual([
      `istio-lab:azure.${key}: these networks together are the whole internet`,
    ]);
  });

  test.each([
    ["203.0.113.9/24", "has bits set beyond its prefix; the network is 203.0.113.0/24"],
    ["203.0.113.9", "is an address; as a network it is 203.0.113.9/32"],
    ["home", "is not an IPv4 network such as 203.0.113.0/24"],
  ])("%s is refused with what would be right", (cidr, text) =>
    expect(refusals({ [key]: ["192.0.2.0/24", cidr] })).toEqual([`istio-lab:azure.${key}[1]: "${cidr}" ${text}`]),
  );

  test("nobody, no list and no text are refused", () => {
    expect(refusals({ [key]: [] })).toEqual([
      `istio-lab:azure.${key}: [] lets nobody in; name one network at least, such as 203.0.113.0/24`,
    ]);
    expect(refusals({ [key]: "203.0.113.0/24" })).toEqual([
      `istio-lab:azure.${key}: "203.0.113.0/24" is not ${networks}`,
    ]);
    expect(refusals({ [key]: [7] })).toEqual([
      `istio-lab:azure.${key}[0]: 7 is not an IPv4 network such as 203.0.113.0/24`,
    ]);
  });
});

test.each([
  [{ location: "West Europe" }, 'location: "West Europe" is not a region by its short name, such as westeurope'],
  [{ vmSize: "D4s_v5" }, 'vmSize: "D4s_v5" is not a size of a VM, such as Standard_D4s_v5'],
  [
    { vmSize: "Standard_B2s" },
    'vmSize: "Standard_B2s" has 2 vCPU; a seat needs 4 and 8 GB of memory, such as Standard_D4s_v5',
  ],
  [
    { vmSize: "Standard_E8-2ds_v5" },
    'vmSize: "Standard_E8-2ds_v5" has 2 vCPU; a seat needs 4 and 8 GB of memory, such as Standard_D4s_v5',
  ],
  [
    { vmSize: "Standard_D4ps_v5" },
    'vmSize: "Standard_D4ps_v5" has an Arm processor; a seat needs x86-64, such as Standard_D4s_v5',
  ],
  [
    { vmSize: "Standard_B4ms", spot: true },
    'vmSize: "Standard_B4ms" is of the B-series, which has no spot VMs; take another size, such as Standard_D4s_v5, or azure.spot: false',
  ],
  [{ nodes: 0 }, "nodes: 0 is not a whole number from 1 to 10"],
  [{ nodes: 11 }, "nodes: 11 is not a whole number from 1 to 10"],
  [{ nodes: 1.5 }, "nodes: 1.5 is not a whole number from 1 to 10"],
  [{ openToWorld: ["api"] }, 'openToWorld[0]: "api" is not a part of a seat; valid: kiali, gateway'],
  [{ openToWorld: true }, 'openToWorld: true is not ["kiali"], ["gateway"] or both'],
  [
    { dnsLabel: "My-class" },
    'dnsLabel: "My-class" is not 3 to 63 lower-case letters, digits and dashes, a letter first and no dash last',
  ],
  [
    { dnsLabel: `a${"b".repeat(63)}` },
    `dnsLabel: "a${"b".repeat(63)}" is not 3 to 63 lower-case letters, digits and dashes, a letter first and no dash last`,
  ],
  [{ dnsLabel: "my-windows-lab" }, 'dnsLabel: "my-windows-lab" has "windows" in it, which Azure keeps for itself'],
  [{ autoShutdown: true }, 'autoShutdown: true is not false, or a map such as {"time": "19:00", "timezone": "UTC"}'],
  [{ autoShutdown: { time: "24:00" } }, 'autoShutdown.time: "24:00" is not a time of day, HH:MM'],
  [{ autoShutdown: { timezone: "Europe/Agram" } }, `autoShutdown.timezone: "Europe/Agram" is not ${zones}`],
  [{ autoShutdown: { timezone: "Zagreb" } }, `autoShutdown.timezone: "Zagreb" is not ${zones}`],
  [
    { autoShutdown: { timezone: "Antarctica/Troll" } },
    `autoShutdown.timezone: "Antarctica/Troll" has no Windows name in Unicode's table, and Azure takes no other: give that one (\`tzutil /l\` lists them)`,
  ],
  [{ spot: "yes" }, 'spot: "yes" is not true or false'],
  [
    { ssh: { publicKey: "AAAA" } },
    `ssh.publicKey: "AAAA" is not a public key in OpenSSH's form, on one line: ssh-ed25519 AAAA…`,
  ],
  [{ ssh: {} }, "ssh.publicKey: is not set; valid is a public key in OpenSSH's form, on one line: ssh-ed25519 AAAA…"],
  [{ k3s: { ...ownHash, version: "1.34" } }, `k3s.version: "1.34" is not ${releases}`],
  [{ k3s: { ...ownHash, version: tooOld } }, `k3s.version: "${tooOld}" is not ${releases}`],
  [{ k3s: { sha256: "abc" } }, `k3s.sha256: "abc" is not ${hash}`],
  [{ k3s: { sha256: "" } }, "k3s.sha256: is empty, as after a failed download; valid is " + hash],
  [{ owner: "a\nb" }, 'owner: "a\\nb" is not a name of up to 128 characters'],
  [{ expiry: "2026-02-30" }, 'expiry: "2026-02-30" is not a day, YYYY-MM-DD'],
  [{ expiry: "soon" }, 'expiry: "soon" is not a day, YYYY-MM-DD'],
  [
    { prices: { asOf: "2026-11-21", currency: "EUR" } },
    "prices.perHour: is not set; valid is a map of VM size to price",
  ],
  [
    { prices: { asOf: "2026-11-21", currency: "euro", perHour: {} } },
    'prices.currency: "euro" is not a currency of three letters, such as EUR',
  ],
  [
    { prices: { asOf: "2026-11-21", currency: "EUR", perHour: { x: -1 } } },
    "prices.perHour.x: -1 is not a number from 0 to 1000",
  ],
  [{ region: "x" }, expect.stringMatching(/^region: is not a key; valid: location, vmSize, nodes, /)],
])("%j", (change, text) => {
  const [only, ...more] = refusals(change);
  expect(only!.replace("istio-lab:azure.", "")).toEqual(text);
  expect(more).toEqual([]);
});
