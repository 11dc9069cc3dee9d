import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Checkout, userEnvironment } from "../support/checkout";

let lab: Checkout;
let backend: string;
beforeEach(async () => {
  // In a URL each of these is something else than itself.
  lab = await Checkout.create("installed", "istio-lab 100% #1-");
  backend = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-backend-"));
});
afterEach(async () => {
  await lab?.remove();
  fs.rmSync(backend, { recursive: true, force: true });
});

const inLab = (...name: string[]) => path.join(lab.root, ".lab", ...name);
const ownUrl = () => `file://${inLab("state").replace("%", "%25").replace("#", "%23")}?metadata=skip`;
const stackFile = (folder: string, stack: string) => path.join(folder, ".pulumi", "stacks", "istio-lab", `${stack}.json`);

/** In the checkout, with what `npm run -s env` prints in effect and without what the test itself has of Pulumi. */
async function inShell(script: string) {
  const env = { PULUMI_BACKEND_URL: undefined, PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_HOME: undefined, NODE_OPTIONS: undefined };
  return execa("sh", ["-ec", `eval "$(npm run -s env)"\n${script}`], { cwd: lab.root, env, reject: false, all: true, stdin: "ignore" });
}

describe("a backend and a passphrase of the user's own", () => {
  it("are used, and nothing of ours is made beside them", async () => {
    const own = lab.under({ env: { PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: "one of mine" } });
    await own.pulumi("stack", "init", "x");
    await own.pulumi("config", "set", "--secret", "password", "tea");
    expect(fs.existsSync(stackFile(backend, "x"))).toBe(true);
    expect((await own.pulumi("stack", "ls")).stdout).toMatch(/^x\*/m);
    expect((await own.pulumi("config", "get", "password")).stdout.trim()).toBe("tea");

    const env = await own.ok("env");
    expect(env.stdout).not.toMatch(/PULUMI_BACKEND_URL|PULUMI_CONFIG_PASSPHRASE/);
    expect(env.all).not.toContain("one of mine");
    expect(["state", "passphrase"].filter((name) => fs.existsSync(inLab(name)))).toEqual([]);
  });

  it("the secret is locked by the user's passphrase: another does not open it", async () => {
    const PULUMI_BACKEND_URL = `file://${backend}`;
    const own = lab.under({ env: { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE: "one of mine" } });
    await own.pulumi("stack", "init", "x");
    await own.pulumi("config", "set", "--secret", "password", "tea");
    const other = await lab.under({ env: { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE: "another" } }).run("pulumi", "config", "get", "password");
    expect(other.exitCode).not.toBe(0);
    expect(other.all).toMatch(/incorrect passphrase/);
  });

  it("a backend alone is used with the passphrase of the checkout", async () => {
    const own = lab.under({ env: { PULUMI_BACKEND_URL: `file://${backend}` } });
    await own.pulumi("stack", "init", "x");
    expect(fs.existsSync(stackFile(backend, "x"))).toBe(true);
    expect(fs.existsSync(inLab("state"))).toBe(false);
    expect(fs.statSync(inLab("passphrase")).mode & 0o777).toBe(0o600);
  });
});

describe("a backend that is chosen after the stack was made in another", () => {
  it("is refused for that stack, and the printed command leads back; under any spelling the stack is the same", async () => {
    await lab.pulumi("stack", "init", "x");
    const urn = "urn:pulumi:x::istio-lab::pulumi:pulumi:Stack::istio-lab-x";
    const state = { version: 3, deployment: { manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" }, resources: [{ urn, custom: false, type: "pulumi:pulumi:Stack" }] } };
    fs.writeFileSync(inLab("x.json"), JSON.stringify(state));
    await lab.pulumi("stack", "import", "--stack", "x", "--file", inLab("x.json"));

    const own = lab.under({ env: { PULUMI_BACKEND_URL: `file://${backend}` } });
    const down = await own.run("down", "--stack", "organization/x");
    expect(down.exitCode).toBe(1);
    expect(down.all).toContain("Stack x is kept in another Pulumi backend than the one that is chosen now. Nothing has been changed.");
    expect(down.all).toContain(`file://${backend}; if the stack was moved there`);
    expect((await own.run("down")).all).toContain("Stack x is kept in another Pulumi backend");
    expect(fs.readdirSync(backend)).not.toContain("x.json");

    const command = /there: (.*)$/m.exec(down.all)![1]!;
    expect(command).toBe(`PULUMI_BACKEND_URL='${ownUrl()}' npm run down -- --stack organization/x`);
    const back = await execa("sh", ["-c", command], { cwd: lab.root, env: userEnvironment(), extendEnv: false, reject: false, all: true, stdin: "ignore" });
    expect(back.all).toMatch(/Stack x is down/);
    expect(back.exitCode).toBe(0);
  });
});

describe("without them", () => {
  it("state and passphrase are the checkout's, for its owner alone, and git does not see them", async () => {
    await lab.pulumi("stack", "init", "x");
    await lab.pulumi("config", "set", "--secret", "password", "tea");
    expect(fs.statSync(inLab("passphrase")).mode & 0o777).toBe(0o600);
    expect(fs.statSync(inLab("state")).mode & 0o777).toBe(0o700);
    expect(fs.existsSync(stackFile(inLab("state"), "x"))).toBe(true);

    await execa("git", ["init", "-q"], { cwd: lab.root });
    const seen = await execa("git", ["status", "--porcelain", "--untracked-files=all"], { cwd: lab.root });
    expect(seen.stdout).toMatch(/README\.md/);
    expect(seen.stdout).not.toMatch(/\.lab/);
  });

  it("env prints exports without a secret, also while there is no seat, and says that", async () => {
    const env = await lab.ok("env");
    const lines = env.stdout.trim().split("\n");
    for (const line of lines) expect(line).toMatch(/^export [A-Z_]+='[^']*'$/);
    expect(env.stdout).toContain(`export PULUMI_BACKEND_URL='${ownUrl()}'`);
    expect(env.stdout).toContain(`export PULUMI_CONFIG_PASSPHRASE_FILE='${inLab("passphrase")}'`);
    expect(env.stdout).not.toContain("KUBECONFIG");
    expect(env.all).toMatch(/KUBECONFIG is not set: No stack is selected.*npm run up/);
    expect(env.all).not.toContain(fs.readFileSync(inLab("passphrase"), "utf8"));
  });

  it("with env in effect a bare `npx pulumi` works on the same stacks, and on the same secrets", async () => {
    await lab.pulumi("stack", "init", "x");
    await lab.pulumi("config", "set", "--secret", "password", "tea");
    const bare = await inShell("npx pulumi stack ls\nnpx pulumi config get password --stack x");
    expect(bare.exitCode, bare.all).toBe(0);
    expect(bare.stdout).toMatch(/^x\*/m);
    expect(bare.stdout.trim().split("\n").at(-1)).toBe("tea");
    expect(bare.all).not.toMatch(/[Dd]ownloading/);
  });
});
