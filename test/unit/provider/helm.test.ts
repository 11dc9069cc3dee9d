import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PartialError } from "../../../embedded/provider/errors";
import { helmBinary, Helm } from "../../../embedded/provider/helm/cli";
import {
  readRecord,
  resourceNames,
  createRelease,
  deleteRelease,
  diffRelease,
  readRelease,
  updateRelease,
} from "../../../embedded/provider/helm/release";
import { checkRelease, merge } from "../../../embedded/provider/helm/values";
import { isSecret, UNKNOWN } from "../../../base/pulumi-marks";
import { secret, type Bag } from "../../../embedded/provider/wire";
import { Answers, notFound, operation, refusals, session, type Reply } from "./answers";

const SECRETS = "GET /api/v1/namespaces/shop/secrets";
const release = operation("helm.sh/v3:Release");
const inputs = { name: "web", namespace: "shop", chart: "./chart", version: "1.0.0", values: { a: 1 } };

/** A Secret in which Helm keeps a revision. */
function record(revision: number, status = "deployed", more: Bag = {}): Bag {
  const kept = {
    name: "web",
    namespace: "shop",
    version: revision,
    info: { status },
    chart: { metadata: { name: "chart", version: "1.0.0", appVersion: "7" } },
    config: { a: revision },
    manifest: "kind: ConfigMap\napiVersion: v1\nmetadata: {name: web}\n",
    ...more,
  };
  const packed = gzipSync(JSON.stringify(kept)).toString("base64");
  return {
    metadata: { name: `sh.helm.release.v1.web.v${revision}`, labels: { version: String(revision) } },
    data: { release: Buffer.from(packed).toString("base64") },
  };
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
  return {
    helm,
    s: session(
      new Answers({
        [SECRETS]: replies,
        "GET /api/v1/namespaces/shop/pods": [{ items: [] }],
        "GET /api/v1/namespaces/shop/events": [{ items: [] }],
      }),
      {},
      { why },
    ),
  };
}
const verbs = ({ calls }: Called) => calls.map(({ args }) => args[0]);

describe("what Helm keeps of a release", () => {
  it("is read of the newest revision, by number and in whatever order they come", async () => {
    const cluster = new Answers({ [SECRETS]: [records(record(9), record(10), record(2))] });
    expect(await readRecord(cluster, "shop", "web")).toMatchObject({
      revision: 10,
      config: { a: 10 },
      chart: { appVersion: "7" },
    });
    expect(cluster.requests[0]!.query).toEqual({ labelSelector: "owner=helm,name=web" });
  });

  it("is nothing where there is no revision, and an error where it cannot be read", async () => {
    expect(await readRecord(new Answers({ [SECRETS]: [records()] }), "shop", "web")).toBeUndefined();
    await expect(
      readRecord(
        new Answers({ [SECRETS]: [records({ metadata: { name: "broken" }, data: { release: "x" } })] }),
        "shop",
        "web",
      ),
    ).rejects.toThrow("Secret broken is not a record of a Helm release");
  });

  it("names the objects of the manifest by kind, sorted", () => {
    const manifest =
      "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: b}\n---\nkind: Deployment\napiVersion: apps/v1\nmetadata: {name: a, namespace: shop}\n---\nkind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\n---\n# nothing\n---\nkind: Service\napiVersion: v1\nmetadata: {name: c}\n";
    expect(resourceNames(manifest)).toEqual({ "Deployment.apps/apps/v1": ["a", "b", "shop/a"], "Service/v1": ["c"] });
  });
});

