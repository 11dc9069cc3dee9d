import { describe, expect, it } from "vitest";
import { validateConfig } from "../../../config";
import { required } from "../azure/config";
import { istio } from "../../../versions";

const { from, to } = istio.kubernetes;

const prices = (perHour: unknown) => ({
  prices: { asOf: "2026-11-21", currency: "EUR", perHour: { Standard_D4s_v5: perHour } },
});
const sha256 = "0".repeat(64);
const label = (length: number) => ({ dnsLabel: "a".repeat(length) });
const retries = (attempts: number, more: object = {}) => ({ ratings: { retries: { attempts, ...more } } });
const abort = (httpStatus: number, percentage: number) => ({
  ratings: { fault: { abort: { httpStatus, percentage } } },
});
const delay = (fixedDelay: string, percentage: number) => ({
  ratings: { fault: { delay: { fixedDelay, percentage } } },
});
const user = (length: number) => ({
  ratings: { fault: { abort: { httpStatus: 500, percentage: 1 }, user: "u".repeat(length) } },
});
const steps = (...steps: number[]) => ({ reviews: { to: "v3", steps } });
const ssh = (kind: string, length: number, end = "") => ({ ssh: { publicKey: `${kind} ${"A".repeat(length)}${end}` } });

/** Key, what is just accepted, what is just refused, and at which path. */
const edges: [key: string, accepted: unknown[], refused: unknown[], path: string][] = [
  [
    "azure",
    [{ nodes: 1 }, { nodes: 10 }, { nodes: "10" }],
    [{ nodes: 0 }, { nodes: 11 }, { nodes: -1 }],
    "azure.nodes",
  ],
  [
    "azure",
    [label(3), label(63)],
    [label(2), label(64), { dnsLabel: "ab-" }, { dnsLabel: "1ab" }, { dnsLabel: "loginab" }],
    "azure.dnsLabel",
  ],
  [
    "azure",
    [{ dnsLabel: "my-login" }, { dnsLabel: "a1b" }],
    [{ dnsLabel: "login-me" }, { dnsLabel: "my-microsoft" }],
    "azure.dnsLabel",
  ],
  [
    "azure",
    [{ autoShutdown: { time: "00:00" } }, { autoShutdown: { time: "23:59" } }, { autoShutdown: { time: "19:00" } }],
    [{ autoShutdown: { time: "24:00" } }, { autoShutdown: { time: "23:60" } }, { autoShutdown: { time: "9:00" } }],
    "azure.autoShutdown.time",
  ],
  [
    "azure",
    [
      { autoShutdown: { timezone: "UTC" } },
      { autoShutdown: { timezone: "UTC+12" } },
      { autoShutdown: { timezone: "W. Europe Standard Time" } },
      { autoShutdown: { timezone: "Central Standard Time (Mexico)" } },
      { autoShutdown: { timezone: "Europe/Zagreb" } },
      { autoShutdown: { timezone: "Europe/Kyiv" } },
      { autoShutdown: { timezone: "America/Argentina/Buenos_Aires" } },
    ],
    [{ autoShutdown: { timezone: "utc" } }, { autoShutdown: { timezone: "UTC+5:30" } }],
    "azure.autoShutdown.timezone",
  ],
  ["azure", [prices(0), prices(1000)], [prices(-0.01), prices(1000.01)], "azure.prices.perHour.Standard_D4s_v5"],
  [
    "azure",
    [{ expiry: "2028-02-29" }, { expiry: "2026-12-31" }],
    [{ expiry: "2027-02-29" }, { expiry: "2026-13-01" }, { expiry: "2026-1-1" }],
    "azure.expiry",
  ],
  ["azure", [{ owner: "a" }, { owner: "a".repeat(128) }], [{ owner: "" }, { owner: "a".repeat(129) }], "azure.owner"],
  [
    "azure",
    [{ k3s: { sha256, version: `v1.${from}.0+k3s1` } }, { k3s: { sha256, version: `v1.${to}.99+k3s9` } }],
    [
      { k3s: { sha256, version: `v1.${from - 1}.9+k3s1` } },
      { k3s: { sha256, version: `v1.${to + 1}.0+k3s1` } },
      { k3s: { sha256, version: `v1.${to}.01+k3s1` } },
    ],
    "azure.k3s.version",
  ],
  [
    "azure",
    [{ k3s: { sha256 } }],
    [{ k3s: { sha256: "0".repeat(63) } }, { k3s: { sha256: "0".repeat(65) } }, { k3s: { sha256: "g".repeat(64) } }],
    "azure.k3s.sha256",
  ],
  [
    "azure",
    [
      { vmSize: "Standard_D4s_v5" },
      { vmSize: "Standard_B4ms" },
      { vmSize: "Standard_E8-4ds_v5" },
      { vmSize: "Standard_NC4as_T4_v3" },
    ],
    [
      { vmSize: "Standard_D3_v2" },
      { vmSize: "Standard_D4plds_v5" },
      { vmSize: "Standard_D4aps_v5" },
      { vmSize: "Standard_B4ms", spot: true },
    ],
    "azure.vmSize",
  ],
  [
    "azure",
    [ssh("ssh-ed25519", 68), ssh("ssh-rsa", 372, "== ana@lab")],
    [ssh("ssh-dss", 68), ssh("ssh-ed25519", 67), ssh("ssh-ed25519", 68, "\nssh-ed25519 second")],
    "azure.ssh.publicKey",
  ],
  [
    "azure",
    [
      { adminCidrs: ["10.0.0.0/8"] },
      { adminCidrs: ["192.0.2.1/32"] },
      { adminCidrs: ["192.0.2.0/24", "198.51.100.0/24"] },
    ],
    [{ adminCidrs: ["192.0.2.0/24", "10.0.0.0/7"] }],
    "azure.adminCidrs[1]",
  ],
  [
    "bookinfo",
    [retries(0), retries(10), retries(1, { perTryTimeout: "1ms" })],
    [retries(-1), retries(11)],
    "bookinfo.ratings.retries.attempts",
  ],
  [
    "bookinfo",
    [retries(1, { perTryTimeout: "1s" }), retries(1, { retryOn: "5xx" })],
    [retries(0, { perTryTimeout: "1s" }), retries(0, { retryOn: "5xx" })],
    "bookinfo.ratings.retries",
  ],
  [
    "bookinfo",
    [abort(200, 0), abort(599, 100)],
    [abort(199, 1), abort(600, 1)],
    "bookinfo.ratings.fault.abort.httpStatus",
  ],
  ["bookinfo", [abort(500, 0.1)], [abort(500, -0.1), abort(500, 100.1)], "bookinfo.ratings.fault.abort.percentage"],
  [
    "bookinfo",
    [delay("1ms", 0), delay("1h", 100), delay("3600s", 1), delay("60m", 1)],
    [delay("0ms", 1), delay("61m", 1), delay("3600001ms", 1), delay("0.5ms", 1), delay("1.0001s", 1)],
    "bookinfo.ratings.fault.delay.fixedDelay",
  ],
  ["bookinfo", [delay("1s", 99.9)], [delay("1s", -1), delay("1s", 101)], "bookinfo.ratings.fault.delay.percentage"],
  ["bookinfo", [user(1), user(63)], [user(64)], "bookinfo.ratings.fault.user"],
  [
    "bookinfo",
    [retries(1, { retryOn: "400" }), retries(1, { retryOn: "511,reset" })],
    [retries(1, { retryOn: "399" }), retries(1, { retryOn: "600" }), retries(1, { retryOn: "5xx,nothing" })],
    "bookinfo.ratings.retries.retryOn",
  ],
  ["canaryPlan", [steps(1), steps(100), steps(1, 2, 100)], [steps(0), steps(101)], "canaryPlan.reviews.steps[0]"],
  ["canaryPlan", [steps(10, 11)], [steps(10, 10), steps(10, 9), steps(10, 101)], "canaryPlan.reviews.steps[1]"],
  [
    "canary",
    [{ reviews: { v1: 0, v3: 100 } }, { reviews: { v2: 100 } }],
    [{ reviews: { v1: 0, v3: 99 } }, { reviews: { v1: 1, v3: 100 } }, { reviews: {} }],
    "canary.reviews",
  ],
  ["minikube", [{ cpus: 2 }, { cpus: 256 }], [{ cpus: 1 }, { cpus: 257 }], "minikube.cpus"],
  ["minikube", [{ memory: 2200 }, { memory: 1_048_576 }], [{ memory: 2199 }, { memory: 1_048_577 }], "minikube.memory"],
  [
    "minikube",
    [{ kubernetesVersion: `1.${from}.0` }, { kubernetesVersion: `1.${to}.99` }],
    [
      { kubernetesVersion: `1.${from - 1}.0` },
      { kubernetesVersion: `1.${to + 1}.0` },
      { kubernetesVersion: `1.${to}` },
    ],
    "minikube.kubernetesVersion",
  ],
  [
    "telemetry",
    [{ sampling: 0 }, { sampling: 100 }, { sampling: 0.1 }],
    [{ sampling: -0.1 }, { sampling: 100.1 }],
    "telemetry.sampling",
  ],
  [
    "storage",
    [{ loki: "100Mi" }, { loki: "16Ti" }, { loki: "1.5Gi" }],
    [{ loki: "99Mi" }, { loki: "17Ti" }, { loki: "100M" }, { loki: "1Ki" }],
    "storage.loki",
  ],
  [
    "embedded",
    [
      { addressRange: "10.0.0.0/30" },
      { addressRange: "172.31.255.252/30" },
      { addressRange: "192.168.255.252/30" },
      { addressRange: "10.243.255.252/30" },
      { addressRange: "10.245.0.0/30" },
    ],
    [
      { addressRange: "9.255.255.252/30" },
      { addressRange: "172.32.0.0/30" },
      { addressRange: "192.169.0.0/30" },
      { addressRange: "10.244.255.252/30" },
      { addressRange: "10.231.0.2/30" },
      { addressRange: "10.231.0.0/29" },
    ],
    "embedded.addressRange",
  ],
  [
    "istio",
    [{ version: "1.0.0" }, { version: "1.31.10" }],
    [{ version: "1.31" }, { version: "1.31.1-rc.0" }, { version: "v1.31.1" }, { version: "01.31.1" }],
    "istio.version",
  ],
];

