import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../../base/paths";

/** What a script prints in a process that has loaded preload.cjs, as Pulumi's language host starts the program's. */
function run(script: string, env: Record<string, string> = {}): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ["--require", "./launch/preload.cjs", "-e", script], {
    cwd: projectRoot,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

const modules = `Object.keys(require.cache).map((file) => file.replaceAll("\\\\", "/").replace(/.*\\/node_modules\\//, ""))`;

it("Pulumi's SDK starts without the TypeScript compiler, npm's installer, a debugger and its own tracing", () => {
  const loaded = run(`
    require("@pulumi/pulumi"); require("@pulumi/pulumi/cmd/run/tracing").newSpan("run").end();
    console.log(JSON.stringify(${modules}))`) as string[];
  expect(loaded).toContain("@pulumi/pulumi/index.js");
  const packages = new Set(loaded.map((file) => /^(@[^/]+\/)?[^/]+/.exec(file)?.[0]));
  for (const name of ["typescript", "@npmcli/arborist", "@opentelemetry/sdk-trace-base", "execa"])
    expect([...packages]).not.toContain(name);
});

it("each part that is loaded late is the real one for whoever uses it", () => {
  const script = `
    const pulumi = require("@pulumi/pulumi");
    const { newSpan, start } = require("@pulumi/pulumi/cmd/run/tracing");
    newSpan("a").end();
    const { isInitializedAsync } = require("@pulumi/pulumi/runtime/closure/v8Hooks");
    (async () => {
      await isInitializedAsync();
      const three = 3;
      const { text } = await pulumi.runtime.serializeFunction(() => three);
      const paths = await pulumi.runtime.computeCodePaths({ extraIncludePaths: ["./launch"] });
      console.log(JSON.stringify({
        workspace: pulumi.automation.LocalWorkspace.name,
        deep: require("@pulumi/pulumi/automation").LocalWorkspace === pulumi.automation.LocalWorkspace,
        text: text.includes("three: 3"),
        paths: paths.size > 0,
        real: Object.keys(require("@pulumi/pulumi/runtime/closure/v8Hooks")).length > 1,
      }));
    })()`;
  expect(run(script)).toEqual({ workspace: "LocalWorkspace", deep: true, text: true, paths: true, real: true });
});

it("whatever Pulumi's SDK exports is there", () => {
  const names = `
    const pulumi = require("@pulumi/pulumi");
    console.log(JSON.stringify(["runtime", "dynamic", "log"].map((name) =>
      Object.entries(pulumi[name]).map(([key, value]) => key + " " + typeof value).sort())));`;
  const late = run(names);
  // This process has loaded the SDK without preload.cjs.
  const pulumi = require("@pulumi/pulumi") as Record<string, object>;
  const plain = ["runtime", "dynamic", "log"].map((name) =>
    Object.entries(pulumi[name]!)
      .map(([key, value]) => `${key} ${typeof value}`)
      .sort(),
  );
  expect(late).toEqual(plain);
  expect(plain[0]!.length).toBeGreaterThan(30);
});

it("an error has its stack, and the SDK's own bookkeeping has none but for who searches for leaks", () => {
  const script = `
    require("source-map-support/register");
    const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
    const { Resource } = require("@pulumi/pulumi/resource");
    const promise = Promise.resolve();
    require("@pulumi/pulumi/runtime/state").getStore();
    debuggablePromise(promise);
    console.log(JSON.stringify({
      own: new Error("mine").stack.split("\\n").slice(0, 2),
      promise: promise._debugStackTrace,
      places: Resource.callsites(),
    }))`;
  const { own, promise, places } = run(script) as { own: string[]; promise: string; places: unknown[] };
  expect(own[0]).toBe("Error: mine");
  expect(own[1]).toMatch(/^ {4}at .*\[eval\]/);
  expect(promise).toBe("Error");
  expect(places).toEqual([]);
  expect((run(script, { PULUMI_DEBUG_PROMISE_LEAKS: "true" }) as { promise: string }).promise).toMatch(/\n {4}at /);
});

it("debug messages of one turn are sent as one, in their order; a message about a resource goes by itself", () => {
  const script = `
    const log = require("@pulumi/pulumi/log");
    const sent = [];
    log.debug = async (...given) => void sent.push(given);
    require("./launch/debug-log.cjs").gather(${JSON.stringify(projectRoot)});
    (async () => {
      await Promise.all([log.debug("a"), log.debug("b"), log.debug("c", undefined, 3)]);
      await log.debug("d");
      console.log(JSON.stringify(sent));
    })()`;
  expect(run(script)).toEqual([["c", null, 3], ["a\nb"], ["d"]]);
});

it("nothing of it stands in the way of a module that is no program of Pulumi's", () => {
  expect(run(`console.log(JSON.stringify(Object.keys(require("./versions.ts")).includes("istio")))`)).toBe(true);
});

it("the stand-ins lie where the SDK has its modules", () => {
  const { late } = require(path.join(projectRoot, "launch/sdk.cjs")) as { late: Record<string, string[]> };
  for (const [name, functions] of Object.entries(late)) {
    const real = require(`@pulumi/pulumi/${name}`) as Record<string, unknown>;
    for (const one of functions) expect(typeof real[one], `${name} ${one}`).toBe("function");
  }
});
