import { gzipSync } from "node:zlib";
import type { KubeConfig } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { PartialError } from "../../../embedded/provider/errors";
import { Helm } from "../../../embedded/provider/helm/cli";
import { readRecord, resourceNames } from "../../../embedded/provider/helm/record";
import { createRelease, deleteRelease, diffRelease, readRelease, updateRelease } from "../../../embedded/provider/helm/release";
import { checkRelease, merge } from "../../../embedded/provider/helm/values";
import { isSecret, plain, secret, UNKNOWN, type Bag } from "../../../embedded/provider/wire";
import { Answers, notFound, operation, refusals, session, type Reply } from "./answers";

const SECRETS = "GET /api/v1/namespaces/shop/secrets";
const release = operation("helm.sh/v3:Release");
const inputs = { name: "web", namespace: "shop", chart: "./chart", version: "1.0.0", values: { a: 1 } };

/** A Secret in which Helm keeps a revision. */
function record(revision: number, status = "deployed", more: Bag = {}): Bag {
  const kept = { name: "web", namespace: "shop", version: revision, info: { status }, chart: { metadata: { name: "chart", version: "1.0.0", appVersion: "7" } }, config: { a: revision }, manifest: "kind: ConfigMap\napiVersion: v1\nmetadata: {name: web}\n", ...more };
  const packed = gzipSync(JSON.stringify(kept)).toString("base64");
  return { metadata: { name: `sh.helm.release.v1.web.v${revision}`, labels: { version: String(revision) } }, data: { release: Buffer.from(packed).toString("base64") } };
}
const records = (...revisions: Bag[]) => ({ items: revisions });

/** Helm without its program: what it is called with, and what it says. */
class Called extends Helm {
  readonly calls: { args: string[]; stdin: string }[] = [];

  constructor(private readonly says: string | Error = "") {
    super({} as KubeConfig, () => "/nonexistent/helm", new AbortController().signal);
    Object.assign(this, {
      run: async (args: string[], stdin = "") => {
        this.calls.push({ args, stdin });
        if (this.says instanceof Error) throw this.says;
        return this.says;
      },
    });
  }
}

function seat(replies: Reply[], says?: string | Error, why?: string) {
  const helm = new Called(says);
  return { helm, s: session(new Answers({ [SECRETS]: replies, "GET /api/v1/namespaces/shop/pods": [{ items: [] }], "GET /api/v1/namespaces/shop/events": [{ items: [] }] }), {}, { why }) };
}
const verbs = ({ calls }: Called) => calls.map(({ args }) => args[0]);

describe("what Helm keeps of a release", () => {
  it("is read of the newest revision, by number and in whatever order they come", async () => {
    const cluster = new Answers({ [SECRETS]: [records(record(9), record(10), record(2))] });
    expect(await readRecord(cluster, "shop", "web")).toMatchObject({ revision: 10, config: { a: 10 }, chart: { appVersion: "7" } });
    expect(cluster.requests[0]!.query).toEqual({ labelSelector: "owner=helm,name=web" });
  });

  it("is nothing where there is no revision, and an error where it cannot be read", async () => {
    expect(await readRecord(new Answers({ [SECRETS]: [records()] }), "shop", "web")).toBeUndefined();
    await expect(readRecord(new Answers({ [SECRETS]: [records({ metadata: { name: "broken" }, data: { release: "x" } })] }), "shop", "web")).rejects.toThrow("Secret broken is no record of a Helm release");
  });

  it("names the objects of the manifest by kind", () => {
    const manifest = "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a, namespace: shop}\n---\nkind: Deployment\napiVersion: apps/v1\nmetadata: {name: b}\n---\n# nothing\n---\nkind: Service\napiVersion: v1\nmetadata: {name: c}\n";
    expect(resourceNames(manifest)).toEqual({ "Deployment.apps/apps/v1": ["shop/a", "b"], "Service/v1": ["c"] });
  });
});