function problemsOf(key: string, value: unknown): string[] {
  const azure = { ...required, ...(key === "azure" ? (value as object) : {}) };
  const target = key === "azure" ? "azure" : key === "minikube" ? "minikube" : "embedded";
  return validateConfig({
    target,
    ...(key === "azure" ? { azure: JSON.stringify(azure) } : { [key]: JSON.stringify(value) }),
  }).problems.map(({ path }) => path);
}

describe.each(edges)("%s", (key, accepted, refused, path) => {
  it.each(accepted.map((value) => [value]))("%j is accepted", (value) => expect(problemsOf(key, value)).toEqual([]));
  it.each(refused.map((value) => [value]))(`%j is refused at ${path}, and nowhere else`, (value) =>
    expect(problemsOf(key, value)).toEqual([path]),
  );
});

describe("what nobody says", () => {
  const { settings } = validateConfig({ target: "embedded" });

  it("is the careful choice", () => {
    expect(settings).toMatchObject({
      mtls: "STRICT",
      gatewayApi: false,
      kiali: { auth: "anonymous", viewOnly: true },
      blog: { https: false, replicasFollowWeights: false },
      embedded: { serviceType: "NodePort" },
    });
    expect(validateConfig({ target: "azure", azure: JSON.stringify(required) }).settings.azure).toMatchObject({
      openToWorld: [],
      spot: false,
      nodes: 1,
      autoShutdown: { time: "19:00", timezone: "UTC" },
    });
  });
});

it("all problems are told, of every key", () => {
  const { problems } = validateConfig({
    target: "nowhere",
    mtls: "OFF",
    canary: '{"reviews": {"v1": 1}}',
    telemetry: '{"sampling": 101}',
    gatewayApi: "maybe",
  });
  expect(problems.map(({ path }) => path).sort()).toEqual([
    "canary.reviews",
    "gatewayApi",
    "mtls",
    "target",
    "telemetry.sampling",
  ]);
});

it("a key that is written twice in one map is refused: JSON would take the last", () => {
  expect(
    validateConfig({ target: "embedded", canary: '{"reviews": {"v1": 100, "v1": 0, "v3": 100}}' }).problems.map(
      ({ path }) => path,
    ),
  ).toEqual(["canary"]);
});
