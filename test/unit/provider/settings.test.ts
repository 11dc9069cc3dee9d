import { afterEach, describe, expect, it, vi } from "vitest";
import { diffConfig } from "../../../embedded/provider/check";
import { readSettings, type Settings } from "../../../embedded/provider/settings";
import { UNKNOWN } from "../../../base/pulumi-marks";
import { type Bag } from "../../../embedded/provider/wire";

const kubeconfig = (server = "https://one", namespace?: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "a",
    users: [{ name: "u", user: {} }],
    clusters: [
      { name: "one", cluster: { server } },
      { name: "two", cluster: { server: "https://two" } },
    ],
    contexts: [
      { name: "a", context: { cluster: "one", user: "u", ...(namespace && { namespace }) } },
      { name: "b", context: { cluster: "two", user: "u", namespace: "of-b" } },
    ],
  });
const read = (args: Record<string, string> = {}) =>
  readSettings(
    new Map(
      Object.entries({ kubeconfig: kubeconfig(), ...args }).map(([key, value]) => [`kubernetes:config:${key}`, value]),
    ),
  );

afterEach(() => vi.unstubAllEnvs());

/** The provider's switches: argument, variable, and where each ends. */
const flags: [string, string, (settings: Settings) => boolean][] = [
  ["enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE", (s) => s.enablePatchForce],
  ["upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS", (s) => s.upsertExistingObjects],
  ["deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE", (s) => s.deleteUnreachable],
  ["skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", (s) => s.skipUpdateUnreachable],
  ["enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", (s) => s.mutable.configMap],
  ["enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE", (s) => s.mutable.secret],
];
const all = (settings: Settings) => Object.fromEntries(flags.map(([name, , of]) => [name, of(settings)]));
const only = (name: string) => Object.fromEntries(flags.map(([other]) => [other, other === name]));

describe("a switch of the provider", () => {
  it("is off where nobody says anything, or anything but true", () => {
    expect(Object.values(all(read()))).not.toContain(true);
    expect(Object.values(all(read(Object.fromEntries(flags.map(([name]) => [name, "yes"])))))).not.toContain(true);
  });

  it.each(flags)("%s is switched by its argument, by %s, and by no other", (name, variable) => {
    expect(all(read({ [name]: "true" }))).toEqual(only(name));
    vi.stubEnv(variable, "true");
    expect(all(read())).toEqual(only(name));
    expect(all(read({ [name]: "false" })), "the argument wins").toEqual(only("none"));
  });
});

describe("the cluster", () => {
  it("is that of the current context, or of the one that is named", () => {
    expect(read().kubeconfig.getCurrentCluster()?.server).toBe("https://one");
    expect(read({ context: "b" })).toMatchObject({ defaultNamespace: "of-b" });
    expect(read({ context: "b" }).kubeconfig.getCurrentCluster()?.server).toBe("https://two");
  });

  it.each([
    ["a context that is not there", { context: "c" }],
    ["no YAML", { kubeconfig: "{" }],
    ["a file that is not there", { kubeconfig: "/nonexistent" }],
    ["a kubeconfig without a cluster", { kubeconfig: "{}" }],
  ])("of %s is an error that says where", (_, args) => {
    expect(read(args).kubeconfigError).toMatch(/^failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- ./);
  });

  it("has objects without a namespace in the provider's, else the context's, else `default`", () => {
    expect(
      [
        read({ namespace: "own", kubeconfig: kubeconfig("https://one", "ctx") }),
        read({ kubeconfig: kubeconfig("https://one", "ctx") }),
        read(),
      ].map((s) => s.defaultNamespace),
    ).toEqual(["own", "ctx", "default"]);
  });
});

describe("another provider is another cluster", () => {
  const diff = (olds: Bag, news: Bag) =>
    diffConfig({ kubeconfig: kubeconfig(), ...olds }, { kubeconfig: kubeconfig(), ...news });

  it("by its identifier alone, where it has one", () => {
    const id = (clusterIdentifier: string, server?: string) => ({ clusterIdentifier, kubeconfig: kubeconfig(server) });
    expect(diff(id("1"), id("1", "https://moved"))).toEqual({ changes: true, diffs: ["kubeconfig"], replaces: [] });
    expect(diff(id("1"), id("2"))).toMatchObject({ replaces: ["clusterIdentifier"] });
  });

  it("else by the cluster that its kubeconfig leads to", () => {
    expect(diff({}, {})).toEqual({ changes: false, diffs: [], replaces: [] });
    expect(diff({}, { kubeconfig: kubeconfig("https://moved") })).toMatchObject({
      changes: true,
      replaces: ["kubeconfig"],
    });
    expect(diff({}, { context: "b" })).toMatchObject({ replaces: ["context"] });
    expect(diff({}, { cluster: "two" })).toMatchObject({ replaces: ["cluster"] });
    expect(diff({}, { kubeconfig: kubeconfig("https://one", "other-namespace") })).toMatchObject({
      changes: true,
      replaces: [],
    });
    expect(diff({}, { kubeconfig: UNKNOWN })).toMatchObject({ replaces: ["kubeconfig"] });
    expect(diff({}, { enablePatchForce: "true" })).toEqual({
      changes: true,
      diffs: ["enablePatchForce"],
      replaces: [],
    });
  });
});
