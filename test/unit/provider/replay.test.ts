import * as path from "node:path";
import * as struct from "google-protobuf/google/protobuf/struct_pb";
import * as p from "@pulumi/pulumi/proto/provider_pb";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ProviderServer } from "../../../embedded/provider/server";
import { Call, Json, recordedCalls, runs, urnName } from "../../engine/provider/recording";

/**
 * Check, Diff, CheckConfig and DiffConfig ask no cluster: every answer the official plugin gave in the recordings has to come out of the
 * stand-in for the same question.
 */
const pure = ["CheckConfig", "DiffConfig", "Check", "Diff"];
const toStruct = (v: Json): struct.Struct => struct.Struct.fromJavaScript(v ?? {});

let server: ProviderServer;
beforeAll(() => {
  // The recorded release's chart is "./chart".
  vi.spyOn(process, "cwd").mockReturnValue(path.join(__dirname, "../../engine/provider/program"));
  server = new ProviderServer({ helm: () => "/nonexistent/helm" });
  const configure = new p.ConfigureRequest();
  // Port 1 refuses: nothing here may depend on a cluster.
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:1" } }],
    users: [{ name: "c", user: {} }],
    contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
  };
  configure.getVariablesMap().set("kubernetes:config:kubeconfig", JSON.stringify(kubeconfig));
  server.configure(configure);
});

afterAll(() => void vi.restoreAllMocks());

const withPureCalls = runs().filter((run) => recordedCalls(run).some((c) => pure.includes(c.method)));
describe.each(withPureCalls)("%s", (run) => {
  const calls = recordedCalls(run).filter((c) => pure.includes(c.method));
  test.each(calls.map((c): [string, Call] => [`${c.method} ${urnName(c.request.urn)}`, c]))("%s", async (_, call) => {
    expect(await ask(call)).toEqual(expected(call));
  });
});

test("the recordings hold what this test is about", () => {
  const all = runs().flatMap(recordedCalls);
  expect(runs()).toHaveLength(22);
  for (const method of pure) expect(all.filter((c) => c.method === method).length, method).toBeGreaterThanOrEqual(15);
});

async function ask({ method, request: r }: Call): Promise<Json> {
  if (method === "Check" || method === "CheckConfig") {
    const q = new p.CheckRequest();
    q.setUrn(r.urn)
      .setOlds(toStruct(r.olds))
      .setNews(toStruct(r.news))
      .setRandomseed(r.randomSeed ?? "");
    const a = method === "Check" ? await server.check(q) : server.checkConfig(q);
    return {
      inputs: unnamed(r, a.getInputs()!.toJavaScript()),
      failures: a.getFailuresList().map((f) => f.toObject()),
    };
  }
  const q = new p.DiffRequest();
  q.setId(r.id ?? "")
    .setUrn(r.urn)
    .setOlds(toStruct(r.olds))
    .setNews(toStruct(r.news))
    .setOldInputs(toStruct(r.oldInputs))
    .setIgnorechangesList(r.ignoreChanges ?? []);
  const a = method === "Diff" ? server.diff(q) : server.diffConfig(q);
  const kinds = Object.keys(p.PropertyDiff.Kind);
  const detailed: Json = {};
  a.getDetaileddiffMap().forEach(
    (change, key) => (detailed[key] = { kind: kinds[change.getKind()], inputDiff: change.getInputdiff() }),
  );
  return {
    changes: Object.keys(p.DiffResponse.DiffChanges)[a.getChanges()],
    diffs: [...a.getDiffsList()].sort(),
    replaces: [...a.getReplacesList()].sort(),
    deleteBeforeReplace: a.getDeletebeforereplace(),
    hasDetailedDiff: a.getHasdetaileddiff(),
    detailed,
  };
}

/** The recorded answer; the log leaves out what has its default. */
function expected({ method, request, response: a }: Call): Json {
  if (method === "Check" || method === "CheckConfig")
    return { inputs: unnamed(request, a.inputs), failures: a.failures ?? [] };
  const detailed = Object.fromEntries(
    Object.entries((a.detailedDiff ?? {}) as Record<string, Json>).map(([k, v]) => [
      k,
      { kind: v.kind ?? "ADD", inputDiff: v.inputDiff ?? false },
    ]),
  );
  return {
    changes: a.changes,
    diffs: [...(a.diffs ?? [])].sort(),
    replaces: [...(a.replaces ?? [])].sort(),
    deleteBeforeReplace: a.deleteBeforeReplace ?? false,
    hasDetailedDiff: a.hasDetailedDiff ?? false,
    detailed,
  };
}

/** A name made up in this very call is random; one taken over from the old inputs is not. */
function unnamed(request: Json, inputs: Json): Json {
  const name: string | undefined = inputs.metadata?.name;
  if (!name || request.news.metadata?.name || request.olds?.metadata?.name === name) return inputs;
  expect(name).toMatch(/^auto-[0-9a-f]{8}$/);
  return { ...inputs, metadata: { ...inputs.metadata, name: "<made up>" } };
}