describe("a create", () => {
  it("installs, and has what Helm has kept", async () => {
    const { helm, s } = seat([records(), records(record(1))]);
    expect(await createRelease(s, helm, release, inputs)).toMatchObject({
      id: "shop/web",
      properties: {
        version: "1.0.0",
        status: { revision: 1, status: "deployed" },
        resourceNames: { "ConfigMap/v1": ["web"] },
      },
    });
    expect(verbs(helm)).toEqual(["install"]);
  });

  it("keeps its inputs as a secret", async () => {
    const { helm, s } = seat([records(), records(record(1))]);
    const { properties } = await createRelease(s, helm, release, { ...inputs, values: { a: secret(1) } });
    expect([isSecret(properties.__inputs), isSecret(properties.values.a)]).toEqual([true, true]);
  });

  it("of a preview asks nobody", async () => {
    const { helm, s } = seat([]);
    expect(await createRelease(s, helm, { ...release, preview: true }, inputs)).toMatchObject({
      id: "",
      properties: { status: UNKNOWN, resourceNames: UNKNOWN },
    });
    expect([verbs(helm), (s.cluster as Answers).asked]).toEqual([[], []]);
  });

  it("that fails half-way fails as partial: the release is in the state, and can be repaired", async () => {
    const { helm, s } = seat([records(), records(record(1, "failed"))], new Error("timed out"));
    const made = createRelease(s, helm, release, inputs);
    await expect(made).rejects.toThrow(PartialError);
    await expect(made).rejects.toMatchObject({ id: "shop/web", properties: { status: { status: "failed" } } });
  });

  it("that fails half-way says what the release's own pods say, and their newest warnings", async () => {
    const { helm, s } = seat(
      [
        records(),
        records(
          record(1, "failed", {
            manifest:
              "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: web, namespace: shop}\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: hook}\n",
          }),
        ),
      ],
      new Error("timed out"),
    );
    const pod = (name: string) => ({
      metadata: { name, namespace: "shop" },
      status: { conditions: [{ type: "Ready", status: "False", message: `${name} is slow` }] },
    });
    const event = (name: string, message: string, type = "Warning") => ({
      type,
      reason: "R",
      message,
      involvedObject: { name },
    });
    const many = Array.from({ length: 10 }, (_, index) => event("web-1", `again ${index}`));
    Object.assign((s.cluster as Answers).replies, {
      "GET /api/v1/namespaces/shop/pods": [{ items: [pod("web-1"), pod("hook"), pod("webbing-1"), pod("other")] }],
      "GET /api/v1/namespaces/shop/events": [
        {
          items: [
            event("web-1", "old"),
            event("web-1", "fine", "Normal"),
            event("other", "theirs"),
            ...many.slice(1),
            event("hook", "new"),
            { ...event("x", "nobody's"), involvedObject: undefined },
          ],
        },
      ],
    });
    const { reasons } = (await createRelease(s, helm, release, inputs).catch(
      (error: unknown) => error,
    )) as PartialError;
    const words = (name: string) => `[Pod shop/${name}]: ${name} is slow`;
    expect(reasons).toEqual([
      words("web-1"),
      words("hook"),
      ...many.slice(1).map(({ message }) => `[Event shop/web-1]: [R] ${message}`),
      "[Event shop/hook]: [R] new",
    ]);
    expect(s.told.log).toEqual([
      expect.stringMatching(/^warning: Helm release "web" was created but has a failed status\..* Reason: timed out$/),
    ]);
  });

  it("that fails half-way has what Helm has left in the state also where nobody tells of the pods, and after a cancel, which asks no pod", async () => {
    const refused = seat([records(), records(record(1, "failed"))], new Error("timed out"));
    (refused.s.cluster as Answers).replies["GET /api/v1/namespaces/shop/pods"] = [refusals[1]![1]];
    await expect(createRelease(refused.s, refused.helm, release, inputs)).rejects.toMatchObject({
      id: "shop/web",
      reasons: [],
    });

    const { helm, s } = seat([records(), records(record(1, "failed"))], new Error("interrupted"));
    const cancelled = new AbortController();
    cancelled.abort();
    const after = { ...s, cancelled: cancelled.signal };
    await expect(createRelease(after, helm, release, inputs)).rejects.toMatchObject({ id: "shop/web", reasons: [] });
    const { asked, requests } = s.cluster as Answers;
    expect(asked).toEqual([SECRETS, SECRETS]);
    // The engine's cancel ends requests: what Helm has left is asked for all the same.
    expect(requests.map(({ evenCancelled }) => evenCancelled)).toEqual([false, true]);
  });

  it.each(refusals)(
    "that fails, and whose record is answered by %s then, fails in Helm's words",
    async (_, refusal) => {
      const { helm, s } = seat([records(), refusal], new Error("no such chart"));
      await expect(createRelease(s, helm, release, inputs)).rejects.toThrow(/^no such chart$/);
    },
  );

  it("of a name that is taken leaves the release that has it to whoever made it", async () => {
    const { helm, s } = seat(
      [records(record(1, "pending-install"))],
      new Error("cannot re-use a name that is still in use"),
    );
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
  it.each([
    ["upgrade", "a release that is there", [records(record(1)), records(record(2))]],
    ["install", "one that was uninstalled by hand", [records(), records(record(1))]],
  ])("is an %s of %s", async (verb, _, replies) => {
    const { helm, s } = seat(replies as Reply[]);
    await updateRelease(s, helm, release, inputs);
    expect(verbs(helm)).toEqual([verb]);
  });

  it("of a preview asks nobody, and knows nothing of what will be", async () => {
    const { helm, s } = seat([]);
    expect(await updateRelease(s, helm, { ...release, preview: true }, inputs)).toMatchObject({
      status: UNKNOWN,
      resourceNames: UNKNOWN,
    });
    expect([verbs(helm), (s.cluster as Answers).asked]).toEqual([[], []]);
  });

  it("of one that was uninstalled by hand and fails leaves what came of it, or fails in Helm's words", async () => {
    const some = seat([records(), records(record(1, "failed"))], new Error("timed out"));
    await expect(updateRelease(some.s, some.helm, release, inputs)).rejects.toThrow(/^timed out$/);
    const none = seat([records()], new Error("no such chart"));
    await expect(updateRelease(none.s, none.helm, release, inputs)).rejects.toThrow(/^no such chart$/);
  });

  it("that fails says so in Helm's bare words, whether a revision came of it or not", async () => {
    const same = seat([records(record(1))], new Error("another operation is in progress"));
    await expect(updateRelease(same.s, same.helm, release, inputs)).rejects.toThrow(
      /^another operation is in progress$/,
    );
    const next = seat([records(record(1)), records(record(2, "failed"))], new Error("timed out"));
    await expect(updateRelease(next.s, next.helm, release, inputs)).rejects.toThrow(/^timed out$/);
  });
});

describe("a read", () => {
  const state = { ...inputs, __inputs: inputs };
  it("has the release as it is now", async () => {
    const { s } = seat([records(record(3))]);
    expect(await readRelease(s, "shop/web", state)).toMatchObject({
      id: "shop/web",
      properties: { status: { revision: 3 } },
      inputs: { values: { a: 3 } },
    });
  });

  it("of an import has what Helm keeps for its inputs, in namespace default where the id names none", async () => {
    const { s } = seat([records(record(3))]);
    expect(await readRelease(s, "shop/web", {})).toMatchObject({
      inputs: { name: "web", namespace: "shop", chart: "chart", version: "1.0.0", values: { a: 3 } },
    });
    const other = seat([]);
    (other.s.cluster as Answers).replies["GET /api/v1/namespaces/default/secrets"] = [
      records(record(1, "deployed", { namespace: "default" })),
    ];
    expect(await readRelease(other.s, "web", {})).toMatchObject({ inputs: { namespace: "default" } });
  });

  it("keeps the inputs that it had, and what was secret in them", async () => {
    const { s } = seat([records(record(1, "deployed", { config: undefined, manifest: undefined }))]);
    const had = { ...inputs, chart: "./elsewhere", values: { a: secret(1) } };
    const { properties, inputs: read } = (await readRelease(s, "shop/web", { ...inputs, __inputs: secret(had) }))!;
    expect(read).toMatchObject({ chart: "./elsewhere", values: { a: secret(1) } });
    expect(read).not.toHaveProperty("status");
    expect([isSecret(properties.__inputs), isSecret(properties.values.a), properties.resourceNames]).toEqual([
      true,
      true,
      {},
    ]);
  });

  it("has the values as Helm keeps them before the program's, and both where they do not meet", async () => {
    const { s } = seat([records(record(1, "deployed", { config: { a: 7 } }))]);
    expect(
      await readRelease(s, "shop/web", { ...inputs, __inputs: { ...inputs, values: { a: 1, b: 2 } } }),
    ).toMatchObject({ properties: { values: { a: 7, b: 2 } } });
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
    await expect(createRelease(s, helm, release, inputs)).rejects.toThrow(
      "can't create Helm Release with unreachable cluster: connection refused",
    );
    await expect(updateRelease(s, helm, release, inputs)).rejects.toThrow(
      "can't update Helm Release with unreachable cluster",
    );
    await expect(deleteRelease(s, helm, release, inputs)).rejects.toThrow(
      "can't delete Helm Release with unreachable cluster",
    );
    expect(verbs(helm)).toEqual([]);
  });
});

it("a delete tells what Helm kept, and nothing where it kept nothing", async () => {
  const kept = seat(
    [],
    "These resources were kept due to the resource policy:\n[CustomResourceDefinition] a\n[CustomResourceDefinition] b\nrelease uninstalled\n",
  );
  await deleteRelease(kept.s, kept.helm, release, inputs);
  expect(kept.s.told.log).toEqual([
    expect.stringMatching(/^warning: .*\[CustomResourceDefinition\] a\\n\[CustomResourceDefinition\] b/),
  ]);
  const none = seat([], "release uninstalled");
  await deleteRelease(none.s, none.helm, release, inputs);
  expect(none.s.told.log).toEqual([]);
  expect(none.helm.calls[0]!.args).toEqual([
    "uninstall",
    "web",
    "--namespace",
    "shop",
    "--ignore-not-found",
    "--wait",
    "--timeout",
    "300s",
  ]);
});

describe("helm is called", () => {
  const deployed = async (verb: "install" | "upgrade", more: Bag = {}) => {
    const helm = new Called();
    await helm.deploy(verb, { ...inputs, ...more });
    return helm.calls[0]!;
  };

  it("with the values on its input, and waits for as long as the program says", async () => {
    const { args, stdin } = await deployed("install", { timeout: 42 });
    expect(args).toEqual([
      "install",
      "web",
      "./chart",
      "--version",
      "1.0.0",
      "--namespace",
      "shop",
      "--values",
      "-",
      "--wait",
      "--timeout",
      "42s",
    ]);
    expect(JSON.parse(stdin)).toEqual({ a: 1 });
    expect((await deployed("install", { skipAwait: true })).args).not.toContain("--wait");
  });

  it.each<[Bag, "install" | "upgrade" | "both", string]>([
    [{ atomic: true }, "both", "--atomic"],
    [{ skipCrds: true }, "both", "--skip-crds"],
    [{ waitForJobs: true }, "both", "--wait-for-jobs"],
    [{ createNamespace: true }, "install", "--create-namespace"],
    [{ replace: true }, "install", "--replace"],
    [{ forceUpdate: true }, "upgrade", "--force"],
    [{ resetValues: true }, "upgrade", "--reset-values"],
    [{ reuseValues: true }, "upgrade", "--reuse-values"],
    [{ cleanupOnFail: true }, "upgrade", "--cleanup-on-fail"],
    [{ disableWebhooks: true }, "install", "--no-hooks"],
    [{ disableCRDHooks: true }, "upgrade", "--no-hooks"],
    [{ dependencyUpdate: true }, "both", "--dependency-update"],
  ])("with the flag of %j, for %s", async (more, verb, flag) => {
    for (const one of ["install", "upgrade"] as const) {
      expect((await deployed(one, more)).args.includes(flag), one).toBe(verb === "both" || verb === one);
      expect((await deployed(one)).args, one).not.toContain(flag);
    }
  });

  it("for an end that is not waited for only where nobody asks for it", async () => {
    const uninstalled = async (more: Bag) => {
      const helm = new Called();
      await helm.uninstall({ ...inputs, ...more });
      return helm.calls[0]!.args.slice(5);
    };
    expect(await uninstalled({ skipAwait: true })).toEqual([]);
    expect(await uninstalled({ skipAwait: true, atomic: true, timeout: 7 })).toEqual(["--wait", "--timeout", "7s"]);
  });

  it.each<[Bag, string[]]>([
    [{ verify: true, keyring: "k" }, ["--verify", "--keyring", "k"]],
    [{ keyring: "k" }, []],
    [{ devel: true, version: "" }, ["--version", ">0.0.0-0"]],
    [{ description: "d", postrender: "/bin/p" }, ["--description", "d", "--post-renderer", "/bin/p"]],
    [
      { renderSubchartNotes: true, disableOpenapiValidation: true },
      ["--render-subchart-notes", "--disable-openapi-validation"],
    ],
    [
      { repositoryOpts: { password: "p", certFile: "c", keyFile: "k", caFile: "a" } },
      ["--password", "p", "--cert-file", "c", "--key-file", "k", "--ca-file", "a"],
    ],
  ])("with all that %j says", async (more, words) => {
    const plain = (await deployed("install")).args;
    expect(
      (await deployed("install", more)).args.filter((word) => !plain.includes(word) || words.includes(word)),
    ).toEqual(words);
  });

  it("without waiting for jobs where nothing is waited for, with its time where that is 0, and with all revisions unless a number is said", async () => {
    expect((await deployed("install", { skipAwait: true, waitForJobs: true })).args).not.toContain("--wait-for-jobs");
    expect((await deployed("install", { timeout: 0 })).args).toContain("300s");
    const kept = async (more: Bag) => (await deployed("upgrade", more)).args.slice(-2);
    expect([
      await kept({}),
      await kept({ maxHistory: 3 }),
      (await deployed("install")).args.includes("--history-max"),
    ]).toEqual([["--history-max", "0"], ["--history-max", "3"], false]);
  });

  it("with a chart of a repository that helm knows by its name", async () => {
    const chartOf = async (more: Bag) => (await deployed("install", more)).args[2];
    expect(await chartOf({ chart: "istiod", repositoryOpts: { repo: "istio" } })).toBe("istio/istiod");
    expect(await chartOf({ chart: "other/istiod", repositoryOpts: { repo: "istio" } })).toBe("other/istiod");
    expect(await chartOf({ chart: "oci://charts.example/istiod", repositoryOpts: { repo: "istio" } })).toBe(
      "oci://charts.example/istiod",
    );
  });

  it("with a chart of a repository by the repository's address", async () => {
    const { args } = await deployed("install", {
      chart: "istiod",
      repositoryOpts: { repo: "https://charts.example", username: "u" },
    });
    expect(args.slice(2, 9)).toEqual([
      "istiod",
      "--repo",
      "https://charts.example",
      "--version",
      "1.0.0",
      "--username",
      "u",
    ]);
    expect(
      (await deployed("install", { chart: "oci://charts.example/istiod", repositoryOpts: { repo: "https://other" } }))
        .args,
    ).not.toContain("--repo");
  });
});

describe("a diff of releases", () => {
  const diff = (news: Bag, ignore: string[] = []) =>
    diffRelease({ ...inputs, __inputs: secret(inputs) }, { ...inputs, ...news }, ignore);
  it("compares inputs alone, and a new name or place is a new release", () => {
    expect(diff({})).toMatchObject({ changes: false, replaces: [] });
    expect(diff({ values: { a: 2 }, version: "1.0.1" })).toMatchObject({
      changes: true,
      diffs: ["version", "values"].sort().reverse(),
      replaces: [],
    });
    for (const key of ["name", "namespace"]) expect(diff({ [key]: "other" }).replaces).toEqual([key]);
  });

  it("passes over what the program says to", () => {
    expect(diff({ values: { a: 2 } }, ["values.a"]).changes).toBe(false);
    expect(diff({ values: { a: 2 } }, ["values"]).changes).toBe(false);
    expect(diff({ values: { a: 2 } }, ["value"]).changes).toBe(true);
  });
});

describe("a release is checked", () => {
  const check = (news: Bag, olds: Bag = {}) =>
    checkRelease({
      urn: release.urn,
      olds,
      news,
      randomSeed: new Uint8Array(8),
      defaultNamespace: "own",
      chartVersion: async () => "9.9.9",
    });

  it("lays the program's values over those of its files, the later over the earlier", async () => {
    const valueYamlFiles = [{ text: "a: {x: 1, z: 1}\nb: 1\n" }, { text: "a: {z: 2}\nc: 2\n" }, { text: "" }];
    const { inputs } = await check({ chart: "c", valueYamlFiles, values: { c: 3 } });
    expect(inputs.values).toEqual({ a: { x: 1, z: 2 }, b: 1, c: 3 });
    expect(inputs).toMatchObject({ namespace: "own", version: "9.9.9", timeout: 300, skipAwait: false });
    expect(inputs).not.toHaveProperty("valueYamlFiles");
    await expect(check({ chart: "c", valueYamlFiles: [{ uri: "https://x" }] })).rejects.toThrow(
      "only file and string assets",
    );
  });

  it("keeps the name it was given before, and makes the same one up in one run", async () => {
    expect((await check({ chart: "c" }, { name: "web-old" })).inputs.name).toBe("web-old");
    const [one, other] = [await check({ chart: "c" }), await check({ chart: "c" })];
    expect(one.inputs.name).toMatch(/^x-[0-9a-f]{8}$/);
    expect(one.inputs.name).toBe(other.inputs.name);
  });

  it("is what the program says before what was", async () => {
    const { inputs: checked } = await check(
      { chart: "c", name: "new", namespace: "there", timeout: 7 },
      { name: "old" },
    );
    expect(checked).toMatchObject({ name: "new", namespace: "there", timeout: 7 });
  });

  it("keeps what is not known yet, and what is secret", async () => {
    const { inputs: unknown } = await check({ chart: "c", compat: "true", values: { a: UNKNOWN, b: secret("s") } });
    expect([unknown.values.a, isSecret(unknown.values.b), "compat" in unknown, "version" in unknown]).toEqual([
      UNKNOWN,
      true,
      false,
      false,
    ]);
    const { inputs: known } = await check({
      chart: "c",
      values: { b: secret("s") },
      resourceNames: {},
      status: {},
      manifest: {},
      compat: "true",
    });
    expect(isSecret(known.values.b)).toBe(true);
    for (const key of ["resourceNames", "status", "manifest", "compat"]) expect(known).not.toHaveProperty(key);
  });

  it("fails at its chart where there is none, and shows no secret by that", async () => {
    const { inputs: checked, failures } = await checkRelease({
      urn: release.urn,
      olds: {},
      news: { chart: "c", values: { b: secret("s") } },
      randomSeed: new Uint8Array(8),
      defaultNamespace: "own",
      chartVersion: async () => Promise.reject(new Error("no such chart")),
    });
    expect(failures).toEqual([
      { property: "chart", reason: "no such chart; check the chart name and repository configuration." },
    ]);
    expect(isSecret(checked.values.b)).toBe(true);
  });

  it("reads a file of values as Helm does: YAML 1.1, where yes is true", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-helm-"));
    try {
      fs.writeFileSync(path.join(folder, "values.yaml"), "on: yes\n");
      const { inputs: checked } = await check({
        chart: "c",
        valueYamlFiles: [{ path: path.join(folder, "values.yaml") }],
      });
      expect(checked.values).toEqual({ true: true });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("waits for nothing where it is told so, and drops nulls unless they are meant", async () => {
    expect((await check({ chart: "c", skipAwait: true })).inputs.timeout).toBe(0);
    for (const [allowNullValues, values] of [
      [false, { b: 1 }],
      [true, { a: null, b: 1 }],
    ] as const)
      expect(
        (await check({ chart: "c", allowNullValues, valueYamlFiles: [{ text: "a: null\n" }], values: { b: 1 } })).inputs
          .values,
      ).toEqual(values);
  });

  it("merges maps, and takes everything else as a whole", () => {
    expect(merge({ a: { x: 1 }, l: [1, 2] }, { a: { y: 2 }, l: [3] })).toEqual({ a: { x: 1, y: 2 }, l: [3] });
    expect(merge({ a: { x: 1 } }, { a: 1 })).toEqual({ a: 1 });
    expect(merge({ a: 1, l: [1] }, { a: { y: 2 }, l: { y: 2 } })).toEqual({ a: { y: 2 }, l: { y: 2 } });
  });
});

describe("helm's process", () => {
  let folder: string;
  beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-helm-"))));
  afterEach(() => {
    vi.unstubAllEnvs();
    fs.rmSync(folder, { recursive: true });
  });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "c",
      clusters: [{ name: "c", cluster: { server: "https://192.0.2.1:6443" } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    }),
  );

  /** A program in helm's place, which is given what helm would be. */
  const standIn = (script: string, cancelled = new AbortController().signal) => {
    const file = path.join(folder, "helm");
    fs.writeFileSync(file, `#!/bin/sh\ncd ${folder}\n${script}\n`, { mode: 0o755 });
    return new Helm(kubeconfig, () => file, cancelled);
  };
  const said = (name: string) => fs.readFileSync(path.join(folder, name), "utf8").trim();
  /** Where a link leads to; nowhere once it is gone, as the one by which the folder itself was read. */
  const linkOf = (link: string) => {
    try {
      return fs.readlinkSync(link);
    } catch {
      return "";
    }
  };

  it("is given the values, and a kubeconfig that nobody else can open: its file has no name", async () => {
    const open = () =>
      fs.readdirSync("/proc/self/fd").filter((fd) => /istio-lab-helm-/.test(linkOf(`/proc/self/fd/${fd}`))).length;
    const before = open();
    const helm = standIn(
      'cat > stdin; echo "$@" > args; cat "$KUBECONFIG" > kubeconfig; echo "$KUBECONFIG" > at; stat -L -c %a /proc/self/fd/3 > mode; readlink /proc/self/fd/3 > name',
    );
    try {
      for (const a of [1, 2]) {
        await helm.deploy("install", { ...inputs, values: { a } });
        expect(JSON.parse(said("stdin"))).toEqual({ a });
        expect(said("args")).toMatch(/^install web /);
        expect(said("kubeconfig")).toContain("https://192.0.2.1:6443");
        expect([said("at"), said("mode")]).toEqual(["/proc/self/fd/3", "600"]);
        expect(said("name")).toMatch(/ \(deleted\)$/);
        expect(open(), "the same one for every call").toBe(before + 1);
      }
    } finally {
      helm.dispose();
    }
    expect(open(), "none is left open").toBe(before);
  });

  it("that fails fails in its own words, without what it warns of", async () => {
    const helm = standIn(
      "printf 'WARNING: old\\nlevel=info x\\nI0101 trace\\nW0101 trace\\n\\nError: INSTALLATION FAILED: no such chart\\nnor another\\n' >&2; exit 1",
    );
    await expect(helm.deploy("install", inputs)).rejects.toThrow(/^no such chart\nnor another$/);
    await expect(standIn("echo 'Error: no repo' >&2; exit 1").uninstall(inputs)).rejects.toThrow(/^no repo$/);
    await expect(standIn("exit 3").deploy("upgrade", inputs)).rejects.toThrow(/^helm upgrade ended with 3$/);
    const missing = new Helm(kubeconfig, () => path.join(folder, "missing"), new AbortController().signal);
    await expect(missing.deploy("install", inputs)).rejects.toThrow("ENOENT");
    missing.dispose();
    helm.dispose();
  });

  it("that is cancelled is interrupted, and marks its release itself", async () => {
    const cancelled = new AbortController();
    const helm = standIn(
      "trap 'echo interrupted >&2; exit 1' INT; : > ready; while :; do sleep 0.02; done",
      cancelled.signal,
    );
    const deployed = helm.deploy("install", inputs);
    const refused = expect(deployed).rejects.toThrow(/^interrupted$/);
    await vi.waitFor(() => expect(fs.existsSync(path.join(folder, "ready"))).toBe(true), { timeout: 10_000 });
    cancelled.abort();
    await refused;
    helm.dispose();
  });

  it("says a chart's version, unless the chart is a folder here", async () => {
    const helm = standIn('echo "$@" > args; echo "version: 2.0.0"');
    fs.writeFileSync(path.join(folder, "Chart.yaml"), "version: 1.0.0\n");
    expect(await helm.chartVersion({ chart: folder })).toBe("1.0.0");
    expect(fs.existsSync(path.join(folder, "args"))).toBe(false);
    expect(await helm.chartVersion({ chart: folder, repositoryOpts: { repo: "https://charts.example" } })).toBe(
      "2.0.0",
    );
    expect(said("args")).toBe(`show chart ${folder} --repo https://charts.example`);
    helm.dispose();
  });

  it("is the user's own where he names it", () => {
    vi.stubEnv("ISTIO_LAB_HELM", "/opt/helm");
    expect(helmBinary()).toBe("/opt/helm");
  });
});
