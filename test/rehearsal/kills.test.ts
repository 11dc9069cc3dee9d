import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { binary } from "../../embedded/toolchain";
import { Checkout } from "../support/checkout";
import { killWhen } from "../support/crash";
import { get } from "../support/http";
import { expectEverythingAlive } from "../support/live";
import { SomebodysCluster } from "../support/somebodys-cluster";

const WORKED = /An earlier run was killed while it worked on /;

/** A stack, and the cluster that its seat is in. */
interface Lab {
  lab: Checkout;
  stack: string;
  kubeconfig: string;
  /** Sets config by its path. */
  configure(keys: Record<string, unknown>): void;
}

function configurer(lab: Checkout, stack: string): Lab["configure"] {
  const file = path.join(lab.root, `Pulumi.${stack}.yaml`);
  return (keys) => {
    const config = parseDocument(fs.readFileSync(file, "utf8"));
    for (const [key, value] of Object.entries(keys)) config.setIn(["config", ...`istio-lab:${key}`.split(".")], value);
    fs.writeFileSync(file, String(config));
  };
}

async function kubectl({ kubeconfig }: Pick<Lab, "kubeconfig">, ...args: string[]): Promise<string> {
  const { stdout } = await execa(binary("kubectl"), args, { env: { KUBECONFIG: kubeconfig }, reject: false });
  return stdout;
}

/** Kills a command as soon as a release has this status, or has come past it unseen. */
async function killAtStatus(at: Lab, command: string[], release: string, status: string, victims: "all" | "engine") {
  let reached = false;
  let over = false;
  const watch = async () => {
    while (!over) {
      const seen = await kubectl(
        at,
        "get",
        "secrets",
        "-A",
        "-l",
        `owner=helm,name=${release}`,
        "-o",
        "jsonpath={.items[*].metadata.labels.status}",
      );
      if (seen.split(" ").includes(status)) reached = true;
    }
  };
  const watching = watch();
  try {
    return await killWhen(at.lab, command, () => reached, victims);
  } finally {
    over = true;
    await watching;
  }
}

/** Every phase in which a run can be killed, and how a test sees that it has come. */
const phases = {
  base: (at: Lab, command: string[], victims: "all" | "engine") =>
    killWhen(at.lab, command, (printed) => /istio-base creating/.test(printed), victims),
  istiod: (at: Lab, command: string[], victims: "all" | "engine") =>
    killAtStatus(at, command, "istiod", "pending-install", victims),
  // It is there, and its pods are waited for.
  Deployments: (at: Lab, command: string[], victims: "all" | "engine") =>
    killWhen(
      at.lab,
      command,
      (printed) => /Deployment bookinfo-\S+ creating .*Waiting for app ReplicaSet/.test(printed),
      victims,
    ),
  gateway: (at: Lab, command: string[], victims: "all" | "engine") =>
    killAtStatus(at, command, "istio-ingressgateway", "pending-install", victims),
};

describe("a seat on this machine", () => {
  let lab: Checkout;
  beforeAll(async () => void (lab = (await Checkout.create()).configure({ lessons: ["bookinfo"], addons: [] })));
  afterAll(async () => lab?.remove());

  it("up, killed while its first pods start, and again while its apps are made: the next one converges", async () => {
    const pods = path.join(lab.seatFolder(), "var", "log", "pods");
    await killWhen(lab, ["up"], () => fs.existsSync(pods) && fs.readdirSync(pods).length > 0);
    const again = await killWhen(lab, ["up"], (printed) =>
      /Deployment bookinfo-productpage\S* creating .*Waiting for app ReplicaSet/.test(printed),
    );
    expect(again.all).toMatch(/An earlier run was killed while it worked on seat-machine/);
    expect(again.all).toMatch(/is half-made, because an earlier run was killed/);
    expect((await lab.ok("up")).all).toMatch(WORKED);
    await expectEverythingAlive(lab);
  });

  it("is made anew by a plain `npm run up` when its folder was deleted under it", async () => {
    fs.rmSync(lab.seatFolder(), { recursive: true, force: true, maxRetries: 5 });
    expect((await lab.pulumi("preview")).stdout).toMatch(/Generation seat-generation .*replace/);
    expect((await lab.ok("up")).all).toMatch(/Seat embedded is gone: its folder is missing/);
    await expectEverythingAlive(lab);
    await lab.pulumi("preview", "--expect-no-changes");
  });
});

