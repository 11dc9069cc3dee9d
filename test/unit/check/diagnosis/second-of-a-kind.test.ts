import { expect, it } from "vitest";
import { rules } from "../../../../cli/check/diagnosis/rules";
import { autoscaled, deadWebhooks } from "../../../../cli/check/diagnosis/rules/cluster";
import type { KubeObject } from "../../../../kube";
import { ChartSeat, release } from "../../inventory/chart-seat";
import { readInventory } from "../../../../cli/inventory";
import { World } from "./world";

const object = (apiVersion: string, kind: string, name: string, namespace: string | undefined, rest: object) =>
  ({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...rest }) as KubeObject;
const scaler = (namespace: string) =>
  object("autoscaling/v2", "HorizontalPodAutoscaler", "page", namespace, {
    spec: { scaleTargetRef: { kind: "Deployment", name: "productpage-v1" } },
  });

it("an autoscaler of the seat in another namespace does not make one of that name the seat's", async () => {
  const world = new World();
  world.add(scaler("default"));
  const snapshot = await world.snapshot();
  const made = (namespace: string) => ({
    ...snapshot,
    inventory: {
      ...snapshot.inventory,
      entries: [{ made: scaler(namespace), live: undefined, path: "", owner: { by: "pulumi" } }] as never,
    },
  });
  expect(autoscaled(made("blog"))).toHaveLength(1);
  expect(autoscaled(made("default"))).toEqual([]);
});

it("a foreign webhook whose Service does not exist is to be taken away, by its name, before the repair", async () => {
  const world = new World();
  world.add(
    object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "gate", undefined, {
      webhooks: [{ name: "gate.example.org", clientConfig: { service: { namespace: "gone", name: "gate" } } }],
    }),
  );
  const snapshot = await world.snapshot();
  const charts = await readInventory({ seat: new ChartSeat().seat, resources: [release] });
  expect(deadWebhooks({ ...snapshot, inventory: charts })).toMatchObject([
    {
      cause: expect.stringContaining("its webhook gate.example.org calls a Service that does not exist"),
      look: "npm run -s kubectl -- get validatingwebhookconfiguration gate -o yaml",
      fix: "npm run -s kubectl -- delete validatingwebhookconfiguration gate && MEND",
    },
  ]);
});

it.each([
  ["istio-system", "nothing answers in its place"],
  ["default", "whoever calls it gets 503 (flag UH)"],
])("no pod of a workload in %s: what that means for who calls it", async (namespace, words) => {
  const world = new World();
  const name = namespace === "default" ? "productpage-v1" : "jaeger";
  world.find("Deployment", namespace, name).spec.replicas = 0;
  const snapshot = await world.snapshot();
  const causes = rules.flatMap((rule) => rule(snapshot)).map(({ cause }) => cause);
  expect(causes).toContainEqual(expect.stringMatching(`${name} has spec.replicas 0, .* No pod runs: `));
  expect(causes.join("\n")).toContain(words);
});

it("the rule that is told to have lost its subset is the one of that host, whatever lies before it", async () => {
  const world = new World();
  const rule = (name: string) => world.find("DestinationRule", "default", name);
  world.objects.unshift({
    ...structuredClone(rule("reviews")),
    metadata: { name: "a", namespace: "default" },
    spec: { host: "productpage", subsets: [{ name: "other" }] },
  });
  rule("reviews").spec.subsets = [{ name: "v1", labels: { version: "v1" } }];
  const snapshot = await world.snapshot();
  const causes = rules.flatMap((one) => one(snapshot)).map(({ cause }) => cause);
  expect(causes.filter((cause) => cause.includes("spec.subsets"))).toEqual(
    expect.arrayContaining([expect.stringContaining("DestinationRule default/reviews has only v1 (spec.subsets)")]),
  );
  expect(causes.join("\n")).not.toContain("has only other");
});
