import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { barePulumi, type BarePulumi } from "../support/bare-pulumi";
import { Checkout, userEnvironment } from "../support/checkout";
import { leakOf } from "../unit/secrets/spellings";

let lab: Checkout;
let pulumi: BarePulumi;
beforeAll(async () => {
  lab = await Checkout.create();
  pulumi = await barePulumi(lab);
});
afterAll(async () => lab?.remove());

/**
 * A name that leads elsewhere, and flags that npm keeps for itself: refused before anything is built, asked or removed. One for each command that removes, by
 * the real npm; test/unit/terminal/names.test.ts and npm-flags.test.ts have every name and every flag.
 */
describe("a slip on the command line", () => {
  const record = {
    generation: "g",
    addressRange: "10.231.0.0/30",
    kubernetesVersion: "1.36.3",
    phase: "stopped",
    made: true,
  };
  const inLab = (...parts: string[]) => path.join(lab.root, ".lab", ...parts);
  const found = () => fs.readdirSync(inLab(), { recursive: true, encoding: "utf8" }).sort();
  let before: string[];
  beforeAll(() => {
    for (const name of ["one", "two"]) {
      fs.mkdirSync(inLab("seats", name), { recursive: true });
      fs.writeFileSync(inLab("seats", name, "seat.json"), JSON.stringify({ name, ...record }));
    }
    fs.writeFileSync(inLab("passphrase"), "keep");
    before = found();
  });
  afterAll(() => fs.rmSync(inLab("seats"), { recursive: true }));

  it.each<[string, RegExp]>([
    ["run -s embedded -- delete --seat=", /--seat "": the name is empty, as an unset shell variable makes it/],
    [
      "run -s down -- --stack organization/other/two",
      /--stack organization\/other\/two: the stack is one of another project, other/,
    ],
    ["run -s down --stack=two", /npm took --stack for itself.*\nnpm run down -- --stack two$/],
    [
      "run -s class --only two -- destroy --roster class.csv --yes",
      /npm took --only for itself.*\nnpm run class -- destroy --roster class.csv --yes --only two$/,
    ],
  ])("npm %s", async (command, says) => {
    const { exitCode, all } = await execa("npm", command.split(" "), {
      cwd: lab.root,
      env: userEnvironment(),
      extendEnv: false,
      reject: false,
      all: true,
      stdin: "ignore",
    });
    expect(all).toMatch(says);
    expect(all).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/);
    expect(exitCode).toBe(1);
    expect(found()).toEqual(before);
  });
});

/** Wrong config through the real engine. Every wrong value of every key, with its text, is in test/unit/config. */
describe("a wrong config", () => {
  it("is refused by preview with every key named, before any resource, without a stack trace", async () => {
    await pulumi("stack", "init", "wrong");
    const reviews = ["v1=50.5", "v2=-10", "v3=most", "v9=20"].map((pair) => `canary.reviews.${pair}`);
    const pairs = [
      "target=kind",
      "mtls=MAYBE",
      "lessons[0]=cooking",
      ...reviews,
      "canary.my-blog.v1=80",
      "canary.my-blog.v2=10",
    ].flatMap((pair) => ["--plaintext", `istio-lab:${pair}`]);
    await pulumi("config", "set-all", "--stack", "wrong", "--path", ...pairs);
    const preview = await lab.run("pulumi", "preview", "--stack", "wrong", "--non-interactive");
    expect(preview.exitCode).not.toBe(0);
    for (const text of [
      /istio-lab:target: "kind" .*minikube, azure, existing, embedded/,
      /istio-lab:mtls: .*MAYBE.*STRICT/,
      /istio-lab:lessons\[0\]: .*cooking/,
      /istio-lab:canary\.reviews\.v1: .*50\.5/,
      /istio-lab:canary\.reviews\.v2: .*-10/,
      /istio-lab:canary\.reviews\.v3: .*most/,
      /istio-lab:canary\.reviews\.v9: .*v1, v2, v3/,
      /istio-lab:canary\.my-blog: .*\b90\b.*\b100\b/,
    ])
      expect(preview.all).toMatch(text);
    expect(preview.all).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/);
    expect(preview.all).not.toMatch(/kubernetes:|EmbeddedCluster/);
  });

  it("a kubeconfig that is set with --secret and without --path: nothing shows any of it, and the printed command puts it right", async () => {
    const stack = "wrong-place";
    const kubeconfig = 'apiVersion: v1\nkind: Config\nusers:\n- name: me\n  user: {token: "zQ7-hunter2-xJ9-hunter2"}\n';
    fs.writeFileSync(path.join(lab.root, "KUBECONFIG"), kubeconfig, { mode: 0o600 });
    await pulumi("stack", "init", stack);
    await pulumi("config", "set", "--stack", stack, "istio-lab:target", "existing");
    await pulumi("config", "set", "--stack", stack, "--secret", "istio-lab:existing", kubeconfig);
    const said = [
      await lab.run("preflight", "--stack", stack),
      await lab.run("pulumi", "preview", "--stack", stack, "--non-interactive"),
    ];
    const printed = /npm run -s pulumi -- config set --stack \S+ --secret --path \S+ < KUBECONFIG/;
    for (const { exitCode, all } of said) {
      expect(exitCode).not.toBe(0);
      // Pulumi's own check of the type comes first in a preview.
      expect(all).toMatch(/istio-lab:existing/);
      expect(leakOf(kubeconfig, all)).toBeUndefined();
    }
    await execa("sh", ["-c", printed.exec(said[0]!.all)![0]], {
      cwd: lab.root,
      env: userEnvironment(),
      extendEnv: false,
    });
    const mended = await lab.run("preflight", "--stack", stack);
    expect(mended.all).toContain("the kubeconfig of the config has no current context");
    expect(fs.readFileSync(path.join(lab.root, `Pulumi.${stack}.yaml`), "utf8")).toMatch(
      /istio-lab:existing:\n\s+kubeconfig:\n\s+secure: v1:/,
    );
  });
});

