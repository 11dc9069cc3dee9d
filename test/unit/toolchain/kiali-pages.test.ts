import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { identify } from "../../../base/process-id";
import { toolchainSteps } from "../../../embedded/toolchain";
import { FLAGS, kialiPages, kialiPagesStep, pagesKey } from "../../../embedded/toolchain/kiali-pages";
import { compiled } from "../../support/compiled";
import { until } from "../../support/http";
import { needs, withoutLinux } from "../../support/needs";

const tools = path.join(__dirname, "../../../embedded/toolchain/kiali/pages");

let work: string;
beforeEach(() => void (work = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-pages-"))));
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(work, { recursive: true });
});

describe("the packages of Kiali's pages", () => {
  const { packages } = JSON.parse(fs.readFileSync(path.join(tools, "package-lock.json"), "utf8")) as {
    packages: Record<string, { integrity?: string; resolved?: string }>;
  };
  const locked = Object.entries(packages).filter(([name]) => name !== "");

  it("are each pinned by a hash, and come from whatever registry npm is set to", () => {
    expect(locked.length).toBeGreaterThan(300);
    expect(locked.filter(([, { integrity }]) => !/(^| )sha512-/.test(integrity ?? "")).map(([name]) => name)).toEqual(
      [],
    );
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it("are none of the project's own", () => {
    const own = JSON.parse(fs.readFileSync(path.join(tools, "../../../../package.json"), "utf8")) as Record<
      string,
      Record<string, string>
    >;
    for (const name of ["react", "cytoscape", "@patternfly/react-core"])
      expect({ ...own.dependencies, ...own.devDependencies }).not.toHaveProperty([name]);
  });

  it("are installed whole and without their scripts, whatever the user's npm is set to", () => {
    put(
      "package.json",
      JSON.stringify({
        name: "pages",
        version: "1.0.0",
        dependencies: { a: "file:./a" },
        devDependencies: { b: "file:./b" },
        optionalDependencies: { c: "file:./c" },
      }),
    );
    for (const name of ["a", "b", "c"])
      put(
        `${name}/package.json`,
        JSON.stringify({ name, version: "1.0.0", scripts: { install: "echo > ../ran", postinstall: "echo > ../ran" } }),
      );
    const links = ["a", "b", "c"].flatMap((name) => [
      [name, { version: "1.0.0" }],
      [`node_modules/${name}`, { resolved: name, link: true }],
    ]);
    const { name, version, ...asked } = JSON.parse(fs.readFileSync(path.join(work, "package.json"), "utf8"));
    put(
      "package-lock.json",
      JSON.stringify({
        name,
        version,
        lockfileVersion: 3,
        requires: true,
        packages: { "": { name, version, ...asked }, ...Object.fromEntries(links) },
      }),
    );
    const set = {
      ignore_scripts: "false",
      omit: "dev optional",
      global: "true",
      dry_run: "true",
      package_lock: "false",
      offline: "true",
    };
    const env = {
      ...process.env,
      NODE_ENV: "production",
      ...Object.fromEntries(Object.entries(set).map(([key, value]) => [`npm_config_${key}`, value])),
    };
    const { status, stderr } = spawnSync("npm", ["ci", "--prefix", work, ...FLAGS], {
      cwd: work,
      env,
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
    expect(fs.readdirSync(path.join(work, "node_modules")).filter((entry) => !entry.startsWith("."))).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(fs.existsSync(path.join(work, "ran"))).toBe(false);
  });
});

describe("the key of Kiali's pages", () => {
  const inputs = new Map([
    ["package-lock.json", "{}"],
    ["bundle.mjs", "build()"],
  ]);
  const key = pagesKey("1.89.8", inputs);

  it("is fit for a folder's name, and another one with another version, script or lock file", () => {
    expect(key).toMatch(/^[0-9a-f]{16}$/);
    expect(pagesKey("1.89.8", new Map(inputs))).toBe(key);
    const others = [
      pagesKey("1.89.9", inputs),
      ...[...inputs.keys()].map((name) =>
        pagesKey("1.89.8", new Map([...inputs, [name, "other"]] as [string, string][])),
      ),
    ];
    expect(new Set([key, ...others]).size).toBe(1 + others.length);
  });
});

/** The test fetches nothing: it brings an npm and a Go of its own. `npm run up` runs the real ones. mesh/addons.test.ts asks a seat for the pages. */
describe("the step that bundles Kiali's pages", needs(withoutLinux), () => {
  const signal = new AbortController().signal;
  /** What of the step's folder is in the cache. */
  const left = () =>
    fs.existsSync(path.join(work, "cache/toolchain")) ? fs.readdirSync(path.join(work, "cache/toolchain")) : [];
  beforeEach(() => {
    vi.stubEnv("ISTIO_LAB_CACHE", path.join(work, "cache"));
    vi.stubEnv("PATH", `${path.join(work, "bin")}:${process.env.PATH}`);
    program("go", `echo '{"Dir": "${path.join(work, "kiali")}"}'`);
    installing("");
  });
  /** Makes npm end as this script says. A bundling script that only says where its pages would be replaces the real one, which needs the real packages. */
  function installing(end: string): void {
    const bundle =
      'import * as fs from "node:fs"; const [from, to] = process.argv.slice(2); fs.mkdirSync(to, { recursive: true }); fs.writeFileSync(`${to}/index.html`, from);';
    put("bundle.mjs", bundle);
    program(
      "npm",
      `mkdir node_modules && cp ${path.join(work, "bundle.mjs")} bundle.mjs\necho 'npm http fetch GET 200 https://registry.test/react/-/react-17.0.2.tgz 5ms (cache miss)' >&2\n${end}`,
    );
  }

  it("is one of the toolchain's, and leaves the pages alone in the cache: what npm installed is gone", async () => {
    expect(toolchainSteps().map(({ title }) => title)).toContain(kialiPagesStep().title);
    const said: [number, string | undefined][] = [];
    const step = kialiPagesStep();
    expect(await step.isDone()).toBe(false);
    await step.run((done, _, note) => void said.push([done, note]), signal);
    expect(await step.isDone()).toBe(true);
    expect(fs.readFileSync(path.join(kialiPages(), "index.html"), "utf8")).toBe(path.join(work, "kiali/frontend"));
    expect(fs.readdirSync(path.dirname(kialiPages()))).toEqual(["console"]);
    expect(said).toEqual([
      [0, "downloading the sources"],
      [1, "downloading react-17.0.2"],
      [0, "bundling"],
    ]);
  });

  it.each([
    [
      "the registry is not reached",
      "echo 'npm error code ENOTFOUND' >&2; exit 1",
      /^Installing the packages of Kiali's pages failed: the npm registry cannot be reached.*\n {2}npm error code ENOTFOUND$/,
    ],
    [
      "the bundler fails",
      "echo 'throw new Error(\"no such import\")' > bundle.mjs",
      /^Bundling Kiali's pages failed\.\n[^]*no such import/,
    ],
  ])("leaves nothing where %s, says so in one message, and heals when run again", async (_, end, message) => {
    installing(end);
    await expect(kialiPagesStep().run(() => {}, signal)).rejects.toThrow(message);
    expect(left()).toEqual([]);
    installing("");
    await kialiPagesStep().run(() => {}, signal);
    expect(left()).toEqual([path.basename(path.dirname(kialiPages()))]);
  });

  it("says that there is no npm", async () => {
    fs.rmSync(path.join(work, "bin/npm"));
    vi.stubEnv("PATH", path.join(work, "bin"));
    program("go", `echo '{"Dir": "${path.join(work, "kiali")}"}'`);
    await expect(kialiPagesStep().run(() => {}, signal)).rejects.toThrow("npm is not installed (no `npm` on PATH)");
  });

  it("ends when it is interrupted, and leaves nothing", async () => {
    installing("exec sleep 60");
    const abort = new AbortController();
    const run = kialiPagesStep().run(
      (done) => void (done === 1 && abort.abort(new Error("interrupted"))),
      abort.signal,
    );
    await expect(run).rejects.toThrow("interrupted");
    expect(left()).toEqual([]);
  });

  it("takes npm along when it is killed with -9, and heals when run again", async () => {
    installing(
      `echo $$ > ${path.join(work, "pid")}.new && mv ${path.join(work, "pid")}.new ${path.join(work, "pid")}; exec sleep 60`,
    );
    const code = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-kiali-code-"));
    onTestFinished(() => fs.rmSync(code, { recursive: true }));
    const script = await compiled(
      code,
      'require("./embedded/toolchain/kiali-pages").kialiPagesStep().run(() => {}, new AbortController().signal);',
    );
    const maker = spawn(process.execPath, [script], { stdio: "ignore" });
    await until("npm at work", 30, async () => fs.existsSync(path.join(work, "pid")), Boolean);
    const npm = Number(fs.readFileSync(path.join(work, "pid"), "utf8"));
    expect([identify(npm) !== undefined, left()]).toEqual([true, [expect.stringMatching(/^\.kiali-pages-/)]]);
    maker.kill("SIGKILL");
    await until("npm's end", 10, async () => identify(npm) === undefined, Boolean);
    installing("");
    await kialiPagesStep().run(() => {}, signal);
    expect(left()).toEqual([path.basename(path.dirname(kialiPages()))]);
  });

  function program(name: string, script: string): void {
    put(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    fs.chmodSync(path.join(work, "bin", name), 0o755);
  }
});

function put(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
  fs.writeFileSync(path.join(work, name), text);
}
