import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineFolder } from "../../cli/stack/engine";
import { installStandIn } from "../../embedded/provider/install";
import { Checkout, userEnvironment } from "../support/checkout";

/** Pulumi's own CLI in a checkout that has only its packages: no command of ours and no variable of ours. */
let lab: Checkout;
let home: string;
beforeAll(async () => {
  lab = await Checkout.create();
  home = fs.mkdtempSync(path.join(lab.root, "home-"));
  await installStandIn(home);
  await plain("stack", "init", "embedded");
});
afterAll(async () => lab?.remove());

async function plain(...args: string[]): Promise<{ exitCode?: number; all: string }> {
  const env = {
    ...userEnvironment(),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${home}`,
    PULUMI_CONFIG_PASSPHRASE: "plain",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PATH: `${engineFolder()}${path.delimiter}${process.env.PATH}`,
    NODE_OPTIONS: `--require ${JSON.stringify(probe())}`,
  };
  const given = [...args, "--non-interactive"];
  const { exitCode, all } = await execa("pulumi", given, {
    cwd: lab.root,
    env,
    extendEnv: false,
    reject: false,
    all: true,
  });
  return { exitCode, all: all.replace(/\x1b\[\d*m/g, "") };
}

/** A module that notes what the program's process has loaded in the end. */
function probe(): string {
  const file = path.join(home, "probe.cjs");
  const note = `require("fs").writeFileSync(${JSON.stringify(noted())}, JSON.stringify(Object.keys(require.cache)))`;
  fs.writeFileSync(file, `if (/cmd.run/.test(process.argv[1] ?? "")) process.on("exit", () => ${note});`);
  return file;
}
const noted = () => path.join(home, "loaded.json");

/** The files that the last preview's program had loaded, from the checkout's folder. */
const loaded = () =>
  (JSON.parse(fs.readFileSync(noted(), "utf8")) as string[]).map((file) =>
    path.relative(fs.realpathSync(lab.root), file),
  );
const bundles = () => loaded().filter((file) => /^\.lab\/program\/program-[\da-f]{16}\.cjs$/.test(file));

/** Changes a source during one call. */
async function edited<T>(file: string, [from, to]: [string, string], call: () => Promise<T>): Promise<T> {
  const source = path.join(lab.root, file);
  const text = fs.readFileSync(source, "utf8");
  if (text.split(from).length !== 2) throw new Error(`${JSON.stringify(from)} is not once in ${file}`);
  fs.writeFileSync(source, text.replace(from, to));
  try {
    return await call();
  } finally {
    fs.writeFileSync(source, text);
  }
}

const component = "components/lessons/backend/component.ts";
const first = 'super("istio-lab:lessons:Backend", name, {}, opts);';

describe("a plain `pulumi preview`", () => {
  it("loads the bundle, and neither the sources nor the TypeScript compiler", async () => {
    const { exitCode, all } = await plain("preview");
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/\+ \d{3} to create/);
    expect(bundles()).toHaveLength(1);
    // index.ts is the name under which Pulumi's SDK asks for the program.
    const compiling = /\.ts$|node_modules\/(typescript|@npmcli|tsx)\//;
    expect(loaded().filter((file) => compiling.test(file))).toEqual(["index.ts"]);
  });

  it("also from a folder inside of the checkout, and loads the same one", async () => {
    const [bundle] = bundles();
    const { exitCode, all } = await plain("preview", "--cwd", path.join(lab.root, "docs"));
    expect(exitCode, all).toBe(0);
    expect(bundles()).toEqual([bundle]);
  });

  it("shows an edit of a component, and its revert", async () => {
    const preview = () => plain("preview", "--diff");
    const [bundle] = bundles();
    const renamed = await edited(component, [first, first.replace("Backend", "Edited")], preview);
    expect(renamed.all).toContain("istio-lab:lessons:Edited");
    expect(bundles()).not.toEqual([bundle]);
    const again = await preview();
    expect(again.all).not.toContain("istio-lab:lessons:Edited");
    expect(bundles()).toEqual([bundle]);
  });

  it.each([
    ["by the language host's options", undefined],
    ["by ts-node, as with a language host that reads no options", "runtime: nodejs\n"],
  ])("names file and line of an error that a component throws: %s", async (_, runtime) => {
    const project = path.join(lab.root, "Pulumi.yaml");
    const text = fs.readFileSync(project, "utf8");
    if (runtime !== undefined) fs.writeFileSync(project, text.replace(/^runtime:\n(?: .*\n)+/m, runtime));
    try {
      const line = fs.readFileSync(path.join(lab.root, component), "utf8").split(first)[0]!.split("\n").length;
      const thrown = await edited(component, [first, `${first} throw new Error("thrown here");`], () =>
        plain("preview"),
      );
      expect(thrown.exitCode).not.toBe(0);
      expect(thrown.all).toContain("Error: thrown here");
      expect(thrown.all).toMatch(new RegExp(`at new BackendLesson \\(.*${component}:${line}:\\d+\\)`));
      const late = `${first} this.urn.apply(() => { throw new Error("thrown later"); });`;
      const rejected = await edited(component, [first, late], () => plain("preview"));
      expect(rejected.all).toMatch(new RegExp(`Error: thrown later\\n\\s+at .*${component}:${line}:\\d+`));
    } finally {
      fs.writeFileSync(project, text);
    }
  });

  it("tells a mistake in a source by file and line, without a stack", async () => {
    const { exitCode, all } = await edited(component, [first, `${first} const = 1;`], () => plain("preview"));
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(new RegExp(`SyntaxError: ${component}:\\d+:\\d+: Expected identifier but found "="`));
    expect(all).not.toMatch(/^\s+at /m);
  });
});
