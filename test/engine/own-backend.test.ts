import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Checkout, userEnvironment } from "../support/checkout";

let lab: Checkout;
/** In a URL each of these is something else than itself. */
const checkout = async () => void (lab = await Checkout.create("installed", "istio-lab 100% #1-"));

const inLab = (...name: string[]) => path.join(lab.root, ".lab", ...name);
const ownUrl = () => `file://${inLab("state").replace("%", "%25").replace("#", "%23")}?metadata=skip`;
const stackFile = (folder: string, stack: string) =>
  path.join(folder, ".pulumi", "stacks", "istio-lab", `${stack}.json`);

/** In the checkout, with what `npm run -s env` prints in effect and without what the test itself has of Pulumi. */
async function inShell(script: string) {
  const env = {
    PULUMI_BACKEND_URL: undefined,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_HOME: undefined,
    NODE_OPTIONS: undefined,
  };
  return execa("sh", ["-ec", `eval "$(npm run -s env)"\n${script}`], {
    cwd: lab.root,
    env,
    reject: false,
    all: true,
    stdin: "ignore",
  });
}

describe("a backend of the user's own", () => {
  let backend: string;
  let own: Checkout;
  beforeAll(async () => {
    await checkout();
    backend = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-backend-"));
    own = lab.under({ env: { PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: "one of mine" } });
  });
  afterAll(async () => {
    await lab?.remove();
    fs.rmSync(backend, { recursive: true, force: true });
  });

  it("is used with the user's own passphrase, and nothing of ours is made beside them", async () => {
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

  it("has the secret locked by that passphrase: another does not open it", async () => {
    const other = await lab
      .under({ env: { PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: "another" } })
      .run("pulumi", "config", "get", "password");
    expect(other.exitCode).not.toBe(0);
    expect(other.all).toMatch(/incorrect passphrase/);
  });

  it("has the lock of a killed run broken, and the history stays in it, as the messages say", async () => {
    const killed = spawnSync("true");
    const file = path.join(backend, ".pulumi", "locks", "organization", "istio-lab", "x", "killed.json");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(
      file,
      JSON.stringify({ pid: killed.pid, username: "root", hostname: os.hostname(), timestamp: "2026-01-02T03:04:05Z" }),
    );
    const down = await own.ok("down");
    expect(down.stdout).toMatch(
      new RegExp(
        `^Stack x, which is selected\\. --stack NAME takes another\\.\nBroke the lock of process ${killed.pid} `,
      ),
    );
    expect(down.stdout).toMatch(
      new RegExp(
        `Stack x is down in .* Its history is kept in your own backend, file://${fs.realpathSync(backend)}; \`npm run up -- --stack x\` makes the seat again\\.\n?$`,
      ),
    );
    expect(fs.existsSync(file)).toBe(false);
  });

  it("alone is used with the passphrase of the checkout", async () => {
    await lab.under({ env: { PULUMI_BACKEND_URL: `file://${backend}` } }).pulumi("stack", "init", "y");
    expect(fs.existsSync(stackFile(backend, "y"))).toBe(true);
    expect(fs.existsSync(inLab("state"))).toBe(false);
    expect(fs.statSync(inLab("passphrase")).mode & 0o777).toBe(0o600);
  });

  it("that is chosen after a stack was made in another is refused for that stack, and the printed command leads back; under any spelling the stack is the same", async () => {
    await lab.pulumi("stack", "init", "z");
    const urn = "urn:pulumi:z::istio-lab::pulumi:pulumi:Stack::istio-lab-z";
    const state = {
      version: 3,
      deployment: {
        manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
        resources: [{ urn, custom: false, type: "pulumi:pulumi:Stack" }],
      },
    };
    fs.writeFileSync(inLab("z.json"), JSON.stringify(state));
    await lab.pulumi("stack", "import", "--stack", "z", "--file", inLab("z.json"));

    const empty = fs.mkdtempSync(path.join(backend, "empty-"));
    const elsewhere = lab.under({ env: { PULUMI_BACKEND_URL: `file://${empty}` } });
    const down = await elsewhere.run("down", "--stack", "organization/z");
    expect(down.exitCode).toBe(1);
    expect(down.all).toContain(
      "Stack z is kept in a Pulumi backend that is not the chosen one. Nothing has been changed.",
    );
    expect(down.all).toContain(`file://${empty}; if the stack was moved there`);
    expect((await elsewhere.run("down")).all).toContain(
      "Stack z is kept in a Pulumi backend that is not the chosen one",
    );
    expect(fs.existsSync(stackFile(empty, "z"))).toBe(false);

    const command = /there: (.*)$/m.exec(down.all)![1]!;
    expect(command).toBe(`PULUMI_BACKEND_URL='${ownUrl()}' npm run down -- --stack organization/z`);
    const back = await execa("sh", ["-c", command], {
      cwd: lab.root,
      env: userEnvironment(),
      extendEnv: false,
      reject: false,
      all: true,
      stdin: "ignore",
    });
    expect(back.all).toMatch(/Stack z is down/);
    expect(back.exitCode).toBe(0);
  });
});

describe("without one", () => {
  beforeAll(checkout);
  afterAll(async () => lab?.remove());

  it("env prints exports without a secret, also while there is no seat, and says that", async () => {
    const env = await lab.ok("env");
    const lines = env.stdout.trim().split("\n");
    for (const line of lines) expect(line).toMatch(/^export ([A-Z_]+='[^']*'|PATH='[^']*'":\$PATH")$/);
    expect(env.stdout).toContain(`export PULUMI_BACKEND_URL='${ownUrl()}'`);
    expect(env.stdout).toContain(`export PULUMI_CONFIG_PASSPHRASE_FILE='${inLab("passphrase")}'`);
    expect(env.stdout).not.toContain("KUBECONFIG");
    expect(env.all).toMatch(
      /KUBECONFIG is not set: There is no seat yet: no stack is selected.*`npm run up -- --stack embedded` makes one/,
    );
    expect(env.all).not.toContain(fs.readFileSync(inLab("passphrase"), "utf8"));
  });

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

  it("with env in effect a bare `npx pulumi` works on the same stacks, and on the same secrets", async () => {
    const bare = await inShell("npx pulumi stack ls\nnpx pulumi config get password --stack x");
    expect(bare.exitCode, bare.all).toBe(0);
    expect(bare.stdout).toMatch(/^x\*/m);
    expect(bare.stdout.trim().split("\n").at(-1)).toBe("tea");
    expect(bare.all).not.toMatch(/[Dd]ownloading/);
  });

  it("the selected stack is taken, and once it is gone none in its place: down leaves the others alone", async () => {
    await lab.pulumi("stack", "init", "chosen"); // selects it
    expect((await lab.run("check")).all).toMatch(
      /^Stack chosen, which is selected\. --stack NAME takes another\.\n\s*Stack chosen has no seat\. `npm run up -- --stack chosen` makes it\./,
    );
    expect((await lab.run("kubectl", "--stack", "x", "get", "pods")).all.trim()).toBe(
      "Stack x has no seat. `npm run up -- --stack x` makes it.",
    );

    // As a state is left that somebody removed by hand: the selection stays.
    fs.rmSync(stackFile(inLab("state"), "chosen"));
    const down = await lab.run("down");
    expect(down.exitCode).toBe(1);
    expect(down.all).toMatch(
      /^Stack chosen, which is selected, no longer exists: \.lab\/state has no stack of that name\. Nothing has been changed\. .*Name the stack that you mean: npm run down -- --stack NAME$/m,
    );
    expect(fs.existsSync(stackFile(inLab("state"), "x"))).toBe(true);
  });
});