/**
 * A seat in somebody's cluster that does not answer, as its state has it: a state that is imported, whose API is at a closed port. Nothing may be forgotten
 * or deleted of it by an absence, neither of an answer nor of the stack's file.
 */
describe("a cluster that does not answer", () => {
  const stack = "silent";
  beforeAll(async () => {
    fs.writeFileSync(file("kubeconfig"), kubeconfig);
    fs.writeFileSync(
      file(`Pulumi.${stack}.yaml`),
      stringify({
        config: {
          "istio-lab:target": "existing",
          "istio-lab:existing": { kubeconfig: file("kubeconfig"), context: "c" },
        },
      }),
    );
    await pulumi("stack", "init", stack);
    const checkpoint = JSON.parse((await pulumi("stack", "export", "--stack", stack)).stdout) as {
      deployment: { resources?: unknown[] };
    };
    checkpoint.deployment.resources = resources;
    fs.writeFileSync(file("checkpoint.json"), JSON.stringify(checkpoint));
    await pulumi("stack", "import", "--stack", stack, "--file", "checkpoint.json");
  });

  const file = (name: string) => path.join(lab.root, name);
  const kept = async () =>
    JSON.parse((await pulumi("stack", "export", "--stack", stack)).stdout).deployment.resources as
      { urn: string }[] | undefined;

  it("is not forgotten by up --heal, which says what would forget it", async () => {
    const before = await kept();
    const up = await lab.run("up", "--stack", stack, "--heal");
    expect(up.exitCode).toBe(1);
    expect(up.all).toMatch(
      /Nothing of stack silent has been forgotten, because nothing proves that its cluster is gone\. https:\/\/127\.0\.0\.1:9 does not answer: .*`npm run down -- --stack silent --cluster-is-gone`/,
    );
    expect(up.all).not.toMatch(/Refreshing|\n\s+at .*:\d+:\d+/);
    expect(await kept()).toEqual(before);
  });

  it("is not taken for an embedded seat's where the stack's file is missing: up and down go by the state", async () => {
    fs.rmSync(file(`Pulumi.${stack}.yaml`));
    const before = await kept();
    const up = await lab.run("up", "--stack", stack);
    expect(up.exitCode).toBe(1);
    expect(up.all).toMatch(
      /Stack silent has a seat on target existing, and its config file Pulumi\.silent\.yaml is missing\. Nothing has been changed\. .*`npm run down -- --stack silent`/,
    );
    const down = await lab.run("down", "--stack", stack);
    expect(down.exitCode).toBe(1);
    expect(down.all).toMatch(
      /Pulumi\.silent\.yaml names no target\. By its state, the seat of stack silent is on target existing\. That seat is taken down\./,
    );
    expect(down.all).toMatch(
      /does not answer: [^]*Nothing has been deleted: [^]*`npm run down -- --stack silent --cluster-is-gone`/,
    );
    expect(down.all).not.toMatch(/Destroying/);
    expect(await kept()).toEqual(before);
  });

  it("is forgotten by the command that was named, without the file too", async () => {
    const down = await lab.ok("down", "--stack", stack, "--cluster-is-gone");
    expect(down.all).toMatch(/Stack silent has forgotten its 3 resources/);
    expect((await kept()) ?? []).toEqual([]);
  });

  const kubeconfig = stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:9" } }],
    users: [{ name: "c", user: { token: "t" } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
    "current-context": "c",
  });
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::istio-lab::${type}::${name}`;
  const [top, component] = [
    urn("pulumi:pulumi:Stack", `istio-lab-${stack}`),
    urn("istio-lab:cluster:Existing", "seat"),
  ];
  // The mark of a secret in a checkpoint that is imported: https://www.pulumi.com/docs/iac/concepts/secrets/
  const secret = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(kubeconfig),
  };
  const resources = [
    { urn: top, custom: false, type: "pulumi:pulumi:Stack" },
    { urn: component, custom: false, type: "istio-lab:cluster:Existing", parent: top },
    {
      urn: urn("istio-lab:cluster:Existing$pulumi-nodejs:dynamic/cluster:Guard", "seat-guard"),
      custom: true,
      id: "uid1",
      type: "pulumi-nodejs:dynamic/cluster:Guard",
      parent: component,
      inputs: { context: "c" },
      outputs: { context: "c", kubeconfig: secret },
    },
  ];
});
