import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Checkout, userEnvironment } from "../support/checkout";

let lab: Checkout;
beforeAll(async () => {
  lab = await Checkout.create();
});
afterAll(async () => lab?.remove());

/** A name that leads elsewhere, and flags that npm keeps for itself: refused before anything is built, asked or removed. */
describe("a slip on the command line", () => {
  const record = { generation: "g", addressRange: "10.231.0.0/30", kubernetesVersion: "1.36.3", phase: "stopped", made: true };
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
    ["run -s embedded -- delete --seat ..", /--seat \.\.: cannot name a seat\. Such a name has lower-case letters, digits and dashes/],
    ["run -s down -- --stack=", /--stack "": the name is empty, as an unset shell variable makes it/],
    ["run -s down -- --stack organization/other/two", /--stack organization\/other\/two: the stack is one of another project, other/],
    ["run -s down --stack=two", /npm has kept --stack for itself.*\nnpm run down -- --stack two$/],
    ["run -s class --only two -- destroy --roster class.csv --yes", /npm has kept --only for itself.*\nnpm run class -- destroy --roster class.csv --yes --only two$/],
  ])("npm %s", async (command, says) => {
    const { exitCode, all } = await execa("npm", command.split(" "), { cwd: lab.root, env: userEnvironment(), extendEnv: false, reject: false, all: true, stdin: "ignore" });
    expect(all).toMatch(says);
    expect(all).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/);
    expect(exitCode).toBe(1);
    expect(found()).toEqual(before);
  });
});

/** Wrong config through the real engine: refused by preview with the key named, before any resource, without a stack trace. */
describe("a wrong config", () => {
  const cases: [title: string, config: string[], says: RegExp[]][] = [
    ["a map that sums to 90", ["canary.reviews.v1=80", "canary.reviews.v3=10"], [/istio-lab:canary\.reviews/, /90/, /100/]],
    ["a negative weight", ["canary.reviews.v1=-10", "canary.reviews.v3=110"], [/istio-lab:canary\.reviews\.v1/, /-10/]],
    ["a fraction", ["canary.reviews.v1=50.5", "canary.reviews.v3=49.5"], [/istio-lab:canary\.reviews\.v1/, /50\.5/]],
    ["an unknown version", ["canary.reviews.v1=80", "canary.reviews.v9=20"], [/istio-lab:canary\.reviews\.v9/, /v1, v2, v3/]],
    ["a text", ["canary.reviews.v1=most", "canary.reviews.v3=20"], [/istio-lab:canary\.reviews\.v1/, /most/]],
    ["a target that is none", ["target=kind"], [/istio-lab:target/, /kind/, /minikube, azure, existing, embedded/]],
    ["a cluster without a kubeconfig", ["target=existing", "existing.kubeconfig=/no/where"], [/istio-lab:existing\.kubeconfig: there is no file \/no\/where/]],
    ["two wrong keys at once", ["mtls=MAYBE", "lessons[0]=cooking"], [/istio-lab:mtls/, /STRICT/, /istio-lab:lessons/, /cooking/]],
  ];

  it.each(cases)("%s", async (title, config, says) => {
    const stack = `wrong-${title.replace(/\W+/g, "-")}`;
    await lab.pulumi("stack", "init", stack);
    const pairs = config.flatMap((pair) => ["--plaintext", `istio-lab:${pair}`]);
    await lab.pulumi("config", "set-all", "--stack", stack, "--path", "--plaintext", "istio-lab:target=embedded", ...pairs);
    const preview = await lab.run("pulumi", "preview", "--stack", stack, "--non-interactive");
    expect(preview.exitCode).not.toBe(0);
    for (const text of says) expect(preview.all).toMatch(text);
    expect(preview.all).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/);
    expect(preview.all).not.toMatch(/kubernetes:|EmbeddedCluster/);
  });
});
