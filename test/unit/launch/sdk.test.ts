import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { beforeAll, expect, it } from "vitest";
import { projectRoot } from "../../../base/paths";

/**
 * What each function body returns, one after the other in one process that has loaded preload.cjs, as Pulumi's language
 * host starts the program's.
 */
function run(
  bodies: Readonly<Record<string, string>>,
  { preload = true, env = {} }: { preload?: boolean; env?: Record<string, string> } = {},
): Record<string, unknown> {
  const each = Object.entries(bodies).map(
    ([name, body]) =>
      `await (async () => { ${body} })().then((said) => (all.${name} = said), (error) => (all.${name} = error.stack));`,
  );
  const script = `(async () => { const all = {}; ${each.join("\n")} console.log(JSON.stringify(all)); })();`;
  const words = [...(preload ? ["--require", "./launch/preload.cjs"] : []), "-e", script];
  const { stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: projectRoot,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const exported = `
  const pulumi = require("@pulumi/pulumi");
  return ["runtime", "dynamic", "log"].map((name) =>
    Object.entries(pulumi[name]).map(([key, value]) => key + " " + typeof value).sort());`;

const traces = `
  require("source-map-support/register");
  const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
  const { Resource } = require("@pulumi/pulumi/resource");
  const promise = Promise.resolve();
  require("@pulumi/pulumi/runtime/state").getStore();
  debuggablePromise(promise);
  return {
    own: new Error("mine").stack.split("\\n").slice(0, 2),
    promise: promise._debugStackTrace,
    places: Resource.callsites(),
  };`;

/** In this order: each loads more than the one before, and the last ones change what is loaded. */
const bodies = {
  loaded: `
    require("@pulumi/pulumi"); require("@pulumi/pulumi/cmd/run/tracing").newSpan("run").end();
    return Object.keys(require.cache).map((file) => file.replaceAll("\\\\", "/").replace(/.*\\/node_modules\\//, ""));`,
  exported,
  traces,
  late: `
    const pulumi = require("@pulumi/pulumi");
    const { newSpan, start } = require("@pulumi/pulumi/cmd/run/tracing");
    newSpan("a").end();
    const { isInitializedAsync } = require("@pulumi/pulumi/runtime/closure/v8Hooks");
    await isInitializedAsync();
    const three = 3;
    const { text } = await pulumi.runtime.serializeFunction(() => three);
    const paths = await pulumi.runtime.computeCodePaths({ extraIncludePaths: ["./launch"] });
    return {
      workspace: pulumi.automation.LocalWorkspace.name,
      deep: require("@pulumi/pulumi/automation").LocalWorkspace === pulumi.automation.LocalWorkspace,
      text: text.includes("three: 3"),
      paths: paths.size > 0,
      real: Object.keys(require("@pulumi/pulumi/runtime/closure/v8Hooks")).length > 1,
    };`,
  debug: `
    const log = require("@pulumi/pulumi/log");
    const sent = [];
    log.debug = async (...given) => void sent.push(given);
    require("./launch/debug-log.cjs").gather(${JSON.stringify(projectRoot)});
    await Promise.all([log.debug("a"), log.debug("b"), log.debug("c", undefined, 3)]);
    await log.debug("d");
    return sent;`,
  other: `return Object.keys(require("./versions.ts")).includes("istio");`,
};

let said: Record<keyof typeof bodies, unknown>;
beforeAll(() => void (said = run(bodies) as typeof said));

it("Pulumi's SDK starts without the TypeScript compiler, npm's installer, a debugger and its own tracing", () => {
  const loaded = said.loaded as string[];
  expect(loaded).toContain("@pulumi/pulumi/index.js");
  const packages = new Set(loaded.map((file) => /^(@[^/]+\/)?[^/]+/.exec(file)?.[0]));
  for (const name of ["typescript", "@npmcli/arborist", "@opentelemetry/sdk-trace-base", "execa"])
    expect([...packages]).not.toContain(name);
});

it("each part that is loaded late is the real one for whoever uses it", () => {
  expect(said.late).toEqual({ workspace: "LocalWorkspace", deep: true, text: true, paths: true, real: true });
});

it("whatever Pulumi's SDK exports is there", () => {
  const plain = run({ exported }, { preload: false }).exported as string[][];
  expect(said.exported).toEqual(plain);
  expect(plain[0]!.length).toBeGreaterThan(30);
});

it("an error has its stack, and the SDK's own bookkeeping has none but for who searches for leaks", () => {
  const { own, promise, places } = said.traces as { own: string[]; promise: string; places: unknown[] };
  expect(own[0]).toBe("Error: mine");
  expect(own[1]).toMatch(/^ {4}at .*\[eval\]/);
  expect(promise).toBe("Error");
  expect(places).toEqual([]);
  const leaks = run({ traces }, { env: { PULUMI_DEBUG_PROMISE_LEAKS: "true" } }).traces as { promise: string };
  expect(leaks.promise).toMatch(/\n {4}at /);
});

it("debug messages of one turn are sent as one, in their order; a message about a resource goes by itself", () => {
  expect(said.debug).toEqual([["c", null, 3], ["a\nb"], ["d"]]);
});

it("nothing of it stands in the way of a module that is no program of Pulumi's", () => {
  expect(said.other).toBe(true);
});

it("the stand-ins lie where the SDK has its modules", () => {
  const { late } = require(path.join(projectRoot, "launch/sdk.cjs")) as { late: Record<string, string[]> };
  for (const [name, functions] of Object.entries(late)) {
    const real = require(`@pulumi/pulumi/${name}`) as Record<string, unknown>;
    for (const one of functions) expect(typeof real[one], `${name} ${one}`).toBe("function");
  }
});
