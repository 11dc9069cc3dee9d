import { execa } from "execa";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it, test, vi } from "vitest";
import { commands, type ProfileSpec } from "../../components/cluster/minikube/commands";
import { minikube } from "../../components/cluster/minikube/minikube";
import { runSteps } from "../../cli/terminal/progress";
import { parseConfig } from "../../config";
import { userEnvironment } from "../support/checkout";
import { minikubeBinary, minikubeStep, version } from "../toolchain/minikube";
import { flags } from "./minikube/flags";

/** What the program asks of minikube, asked of the real binary, as far as it goes without a machine. */
const drivers = ["docker", "podman", "kvm2", "qemu2", "virtualbox", "vmware", "none"];
const elsewhere = ["vfkit", "hyperkit", "hyperv", "parallels"];
const spec: ProfileSpec = {
  profile: "istio-lab-dev",
  generation: "0d9f6a3e-7a51-4b8e-9f38-0c8e1d2b3a4c",
  cpus: 2,
  memory: 2200,
  kubernetesVersion: parseConfig({ target: "minikube" }).minikube.kubernetesVersion,
  ports: ["127.0.0.1:20001:31380", "127.0.0.1:20002:31390", "127.0.0.1:20003:31602"],
};

let file: string;
let home: string;
let environment: Record<string, string>;

beforeAll(async () => {
  await runSteps([[[minikubeStep()]]]);
  file = minikubeBinary();
  home = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-minikube-"));
  environment = {
    ...userEnvironment(),
    HOME: home,
    MINIKUBE_HOME: home,
    KUBECONFIG: path.join(home, "own"),
    MINIKUBE_IN_STYLE: "false",
  };
}, 1_200_000);

afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

const run = async (args: string[], env: Record<string, string> = {}) => {
  const { exitCode, stdout, all } = await execa(file, args, {
    env: { ...environment, ...env },
    extendEnv: false,
    all: true,
    reject: false,
    timeout: 120_000,
  });
  return { exitCode, stdout, all };
};

const calls = [
  commands.version(),
  commands.profiles(),
  commands.status("p1"),
  commands.ip("p1"),
  commands.stop("p1"),
  commands.delete("p1"),
  commands.start("p1", "1.33.1"),
  commands.create(spec),
  ...drivers.map((driver) => commands.create({ ...spec, driver })),
].map((args): [string, string[]] => [args.join(" "), args]);

it("is the pinned release", async () => {
  expect(JSON.parse((await run(commands.version())).stdout)).toMatchObject({ minikubeVersion: version });
});