describe("a create", () => {
  it("installs, and has what Helm has kept", async () => {
    const { helm, s } = seat([records(), records(record(1))]);
    expect(await createRelease(s, helm, release, inputs)).toMatchObject({ id: "shop/web", properties: { version: "1.0.0", status: { revision: 1, status: "deployed" }, resourceNames: { "ConfigMap/v1": ["web"] } } });
    expect(verbs(helm)).toEqual(["install"]);
  });

  it("keeps its inputs as a secret", async () => {
    const { helm, s } = seat([records(), records(record(1))]);
    const { properties } = await createRelease(s, helm, release, { ...inputs, values: { a: secret(1) } });
    expect([isSecret(properties.__inputs), isSecret(properties.values.a)]).toEqual([true, true]);
  });

  it("of a preview asks nobody", async () => {
    const { helm, s } = seat([]);
    expect(await createRelease(s, helm, { ...release, preview: true }, inputs)).toMatchObject({ id: "", properties: { status: UNKNOWN, resourceNames: UNKNOWN } });
    expect([verbs(helm), (s.cluster as Answers).asked]).toEqual([[], []]);
  });

  it("that fails half-way fails as partial: the release is in the state, and can be repaired", async () => {
    const { helm, s } = seat([records(), records(record(1, "failed"))], new Error("timed out"));
    const made = createRelease(s, helm, release, inputs);
    await expect(made).rejects.toThrow(PartialError);
    await expect(made).rejects.toMatchObject({ id: "shop/web", properties: { status: { status: "failed" } } });
  });

  it("of a name that is taken leaves the release that has it to whoever made it", async () => {
    const { helm, s } = seat([records(record(1, "pending-install"))], new Error("cannot re-use a name that is still in use"));
    const made = createRelease(s, helm, release, inputs);
    await expect(made).rejects.toThrow("cannot re-use a name that is still in use");
    await expect(made).rejects.not.toThrow(PartialError);
  });

  it("that has left nothing fails in Helm's words", async () => {
    const { helm, s } = seat([records()], new Error("no such chart"));
    await expect(createRelease(s, helm, release, inputs)).rejects.toThrow(/^no such chart$/);
  });

  it.each(refusals)("is not begun where the record is answered by %s: the name may be taken", async (_, refusal) => {
    const { helm, s } = seat([refusal]);
    await expect(createRelease(s, helm, release, inputs)).rejects.toBe(refusal);
    expect(verbs(helm)).toEqual([]);
  });
});

describe("an update", () => {
  it.each([["upgrade", "a release that is there", [records(record(1)), records(record(2))]], ["install", "one that was uninstalled by hand", [records(), records(record(1))]]])("is an %s of %s", async (verb, _, replies) => {
    const { helm, s } = seat(replies as Reply[]);
    await updateRelease(s, helm, release, inputs);
    expect(verbs(helm)).toEqual([verb]);
  });

  it("that fails says so, in Helm's words where no revision came of it", async () => {
    const same = seat([records(record(1))], new Error("another operation is in progress"));
    await expect(updateRelease(same.s, same.helm, release, inputs)).rejects.toThrow(/^another operation is in progress$/);
    const next = seat([records(record(1)), records(record(2, "failed"))], new Error("timed out"));
    await expect(updateRelease(next.s, next.helm, release, inputs)).rejects.toThrow('Helm release "shop/web" failed to initialize completely');
  });
});

describe("a read", () => {
  const state = { ...inputs, __inputs: inputs };
  it("has the release as it is now", async () => {
    const { s } = seat([records(record(3))]);
    expect(await readRelease(s, "shop/web", state)).toMatchObject({ id: "shop/web", properties: { status: { revision: 3 } }, inputs: { values: { a: 3 } } });
  });

  it("calls it gone where Helm keeps nothing, or there is no such namespace", async () => {
    expect(await readRelease(seat([records()]).s, "shop/web", state)).toBeUndefined();
    expect(await readRelease(seat([notFound]).s, "shop/web", state)).toBeUndefined();
  });

  it.each(refusals)("that is answered by %s fails: the release is not gone", async (_, refusal) => {
    await expect(readRelease(seat([refusal]).s, "shop/web", state)).rejects.toBe(refusal);
  });
});

describe("a cluster that cannot be reached", () => {
  it("has no release created, updated or deleted", async () => {
    const { helm, s } = seat([], "", "connection refused");
    await expect(createRelease(s, helm, release, inputs)).rejects.toThrow("can't create Helm Release with unreachable cluster: connection refused");
    await expect(updateRelease(s, helm, release, inputs)).rejects.toThrow("can't update Helm Release with unreachable cluster");
    await expect(deleteRelease(s, helm, release, inputs)).rejects.toThrow("can't delete Helm Release with unreachable cluster");
    expect(verbs(helm)).toEqual([]);
  });
});

it("a delete tells what Helm kept, and nothing where it kept nothing", async () => {
  const kept = seat([], "These resources were kept due to the resource policy:\n[CustomResourceDefinition] a\n[CustomResourceDefinition] b\nrelease uninstalled\n");
  await deleteRelease(kept.s, kept.helm, release, inputs);
  expect(kept.s.told.log).toEqual([expect.stringMatching(/^warning: .*\[CustomResourceDefinition\] a\\n\[CustomResourceDefinition\] b/)]);
  const none = seat([], "release uninstalled");
  await deleteRelease(none.s, none.helm, release, inputs);
  expect(none.s.told.log).toEqual([]);
  expect(none.helm.calls[0]!.args).toEqual(["uninstall", "web", "--namespace", "shop", "--ignore-not-found", "--wait", "--timeout", "300s"]);
});

