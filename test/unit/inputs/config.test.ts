import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../config";
import { problems } from "../config/problems";

const one = (raw: Record<string, string>) => {
  const [first, ...more] = problems(raw);
  expect(more).toEqual([]);
  return first!;
};

describe("chartRepository", () => {
  const of = (chartRepository: unknown) => one({ istio: JSON.stringify({ chartRepository }) });
  test.each([
    "http://charts.example",
    "HTTPS://charts.example",
    "Https://charts.example",
    "git+https://charts.example",
    "OCI://charts.example",
    "file:///charts",
    "ftp://x",
    "//charts.example",
    "C:\\charts",
    "git@host.example:charts",
    "https:charts.example",
    "https://",
    "https:///charts",
    "https://charts example",
    " https://charts.example",
    "https://charts.example ",
    "https://charts.example\n",
    "a\u0000b",
    "a\u001b[2Jb",
    "a\u202eb",
    "~/charts",
    "-x",
    "",
    7,
    null,
    ["x"],
  ])("%j is refused by name", (text) =>
    expect(of(text)).toMatch(
      /^istio-lab:istio\.chartRepository: .*is not an https:\/\/ or oci:\/\/ address, or a path relative to the project$/,
    ),
  );

  test.each([
    ["https://me:hunter2@charts.example", /has a user or a password in it/],
    ["https://hunter2@charts.example/x", /has a user or a password in it/],
    ["oci://me:hunter2@charts.example", /has a user or a password in it/],
    ["https://charts.example/?token=hunter2", /has a query or a fragment/],
    ["https://charts.example/#hunter2", /has a query or a fragment/],
    ["http://me:hunter2@charts.example", /is not an https:\/\//],
    ["https://charts example/?token=hunter2", /is not an https:\/\//],
  ])("%s: what may be a secret is refused, and not shown", (text, why) => {
    expect(of(text)).toMatch(why);
    expect(of(text)).not.toContain("hunter2");
  });

  test.each([
    "https://charts.example",
    "https://charts.example:8443/a/b",
    "oci://mirror.example/charts",
    "oci://mirror.example:5000/charts",
    ".lab/charts",
    "./charts",
    "../charts",
    "/srv/charts",
    "my charts",
    "ч/x",
  ])("%s is right", (text) => {
    expect(
      parseConfig({ target: "embedded", istio: JSON.stringify({ chartRepository: text }) }).istio.chartRepository,
    ).toBe(text);
  });
});

describe("addressRange", () => {
  const of = (addressRange: unknown) => one({ embedded: JSON.stringify({ addressRange }) });
  test.each([
    "0.0.0.0/30",
    "0.1.2.0/30",
    "127.0.0.0/30",
    "127.255.255.252/30",
    "224.0.0.0/30",
    "239.1.2.0/30",
    "240.0.0.0/30",
    "255.255.255.252/30",
    "169.254.1.0/30",
    "100.64.0.0/30",
    "192.0.2.0/30",
    "8.8.8.8/30",
    "9.255.255.252/30",
    "11.0.0.0/30",
    "172.15.255.252/30",
    "172.32.0.0/30",
    "192.167.255.252/30",
    "192.169.0.0/30",
  ])("%s is no private space", (range) =>
    expect(of(range)).toBe(
      `istio-lab:embedded.addressRange: "${range}" is not in private space; valid are ranges in 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16`,
    ),
  );

  test.each([
    "010.231.0.0/30",
    "10.231.00.8/30",
    "10.231.0.08/30",
    "10.231.0.8/030",
    "10.231.0.9/30",
    "10.231.0.8/29",
    "10.231.0.8/31",
    "10.231.0.8",
    "10.231.0.256/30",
    "0x0a.231.0.8/30",
    "10.231.8/30",
    "१०.231.0.8/30",
    " 10.231.0.8/30",
    "10.231.0.8/30\n",
    10,
    true,
  ])("%j is none at all", (range) =>
    expect(of(range)).toContain("is not an IPv4 range of four addresses, such as 10.231.0.8/30"),
  );

  test.each([
    ["10.244.0.0/30", "10.244.0.0/16, the addresses of every seat's pods"],
    ["10.244.255.252/30", "10.244.0.0/16"],
    ["10.96.0.0/30", "10.96.0.0/16, the addresses of every seat's Services"],
  ])("%s is every seat's own", (range, text) => expect(of(range)).toContain(`is in ${text}`));

  test.each([
    "10.0.0.0/30",
    "10.255.255.252/30",
    "172.16.0.0/30",
    "172.31.255.252/30",
    "192.168.0.0/30",
    "192.168.255.252/30",
    "10.243.255.252/30",
    "10.97.0.0/30",
  ])("%s is right", (range) => {
    expect(
      parseConfig({ target: "embedded", embedded: JSON.stringify({ addressRange: range }) }).embedded.addressRange,
    ).toBe(range);
  });
});

describe("storage", () => {
  test.each(["999999Ti", "17Ti", "16.1Ti", "99Mi", "1M", "1Mi", "100M", "5.0000001Gi"])("%s is out of bounds", (size) =>
    expect(one({ storage: JSON.stringify({ loki: size }) })).toBe(
      `istio-lab:storage.loki: "${size}" is not a size in whole bytes from 100Mi to 16Ti`,
    ),
  );
  test.each(["0", "-1Gi", "1e9", "5GB", "5gi", "5", "05Gi", "5 Gi", "+5Gi", "5Ki", "5Pi", "५Gi", "", 5])(
    "%j is none",
    (size) =>
      expect(one({ storage: JSON.stringify({ loki: size }) })).toBe(
        `istio-lab:storage.loki: ${JSON.stringify(size)} is not a size such as 5Gi`,
      ),
  );
  test.each(["100Mi", "105M", "1.5Gi", "5G", "16Ti"])("%s is right", (size) => {
    expect(parseConfig({ target: "embedded", storage: JSON.stringify({ loki: size }) }).storage.loki).toBe(size);
  });
});

describe("a number written as text", () => {
  const weights = (text: string) => problems({ canary: JSON.stringify({ reviews: { v1: text, v3: 50 } }) });
  test.each(["050", "5e1", " 50", "50 ", "0x32", "+50", "50.0", "५०", "0b110010", "5_0", "-0", "00"])(
    "%j is no weight",
    (text) =>
      expect(weights(text)).toEqual([
        `istio-lab:canary.reviews.v1: ${JSON.stringify(text)} is text; a weight is a whole number from 0 to 100`,
      ]),
  );
  test.each([
    [{ telemetry: '{"sampling":"050"}' }, "telemetry.sampling"],
    [{ telemetry: '{"sampling":"5e1"}' }, "telemetry.sampling"],
    [{ minikube: '{"cpus":"04"}' }, "minikube.cpus"],
    [{ minikube: '{"cpus":"4.0"}' }, "minikube.cpus"],
    [{ minikube: '{"memory":"0x2000"}' }, "minikube.memory"],
    [{ azure: '{"nodes":"02"}' }, "azure.nodes"],
    [{ bookinfo: '{"reviews":{"retries":{"attempts":"03"}}}' }, "bookinfo.reviews.retries.attempts"],
    [{ bookinfo: '{"reviews":{"timeout":"010s"}}' }, "bookinfo.reviews.timeout"],
    [{ canaryPlan: '{"reviews":{"to":"v3","steps":["010"]}}' }, "canaryPlan.reviews.steps[0]"],
    [{ istio: '{"version":"1.031.1"}' }, "istio.version"],
  ])("%j is refused at its key", (raw, path) =>
    expect(one(raw as unknown as Record<string, string>)).toMatch(
      new RegExp(`^istio-lab:${path.replace(/[.[\]]/g, "\\$&")}: `),
    ),
  );
  test("as pulumi config set --path writes it, it is right", () => {
    expect(
      parseConfig({
        target: "embedded",
        telemetry: '{"sampling":"20.5"}',
        canary: '{"reviews":{"v1":"50","v3":"50"}}',
      }),
    ).toMatchObject({ telemetry: { sampling: 20.5 }, canary: { reviews: { v1: 50, v3: 50 } } });
  });
});

test.each([
  ['{"reviews":{"v1":1,"v1":50,"v3":50}}', "is not YAML: Map keys must be unique"],
  ['{"reviews":{"v1":5e1,"v3":50}}', "a number is not written as a plain decimal"],
])("a map that was set as one text, %s, is refused", (canary, text) =>
  expect(one({ canary })).toMatch(new RegExp(`^istio-lab:canary: ${text}`)),
);