describe("knows every flag there is", () => {
  test.each(calls)("%s", async (_, args) => {
    expect(await run([...args, "--help"])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Usage:") });
    const stranger = await run([...args, "--no-flag-of-minikube", "--help"]);
    expect([stranger.exitCode, stranger.all.split("\n")[0]]).toEqual([
      14,
      "Error: unknown flag: --no-flag-of-minikube",
    ]);
  });

  test.each(Object.entries(flags))("the stand-in's, of %s", async (command, known) => {
    const { all } = await run([
      ...command.split(" "),
      ...Object.keys(known).map((flag) =>
        ["light", "embed-certs", "interactive"].includes(flag) ? `--${flag}` : `--${flag}=1`,
      ),
      "--help",
    ]);
    expect(all).toContain("Usage:");
    expect(all).not.toContain("unknown flag");
  });
});

describe("start --dry-run takes all values, and stops at a driver that is not here", () => {
  test.each(drivers)("%s", async (driver) => {
    const { exitCode, all } = await run([
      ...commands.create({ ...spec, driver, ...(driver === "none" && { profile: "minikube" }) }),
      "--dry-run",
    ]);
    expect(all).toContain(`Using the ${driver} driver based on user configuration`);
    // Not a usage, a flag or a version of Kubernetes: what is refused is the driver, or this machine, or nothing.
    expect(all).toMatch(/Exiting due to (PROVIDER|DRV|GUEST|RSRC)_|dry-run validation complete/);
    expect(all).not.toMatch(/MK_USAGE|INET|K8S_|newer than|unknown/i);
    expect([14, 64]).not.toContain(exitCode);
  });

  it.each(elsewhere)("%s is for other systems, and its name is known", async (driver) => {
    expect((await run([...commands.create({ ...spec, driver }), "--dry-run"])).all).toMatch(
      new RegExp(`DRV_UNSUPPORTED_OS.*'${driver}' is not supported`),
    );
  });

  it("refuses what is not a driver, no number and no port", async () => {
    for (const args of [["--driver=lxc"], ["--driver=none", "--ports=127.0.0.1:70000:31380"]]) {
      const { exitCode } = await run([
        ...commands.create({ ...spec, profile: "minikube" }),
        ...args,
        "--dry-run",
        "--force",
      ]);
      expect(exitCode, args.join(" ")).not.toBe(0);
    }
  });
});

it("knows the default Kubernetes version by itself, without asking the internet", async () => {
  expect((await run(["config", "defaults", "kubernetes-version"])).stdout.split("\n")).toContain(
    `* v${spec.kubernetesVersion}`,
  );
});

/** `ssh` is the only driver that comes past its own checks here; there is nothing at its address, so that `start` ends half-way, as a killed one does. */
describe("a profile whose start broke off", () => {
  const mine =
    "apiVersion: v1\nkind: Config\nclusters: [{name: work, cluster: {server: https://work}}]\ncontexts: [{name: work, context: {cluster: work}}]\ncurrent-context: work\n";
  let usersOwn: string;

  beforeAll(async () => {
    usersOwn = path.join(home, ".kube", "config");
    fs.mkdirSync(path.dirname(usersOwn), { recursive: true });
    fs.writeFileSync(usersOwn, mine); // minikube's own default
    const nowhere = ["--ssh-ip-address=127.0.0.1", "--ssh-port=1", "--preload=false", "--cache-images=false"];
    const { all } = await run([...commands.create({ ...spec, driver: "ssh" }), ...nowhere], { MINIKUBE_FORCE: "true" }); // as root, which cli/targets/minikube/preflight.ts knows
    expect(all).toContain("Exiting due to GUEST_PROVISION");
    vi.stubEnv("PATH", `${path.dirname(file)}${path.delimiter}${process.env.PATH}`);
    vi.stubEnv("MINIKUBE_HOME", home);
    vi.stubEnv("HOME", home);
  });
  afterAll(() => vi.unstubAllEnvs());

  it("carries its generation, its ports and its driver, as the program reads them", async () => {
    const { profile: name, generation, kubernetesVersion, ports } = spec;
    expect(await minikube.profiles()).toEqual([{ name, generation, kubernetesVersion, ports, driver: "ssh" }]);
  });

  it("has no machine, as the program reads it", async () => {
    expect(await minikube.status(spec.profile, environment.KUBECONFIG!)).toEqual({
      host: "Nonexistent",
      apiServer: "",
      kubeconfig: "",
    });
  });

  it("is deleted; its entry goes from the kubeconfig that is given, and the user's is as it was", async () => {
    fs.writeFileSync(environment.KUBECONFIG!, mine.replaceAll("work", spec.profile));
    await minikube.delete(spec.profile, environment.KUBECONFIG!);
    expect(await minikube.profiles()).toEqual([]);
    // Of a half-made profile minikube forgets the entry, of one that is gone it does not: the second is the one that shows where it writes.
    await minikube.delete(spec.profile, environment.KUBECONFIG!);
    expect(fs.readFileSync(environment.KUBECONFIG!, "utf8")).not.toContain(spec.profile);
    expect(fs.readFileSync(usersOwn, "utf8")).toBe(mine);
  });

  it("is not told of when there is none", async () => {
    await expect(minikube.status("nobody", environment.KUBECONFIG!)).rejects.toThrow(
      'What `minikube status --profile=nobody` printed cannot be read: it is not JSON. Nothing is concluded from it.\n  Profile "nobody" not found. Run "minikube profile list" to view all profiles.',
    );
    expect((await run(commands.status("nobody"))).exitCode).toBe(85);
  });
});
