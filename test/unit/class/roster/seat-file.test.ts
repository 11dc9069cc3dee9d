import { readdirSync, rmSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { readOverlay } from "../../../../cli/class/roster/overlay";
import { readRoster } from "../../../../cli/class/roster/read";
import { seatConfig, seatFileText, writeSeatFile } from "../../../../cli/class/roster/seat-file";
import { anyClass, yamlOf } from "./classes";
import { project, put, textOf } from "./project";

vi.mock("../../../../base/paths", async () => (await import("./project.js")).project);
const folder = project.projectRoot;
const files = () => readdirSync(folder).filter((name) => name.startsWith("Pulumi."));
afterEach(() =>
  files()
    .filter((name) => !["Pulumi.embedded.yaml", "Pulumi.dev.yaml"].includes(name))
    .forEach((name) => rmSync(`${folder}/${name}`)),
);

const roster = (text: string) => readRoster(put(folder, "course.yaml", text));
const one = (text: string) => {
  const given = roster(text);
  return [given, given.seats[0]!] as const;
};

test("laying the roster over a seat's file is idempotent, and leaves each path with the last value given", () => {
  const common = fc.constantFrom({}, { mtls: "PERMISSIVE" }, { "canary.reviews": { v1: 100 }, "azure.nodes": 3 });
  const overlay = fc.constantFrom(
    {},
    { "canary.my-blog": { v1: 50, v2: 50 } },
    { "telemetry.sampling": 5, addons: [] },
  );
  fc.assert(
    fc.property(anyClass, common, overlay, (given, config, over) => {
      const whole = { ...roster(yamlOf(given, false)), config };
      for (const seat of whole.seats) {
        writeSeatFile(whole, seat, over);
        const once = textOf(folder, seat.seat);
        writeSeatFile(whole, seat, over);
        expect(textOf(folder, seat.seat)).toBe(once);
        expect(seatFileText(whole, seat, over)).toBe(once);
        const written = (parse(once!) as { config: Record<string, unknown> }).config;
        for (const [path, value] of Object.entries({ ...config, ...seat.config, ...over })) {
          const [key, inner] = path.split(".") as [string, string?];
          const top = written[`istio-lab:${key}`];
          expect(inner === undefined ? top : (top as Record<string, unknown>)[inner]).toEqual(value);
        }
        rmSync(`${folder}/Pulumi.${seat.seat}.yaml`);
      }
    }),
    { numRuns: 15 },
  );
});

test("a new seat begins as a copy of the roster's stack, without that one's lock and address", () => {
  put(
    folder,
    "Pulumi.model.yaml",
    "encryptionsalt: v1:x\n# The model.\nconfig:\n  istio-lab:target: embedded\n  istio-lab:embedded: { addressRange: 10.231.0.8/30, serviceType: ClusterIP }\n",
  );
  const [given, seat] = one("from: model\nseats: [{seat: k-01, trainee: Ada, config: {lessons: [blog]}}]");
  expect(seatFileText(given, seat)).toBe(
    "# The model.\nconfig:\n  istio-lab:target: embedded\n  istio-lab:embedded: { serviceType: ClusterIP }\n  istio-lab:lessons:\n    - blog\n",
  );
  expect(seatConfig(given, seat)).toEqual({
    target: "embedded",
    embedded: '{"serviceType":"ClusterIP"}',
    lessons: '["blog"]',
  });
  expect(files()).not.toContain("Pulumi.k-01.yaml");
});

test("a seat's file keeps its lock, its secrets, its comments and what was set by hand; what says the same already keeps its every character", () => {
  const byHand = `encryptionsalt: v1:salt
config:
  istio-lab:target:   embedded # here
  # For Ada.
  istio-lab:mtls: PERMISSIVE
  istio-lab:blog:
    https: { certificate: x, key: { secure: "v1:abc" } }
  istio-lab:canary: '{"reviews":{"v1":100},"my-blog":{"v1":90,"v2":10}}'
`;
  put(folder, "Pulumi.k-01.yaml", byHand);
  const given = { ...roster("seats: [{seat: k-02, trainee: Bob}]"), seats: [] };
  const seat = { seat: "k-01", trainee: "Ada", config: {}, at: "line 1" };
  expect(seatFileText(given, seat)).toBe(byHand);
  expect(seatFileText(given, seat, { mtls: "PERMISSIVE" })).toBe(byHand);
  expect(seatFileText(given, seat, { "canary.reviews": { v1: 75, v3: 25 } })).toBe(`encryptionsalt: v1:salt
config:
  istio-lab:target: embedded # here
  # For Ada.
  istio-lab:mtls: PERMISSIVE
  istio-lab:blog:
    https: { certificate: x, key: { secure: "v1:abc" } }
  istio-lab:canary:
    reviews:
      v1: 75
      v3: 25
    my-blog:
      v1: 90
      v2: 10
`);
  expect(seatConfig(given, seat).blog).toBe('{"https":{"certificate":"x"}}');
});

test("the seat's config goes over the class', and the overlay over both", () => {
  const [given, seat] = one(
    "config: {mtls: PERMISSIVE, gatewayApi: true, canary: {reviews: {v1: 100}}}\nseats: [{seat: k-01, trainee: Ada, config: {mtls: STRICT}}]",
  );
  expect(seatConfig(given, seat, { "canary.my-blog": { v1: 0, v2: 100 } })).toMatchObject({
    mtls: "STRICT",
    gatewayApi: "true",
    canary: '{"reviews":{"v1":100},"my-blog":{"v1":0,"v2":100}}',
  });
});

test("nothing is left of a write but the file", () => {
  const [given, seat] = one("seats: [{seat: k-01, trainee: Ada}]");
  writeSeatFile(given, seat);
  expect(files().sort()).toEqual(["Pulumi.dev.yaml", "Pulumi.embedded.yaml", "Pulumi.k-01.yaml"]);
  expect(textOf(folder, "k-01")).toContain("# The seat that needs nothing but this machine.");
});

test("--set is read as a cell of the roster, for all seats", () => {
  const [given] = one("seats: [{seat: k-01, trainee: Ada}]");
  expect(readOverlay(undefined, given)).toEqual({});
  expect(
    readOverlay(
      ["canary.reviews={v1: 75, v3: 25}", "mtls=PERMISSIVE", "istio-lab:azure={nodes: 2, owner: a=b}"],
      given,
    ),
  ).toEqual({
    "canary.reviews": { v1: 75, v3: 25 },
    mtls: "PERMISSIVE",
    "azure.nodes": 2,
    "azure.owner": "a=b",
  });
});

test("--set of what the roster sets, of an invalid value, or of no config is refused, all of it at once", () => {
  const given = roster(
    "config: {mtls: STRICT}\nseats: [{seat: k-01, trainee: Ada, config: {canary.reviews.v1: 40, canary.reviews.v3: 60}}, {seat: k-02, trainee: Bob}]",
  );
  expect(() => readOverlay(["mtls=PERMISSIVE", "canary={}"], given)).toThrow(
    `--set mtls: the roster already sets it (for every seat). Change it in ${folder}/course.yaml.\n--set canary: the roster already sets it (for k-01). Change it in ${folder}/course.yaml.`,
  );
  expect(() => readOverlay(["x", "a b=1", "lessons=[]", "lessons=[blog]"], given)).toThrow(
    "--set: x is not path=value, such as canary.reviews='{v1: 75, v3: 25}'.\n--set: config path a b: valid are names joined by dots, such as canary.reviews or azure.vmSize.\n--set: lessons is set twice.",
  );
  expect(() => readOverlay(["canary.my-blog={v1: 60, v2: 60}"], given)).toThrow(
    "all 2 seats: istio-lab:canary.my-blog: v1 60 + v2 60 sum to 120; they must sum to 100",
  );
});

describe("--set of a secret is refused as a roster's is, before anything is written, and not shown", () => {
  const kubeconfig = 'apiVersion: v1\nusers: [{name: me, user: {token: "hunter2-hunter2"}}]';
  const key = "-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n-----END PRIVATE KEY-----\n";
  const json = JSON.stringify;
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  test.each<[string, string, string]>([
    ["a path", `existing.kubeconfig=${kubeconfig}`, "existing.kubeconfig"],
    ["in quotes", `existing.kubeconfig=${json(kubeconfig)}`, "existing.kubeconfig"],
    ["with blanks", ` existing.kubeconfig = ${kubeconfig}`, "existing.kubeconfig"],
    ["with the namespace", `istio-lab:existing.kubeconfig=${kubeconfig}`, "existing.kubeconfig"],
    ["a map", `existing={kubeconfig: ${json(kubeconfig)}, context: lab}`, "existing.kubeconfig"],
    ["a map in quotes", `existing='${json({ kubeconfig })}'`, "existing.kubeconfig"],
    ["without the path", `existing=${kubeconfig}`, "existing"],
    ["in base64", `existing.kubeconfig=${base64(kubeconfig)}`, "existing.kubeconfig"],
    [
      "a kubeconfig in JSON",
      `existing.kubeconfig=${json(json({ apiVersion: "v1", token: "hunter2" }))}`,
      "existing.kubeconfig",
    ],
    ["a token", "existing.kubeconfig=eyJhbGciOiJIUzI1NiJ9.hunter2.hunter2", "existing.kubeconfig"],
    ["a key", "blog.https.key=hunter2", "blog.https.key"],
    ["a key in a map", "blog.https={certificate: x, key: hunter2}", "blog.https.key"],
    ["a key in a map of maps", "istio-lab:blog={https: {certificate: x, key: hunter2}}", "blog.https.key"],
    ["a key where none belongs", `istio.values.istiod.pem=${json(key)}`, "istio.values.istiod.pem"],
    ["the same in base64", `istio.values.istiod.pem=${base64(key)}`, "istio.values.istiod.pem"],
    ["in a list", `azure.adminCidrs=[${json(key)}]`, "azure.adminCidrs[0]"],
    ["what is locked for another stack", 'existing={context: {secure: "hunter2"}}', "existing.context"],
  ])("%s", (_, set, path) => {
    const [given] = one("seats: [{seat: k-01, trainee: Ada}]");
    const refused = messageOf(() => readOverlay([set], given));
    expect(refused).toContain(
      `--set: istio-lab:${path}: is a secret, and others may read a stack's file, so it must not hold a secret in plain text. After \`class up\` has made the seat's own stack, set it there: npm`,
    );
    expect(refused).not.toMatch(/hunter2|apiVersion|aHVudGVyM/);
    expect(files().sort()).toEqual(["Pulumi.dev.yaml", "Pulumi.embedded.yaml"]);
  });

  test.each([
    `existing["kubeconfig"]=${kubeconfig}`,
    `existing[kubeconfig]=${kubeconfig}`,
    `existing.kubeconfig: ${kubeconfig}`,
    `existing.kubeconfig ${base64(kubeconfig)}==`,
    kubeconfig,
    base64(kubeconfig),
  ])("what is no path is not shown either: %j", (set) => {
    const [given] = one("seats: [{seat: k-01, trainee: Ada}]");
    expect(messageOf(() => readOverlay([set], given))).not.toMatch(/hunter2|aHVudGVyM|token|dG9rZW4|user: /);
  });

  test.each(["~/.kube/config", "/etc/rancher/k3s/k3s.yaml", "/home/ada/kubeconfigs/class/seat0001", "kube.yaml"])(
    "the path of a file is none: %s",
    (file) => {
      const [given] = one("seats: [{seat: k-01, trainee: Ada}]");
      expect(readOverlay([`existing.kubeconfig=${file}`], given)).toEqual({ "existing.kubeconfig": file });
    },
  );

  const messageOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("it was accepted");
  };
});
