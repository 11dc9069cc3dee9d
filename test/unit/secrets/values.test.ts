import { describe, expect, it } from "vitest";
import { secretsIn } from "../../../cli/stack/secret-values";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const pem = (kind: string) => `-----BEGIN ${kind}PRIVATE KEY-----\nMII\n-----END ${kind}PRIVATE KEY-----\n`;
const kubeconfig = "apiVersion: v1\nkind: Config\nusers: [{name: ada}]\n";

describe("a private key", () => {
  it.each(["", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH ", "DSA "])(
    "of type %j is a secret wherever it is, also in base64",
    (kind) => {
      for (const text of [pem(kind), base64(pem(kind)), `a certificate\n${pem(kind)}`])
        expect(secretsIn("addons", text)).toEqual(["addons"]);
    },
  );

  it("is found at its own path, in a map, in a list, behind others, and in the JSON that Pulumi keeps maps as", () => {
    const value = { certificate: "x", all: ["x", { key: pem("") }, pem("EC ")] };
    for (const given of [value, JSON.stringify(value)])
      expect(secretsIn("istio", given)).toEqual(["istio.all[1].key", "istio.all[2]"]);
    expect(secretsIn("istio", JSON.stringify(["x", pem("")]))).toEqual(["istio[1]"]);
  });

  it.each(["-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----", "PRIVATE KEY", ""])("is not %j", (text) =>
    expect(secretsIn("addons", text)).toEqual([]),
  );
});

describe("what is secret by its path", () => {
  it.each(["blog.https.key", "existing.kubeconfig.users", "existing.kubeconfig[0]"])("%s", (path) =>
    expect(secretsIn(path, "hunter2")).toEqual([path]),
  );
  it.each([
    "blog.https.keys",
    "blog.https.key-file",
    "blog.https.certificate",
    "existing.kubeconfigs",
    "existing.context",
    "my.blog.https.key",
  ])("not %s", (path) => expect(secretsIn(path, "hunter2")).toEqual([]));
  it("but for what is not given", () => {
    for (const nothing of [undefined, null]) expect(secretsIn("blog.https.key", nothing)).toEqual([]);
  });
  it("as a map of what is locked, by the map's own path, and nothing below it", () => {
    expect(secretsIn("existing", { kubeconfig: { secure: "v1:x" }, context: "lab" })).toEqual(["existing.kubeconfig"]);
    expect(secretsIn("existing", { kubeconfig: { secure: { not: "a text" } } })).toEqual([
      "existing.kubeconfig.secure.not",
    ]);
  });
});

describe("what is at the place of a kubeconfig", () => {
  it.each<[string, string]>([
    ["several lines", "a\nb"],
    ["a carriage return", "a\rb"],
    ["a map", "{users}"],
    ["its first word", "apiVersion"],
    ["a key and a value", "token: hunter2"],
    ["a whole one", kubeconfig],
    ["a whole one in base64", base64(kubeconfig)],
    ["a key", pem("").trim().split("\n")[0]!],
    ["a token", "eyJhbGciOiJSUzI1NiJ9"],
    ["a text in base64", base64("hunter2hunter2hunter2")],
    ["a text in base64 for URLs", base64("hunter2hunter2hunter2??>").replaceAll("/", "_").replaceAll("+", "-")],
    ["more than a path may have", `/${"a".repeat(1024)}`],
  ])("is a secret where it is %s", (_, text) => {
    for (const path of ["existing.kubeconfig", "existing"]) expect(secretsIn(path, text)).toEqual([path]);
    expect(secretsIn("existing", JSON.stringify({ kubeconfig: text }))).toEqual(["existing.kubeconfig"]);
  });

  it("is one secret by its own path, also where it is written in JSON", () => {
    const text = JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      users: [{ name: "ada", user: { token: "hunter2" } }],
    });
    for (const path of ["existing.kubeconfig", "blog.https.key"]) expect(secretsIn(path, text)).toEqual([path]);
  });

  it.each([
    "~/.kube/config",
    "/etc/kubernetes/admin.conf",
    "./lab/kubeconfig",
    "C:\\Users\\ada\\.kube\\config",
    `/${"a".repeat(1023)}`,
    "",
    7,
    true,
  ])("is a path and no secret: %j", (given) => expect(secretsIn("existing.kubeconfig", given)).toEqual([]));

  it("of the whole map is a slip as long as a context's name may be", () => {
    expect(secretsIn("existing", "c".repeat(100))).toEqual([]);
    expect(secretsIn("existing", "c.".repeat(50) + "c")).toEqual(["existing"]);
  });
});