describe("helm is called", () => {
  const deployed = async (verb: "install" | "upgrade", more: Bag = {}) => {
    const helm = new Called();
    await helm.deploy(verb, { ...inputs, ...more });
    return helm.calls[0]!;
  };

  it("with the values on its input, and waits for as long as the program says", async () => {
    const { args, stdin } = await deployed("install", { timeout: 42 });
    expect(args).toEqual(["install", "web", "./chart", "--version", "1.0.0", "--namespace", "shop", "--values", "-", "--wait", "--timeout", "42s"]);
    expect(JSON.parse(stdin)).toEqual({ a: 1 });
    expect((await deployed("install", { skipAwait: true })).args).not.toContain("--wait");
  });

  it.each<[Bag, "install" | "upgrade" | "both", string]>([
    [{ atomic: true }, "both", "--atomic"], [{ skipCrds: true }, "both", "--skip-crds"], [{ waitForJobs: true }, "both", "--wait-for-jobs"], [{ createNamespace: true }, "install", "--create-namespace"],
    [{ replace: true }, "install", "--replace"], [{ forceUpdate: true }, "upgrade", "--force"], [{ resetValues: true }, "upgrade", "--reset-values"], [{ reuseValues: true }, "upgrade", "--reuse-values"],
    [{ cleanupOnFail: true }, "upgrade", "--cleanup-on-fail"], [{ disableWebhooks: true }, "install", "--no-hooks"], [{ disableCRDHooks: true }, "upgrade", "--no-hooks"], [{ dependencyUpdate: true }, "both", "--dependency-update"],
  ])("with the flag of %j, for %s", async (more, verb, flag) => {
    for (const one of ["install", "upgrade"] as const) {
      expect((await deployed(one, more)).args.includes(flag), one).toBe(verb === "both" || verb === one);
      expect((await deployed(one)).args, one).not.toContain(flag);
    }
  });

  it("with a chart of a repository by the repository's address", async () => {
    const { args } = await deployed("install", { chart: "istiod", repositoryOpts: { repo: "https://charts.example", username: "u" } });
    expect(args.slice(2, 9)).toEqual(["istiod", "--repo", "https://charts.example", "--version", "1.0.0", "--username", "u"]);
    expect((await deployed("install", { chart: "oci://charts.example/istiod", repositoryOpts: { repo: "https://other" } })).args).not.toContain("--repo");
  });
});

describe("a diff of releases", () => {
  const diff = (news: Bag, ignore: string[] = []) => diffRelease({ ...inputs, __inputs: secret(inputs) }, { ...inputs, ...news }, ignore);
  it("compares inputs alone, and a new name or place is a new release", () => {
    expect(diff({})).toMatchObject({ changes: false, replaces: [] });
    expect(diff({ values: { a: 2 }, version: "1.0.1" })).toMatchObject({ changes: true, diffs: ["version", "values"].sort().reverse(), replaces: [] });
    for (const key of ["name", "namespace"]) expect(diff({ [key]: "other" }).replaces).toEqual([key]);
  });

  it("passes over what the program says to", () => {
    expect(diff({ values: { a: 2 } }, ["values.a"]).changes).toBe(false);
    expect(diff({ values: { a: 2 } }, ["values"]).changes).toBe(false);
    expect(diff({ values: { a: 2 } }, ["value"]).changes).toBe(true);
  });
});

describe("a release is checked", () => {
  const check = (news: Bag, olds: Bag = {}) => checkRelease({ urn: release.urn, olds, news, randomSeed: new Uint8Array(8), defaultNamespace: "own", chartVersion: async () => "9.9.9" });

  it("lays the program's values over those of its files, the later over the earlier", async () => {
    const valueYamlFiles = [{ text: "a: {x: 1, z: 1}\nb: 1\n" }, { text: "a: {z: 2}\nc: 2\n" }, { text: "" }];
    const { inputs } = await check({ chart: "c", valueYamlFiles, values: { c: 3 } });
    expect(inputs.values).toEqual({ a: { x: 1, z: 2 }, b: 1, c: 3 });
    expect(inputs).toMatchObject({ namespace: "own", version: "9.9.9", timeout: 300, skipAwait: false });
    expect(inputs).not.toHaveProperty("valueYamlFiles");
    await expect(check({ chart: "c", valueYamlFiles: [{ uri: "https://x" }] })).rejects.toThrow("only file and string assets");
  });

  it("keeps the name it was given before, and makes the same one up in one run", async () => {
    expect((await check({ chart: "c" }, { name: "web-old" })).inputs.name).toBe("web-old");
    const [one, other] = [await check({ chart: "c" }), await check({ chart: "c" })];
    expect(one.inputs.name).toMatch(/^x-[0-9a-f]{8}$/);
    expect(one.inputs.name).toBe(other.inputs.name);
  });

  it("waits for nothing where it is told so, and drops nulls unless they are meant", async () => {
    expect((await check({ chart: "c", skipAwait: true })).inputs.timeout).toBe(0);
    expect(plain((await check({ chart: "c", values: { a: null, b: 1 } })).inputs.values)).toEqual({ b: 1 });
  });

  it("merges maps, and takes everything else as a whole", () => {
    expect(merge({ a: { x: 1 }, l: [1, 2] }, { a: { y: 2 }, l: [3] })).toEqual({ a: { x: 1, y: 2 }, l: [3] });
    expect(merge({ a: { x: 1 } }, { a: 1 })).toEqual({ a: 1 });
  });
});
