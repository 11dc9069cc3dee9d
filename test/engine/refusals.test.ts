import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Checkout } from "../support/checkout";

/** Wrong config through the real engine: refused by preview with the key named, before any resource, without a stack trace. */
describe("a wrong config", () => {
  let lab: Checkout;
  beforeAll(async () => {
    lab = await Checkout.create();
  });
  afterAll(async () => lab?.remove());

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