describe.each(["embedded", "existing"] as const)("target %s", (target) => {
  let at: Lab;
  let cluster: SomebodysCluster | undefined;
  let before: string[];
  beforeAll(async () => {
    const lab = await Checkout.create();
    const stack = target === "embedded" ? "embedded" : "shared";
    if (stack !== "embedded")
      fs.copyFileSync(path.join(lab.root, "Pulumi.embedded.yaml"), path.join(lab.root, `Pulumi.${stack}.yaml`));
    if (target === "existing") cluster = await SomebodysCluster.start(lab.seatFolder("somebodys"));
    at = {
      lab,
      stack,
      kubeconfig: cluster?.seat.kubeconfig ?? path.join(lab.seatFolder(stack), "kubeconfig"),
      configure: configurer(lab, stack),
    };
    at.configure({ target, lessons: ["bookinfo"], addons: [] });
    if (target === "existing") at.configure({ existing: { kubeconfig: ".lab/seats/somebodys/kubeconfig" } });
    before = await standing();
  });
  afterAll(async () => at?.lab.remove());

  const up = () => ["up", "--stack", at.stack];
  const down = () => ["down", "--stack", at.stack];

  /** What a cluster has that a seat could have left there. */
  async function standing(): Promise<string[]> {
    const kinds =
      "namespaces,deployments,services,serviceaccounts,configmaps,clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations,customresourcedefinitions";
    const names = await kubectl(
      at,
      "get",
      kinds,
      "-A",
      "-o",
      'jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{"\\n"}{end}',
    );
    return names
      .split("\n")
      .filter((name) => name !== "" && !/ kube-system\//.test(name))
      .sort();
  }

  /** The seat is whole, and the program has nothing to change. */
  async function expectWhole(): Promise<void> {
    await expectEverythingAlive(at.lab);
    expect((await get(`${await at.lab.output("GATEWAY_URL")}/productpage`)).status).toBe(200);
    await at.lab.pulumi("preview", "--expect-no-changes");
  }

  describe.each(["all", "engine"] as const)("killed with -9: %s", (victims) => {
    // With the gateway the Deployments are made, and they are there at once when they were made before.
    it.each(["base", "istiod", "gateway"] as const)("up, while it is at %s", async (phase) => {
      await phases[phase](at, up(), victims);
    });

    it("the next up converges: everything is alive, and nothing is replaced", async () => {
      const again = await at.lab.ok(...up());
      expect(again.all).toMatch(WORKED);
      expect(again.all).not.toMatch(/replac/);
      await expectWhole();
    });

    it("up, while istiod is upgraded: the next one upgrades it", async () => {
      at.configure({ "istio.values.istiod.env.KILLED": victims });
      await killAtStatus(at, up(), "istiod", "pending-upgrade", victims);
      const again = await at.lab.ok(...up());
      expect(again.all).toMatch(WORKED);
      expect(await kubectl(at, "get", "deployment", "-n", "istio-system", "istiod", "-o", "yaml")).toContain("KILLED");
      await expectWhole();
    });

    it("down, and then up: what was deleted is made again", async () => {
      await killWhen(
        at.lab,
        down(),
        (printed) =>
          /deleting|Destroying/.test(printed) && (target === "embedded" || /kubernetes:\S+ \S+ deleting/.test(printed)),
        victims,
      );
      const again = await at.lab.ok(...up());
      if (target === "existing") expect(again.all).toMatch(WORKED);
      await expectWhole();
    });

    it("down: the next one ends it, and nothing is left", async () => {
      await killWhen(at.lab, down(), (printed) => /deleting|Destroying/.test(printed), victims);
      await at.lab.ok(...down());
      if (target === "existing") expect(await standing()).toEqual(before);
      else expect(fs.existsSync(at.lab.seatFolder())).toBe(false);
    });

    it.each(Object.keys(phases) as (keyof typeof phases)[])(
      "up, while it is at %s, and then down: nothing is left",
      async (phase) => {
        await phases[phase](at, up(), victims);
        const ended = await at.lab.ok(...down());
        expect(ended.all).toMatch(WORKED);
        if (target === "existing") expect(await standing()).toEqual(before);
        else expect(fs.existsSync(at.lab.seatFolder())).toBe(false);
      },
    );
  });
});
