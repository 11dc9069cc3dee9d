import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readIfThere } from "../../base/files";
import { minikubeProof } from "../../cli/targets/minikube/proof";
import { runSteps } from "../../cli/terminal/progress";
import { profilesIn } from "../../components/cluster/minikube/answers";
import { commands } from "../../components/cluster/minikube/commands";
import { killWhen } from "../support/crash";
import { follow } from "../support/follow";
import { conversion } from "../support/http";
import { stepsOf } from "../support/page";
import { realMinikubeSteps } from "../toolchain/real-minikube";
import { RealLab } from "./real-minikube/lab";
import { clean, leftovers, Machine } from "./real-minikube/machine";

/** The life of a seat on the real minikube with Docker's driver; what is built for it is kept. */
vi.setConfig({ testTimeout: 900_000, hookTimeout: 3_600_000 });

describe("a seat on a real minikube", () => {
  const machine = new Machine();
  let lab: RealLab;

  beforeAll(async () => {
    await runSteps([[realMinikubeSteps()]]);
    await machine.start();
    lab = await RealLab.create(machine);
  });
  afterAll(async () => {
    await clean();
    expect(leftovers()).toEqual([]);
  });

  /** What the program has done is there at once: nobody waits for it. */
  async function expectAnswers(): Promise<void> {
    expect(await lab.statusOf("/productpage")).toBe("200");
    expect(await lab.statusOf(conversion)).toBe("200");
  }

  it("is up, and answers when up has ended", async () => {
    const { all } = await lab.up();
    expect(all).toMatch(/Up in /);
    expect(all).toMatch(
      /minikube in your shell: .*KUBECONFIG=\S*\/\.lab\/minikube\/istio-lab-dev\/kubeconfig minikube service list --profile=istio-lab-dev/,
    );
    await expectAnswers();
  });

  it("a second up changes nothing", async () => {
    expect((await lab.up()).all).toMatch(/Resources:\s+\d+ unchanged/);
  });

  it("check passes, but for the placeholders that it names", async () => {
    const { exitCode, stdout, all } = await lab.checkout.run("check", "--stack", "dev", "--json");
    const { results: checks } = JSON.parse(stdout) as { results: { check: string; status: string }[] };
    expect(
      checks.filter(({ status }) => status === "failed"),
      all,
    ).toEqual([]);
    expect(checks.filter(({ status }) => status === "placeholder").map(({ check }) => check)).not.toEqual([]);
    expect(exitCode).toBe(0);
  });

  it("docs/addons.md shows what its commands print, its queries among them", async () => {
    const page = "docs/addons.md";
    const steps = stepsOf(fs.readFileSync(path.join(lab.checkout.root, page), "utf8"));
    expect(steps.filter(({ printed }) => printed?.includes('"status":"success"')).length).toBeGreaterThan(1);
    const terminal = lab.terminal();
    try {
      for (const step of steps) await follow(`${page}, line ${step.line}`, step, terminal);
    } finally {
      terminal.close();
    }
  });

  it("a weight changes one route, in preview and in fact", async () => {
    await lab.checkout.ok(
      "pulumi",
      "config",
      "set-all",
      "--path",
      "--plaintext",
      "istio-lab:canary.reviews.v1=75",
      "--plaintext",
      "istio-lab:canary.reviews.v3=25",
      "--stack",
      "dev",
    );
    const { all } = await lab.checkout.ok("pulumi", "preview", "--diff", "--stack", "dev", "--non-interactive");
    expect(all).toMatch(/~ 1 to update/);
    expect(all).toMatch(/weight *: 50 => 75/);
    expect((await lab.up()).all).toMatch(/~ 1 updated/);
  });

  /** What is wrapped to a terminal's width is one line here. */
  const checkOf = async (lesson: string) => {
    const { exitCode, all } = await lab.checkout.run("check", "--stack", "dev", "--lesson", lesson);
    return { exitCode, all: all.replace(/\s+/g, " ") };
  };

  it("check blames no route where nobody serves the node port", async () => {
    const rule = "PREROUTING -p tcp --dport 31380 -j RETURN".split(" "); // past kube-proxy's
    await machine.docker("exec", "istio-lab-dev", "iptables", "-t", "nat", "-I", ...rule);
    const { exitCode, all } = await checkOf("bookinfo");
    await machine.docker("exec", "istio-lab-dev", "iptables", "-t", "nat", "-D", ...rule);
    expect([exitCode, all]).toEqual([
      1,
      expect.stringMatching(
        /The connection failed \(connect ECONNREFUSED [\d.]+:31380\): the request reached no proxy, so no route is to blame\./,
      ),
    ]);
    expect(all).not.toMatch(/flag NR|no route fitted/);
    expect((await checkOf("bookinfo")).exitCode).toBe(0);
  });

  it("check names the provisioner that crashes where a claim is Pending, and the claim is bound once it runs", async () => {
    const provisionerOf = (image: string) =>
      lab.checkout.kubectl(
        "set",
        "image",
        "--namespace=kube-system",
        "pod/storage-provisioner",
        `storage-provisioner=${image}`,
      );
    const { spec } = JSON.parse(
      await lab.checkout.kubectl("get", "--namespace=kube-system", "pod/storage-provisioner", "--output=json"),
    ) as { spec: { containers: [{ image: string }] } };
    await provisionerOf("registry.k8s.io/pause:3.10.2"); // has no such program
    await lab.checkout.kubectl("delete", "--namespace=admission", "pvc/myclaim");
    expect(
      (await lab.checkout.ok("pulumi", "up", "--refresh", "--yes", "--skip-preview", "--stack", "dev")).all,
    ).toMatch(/\+ 1 created/);
    const broken = () => checkOf("admission").then(({ exitCode, all }) => [exitCode, all]);
    const cause =
      /admission\/myclaim is Pending: it waits for the provisioner k8s\.io\/minikube-hostpath of StorageClass standard, and Pod kube-system\/storage-provisioner is not ready: /;
    await expect.poll(broken, { timeout: 120_000, interval: 2000 }).toEqual([1, expect.stringMatching(cause)]);
    await provisionerOf(spec.containers[0].image);
    await expect
      .poll(() => checkOf("admission").then(({ exitCode }) => exitCode), { timeout: 300_000, interval: 2000 })
      .toBe(0);
    expect((await lab.up()).all).toMatch(/Resources:\s+\d+ unchanged/);
  });

  it.each([
    ["stopped", "stop"],
    ["paused", "pause"],
  ])(
    "%s: preview has one change and one sentence, preflight a notice, check the remedy; up starts it, and it answers",
    async (word, command) => {
      await lab.minikube(command, "--profile=istio-lab-dev");
      const { all } = await lab.preview();
      expect(all).toContain(
        `Profile istio-lab-dev is ${word}: up starts it again. Until then a preview compares with the stack's state alone.`,
      );
      expect(all).toMatch(/~ 1 to update/);
      expect(all).not.toMatch(/not known during preview/);
      const preflight = await lab.checkout.run("preflight", "--stack", "dev");
      expect([preflight.exitCode, preflight.all]).toEqual([
        0,
        expect.stringContaining(`this stack's own, ${word}: it cannot be asked`),
      ]);
      const check = await lab.checkout.run("check", "--stack", "dev");
      expect([check.exitCode, check.all]).toEqual([
        1,
        expect.stringContaining(
          `The seat of stack dev is ${word} (minikube's profile istio-lab-dev). \`npm run up -- --stack dev\` starts it again.`,
        ),
      ]);
      await lab.up();
      await expectAnswers();
    },
  );

  it("answers when up has ended after Docker was restarted, as after a reboot", async () => {
    await machine.restartDocker();
    await lab.up();
    await expectAnswers();
  });

  it("deleted by hand is made anew", async () => {
    await lab.minikube("delete", "--profile=istio-lab-dev");
    expect((await lab.up()).all).toContain("Profile istio-lab-dev is gone: minikube no longer knows it.");
    await expectAnswers();
  });

  it("down leaves nothing", async () => {
    await lab.checkout.ok("down", "--stack", "dev");
    expect(await machine.minikubeObjects()).toEqual([]);
    expect(fs.existsSync(lab.kubeconfig)).toBe(false);
  });

  it("killed with -9 twenty seconds into its making, it is begun again at once", async () => {
    let since: number | undefined;
    const isBeingMade = (printed: string) => {
      if (
        /Profile seat-profile creating/.test(printed) ||
        fs.existsSync(lab.kubeconfig.replace(/kubeconfig$/, "unfinished"))
      )
        since ??= Date.now();
      return since !== undefined && Date.now() - since > 20_000;
    };
    await killWhen(lab.checkout, ["up", "--stack", "dev"], isBeingMade);
    await sleep(1000);
    const began = Date.now();
    expect((await lab.up()).all).toMatch(
      /A half-made profile istio-lab-dev was found, because an earlier run was killed\. It is deleted and recreated\./,
    );
    await expectAnswers();
    // minikube's own six minutes are not among them.
    expect(Date.now() - began).toBeLessThan(480_000);
  });

  it("with a second node is no other seat", async () => {
    // kubeadm of 1.36 may end before its node is registered, and minikube 1.38 labels the node at once. The profile has the node either way.
    await lab
      .minikube("node", "add", "--profile=istio-lab-dev")
      .catch((error: Error) => expect(error.message).toContain('nodes "istio-lab-dev-m02" not found'));
    expect(JSON.parse(await lab.minikube("status", "--profile=istio-lab-dev", "--output=json"))).toMatchObject([
      { Worker: false },
      { Worker: true },
    ]);
    expect((await lab.up()).all).toMatch(/Resources:\s+\d+ unchanged/);
  });

  it("the class' proof sees the machine and the disk of the second node", async () => {
    const said = (...args: string[]) => lab.minikube(...args).then((text) => profilesIn(text));
    const proof = minikubeProof(
      {
        profiles: async () => (await said(...commands.profiles())).profiles,
        unreadable: async () => (await said(...commands.allProfiles())).unreadable,
      },
      async (_, args) => (await machine.docker(...args)).split("\n").filter(Boolean),
    );
    const context = { stack: "dev", workspace: { env: {} }, config: {} };
    const queries = await proof.queries(context, { profile: "istio-lab-dev", driver: "docker" });
    const left = Object.fromEntries(queries.map((one) => [one.what, [...one.left].sort()]));
    const both = ["istio-lab-dev", "istio-lab-dev-m02"];
    expect(left).toMatchObject({ machines: both, networks: ["istio-lab-dev"], disks: both });
  });

  it("down, killed between minikube's delete and that of the network, is finished by the next one", async () => {
    // The entry in the kubeconfig is the last thing that `minikube delete` removes.
    const isDeleted = () => !(readIfThere(lab.kubeconfig) ?? "istio-lab-dev").includes("istio-lab-dev");
    await killWhen(lab.checkout, ["down", "--stack", "dev"], isDeleted);
    expect(await machine.minikubeObjects()).toEqual(["network istio-lab-dev"]);
    await lab.checkout.ok("down", "--stack", "dev");
    expect(await machine.minikubeObjects()).toEqual([]);
    expect(fs.existsSync(lab.kubeconfig)).toBe(false);
  });
});
