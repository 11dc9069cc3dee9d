import { describe, expect, it } from "vitest";
import { changedObjects, missingObjects, type SeatReading } from "../../../cli/drift/read";
import { stateUids } from "../../../cli/drift/listed";
import { readInventory } from "../../../cli/inventory";
import { emptyText, isEmpty, planOf, planLines } from "../../../cli/repair";
import type { KubeObject } from "../../../kube";
import { podOf, World } from "../check/diagnosis/world";
import { ChartSeat, release } from "../inventory/chart-seat";

/** What is read of the tests' seat, and of a chart's when one is given. */
async function reading(damage: (world: World) => void = () => undefined, chart?: ChartSeat): Promise<SeatReading> {
  const world = new World();
  damage(world);
  const snapshot = await world.snapshot();
  const charts = chart && (await readInventory({ seat: chart.seat, resources: [release] }));
  const inventory = {
    entries: [...(charts?.entries ?? []), ...snapshot.inventory.entries],
    releases: charts?.releases ?? [],
  };
  const drift = {
    changed: changedObjects({ inventory }, stateUids([])),
    missing: missingObjects({ inventory }),
    added: [],
    unclear: [],
    notAsked: [],
    shared: [],
  };
  return { drift, snapshot: { ...snapshot, inventory }, resources: [], shared: [] };
}

const plan = async (damage?: (world: World) => void, chart?: ChartSeat) => planOf(await reading(damage, chart));

describe("a plan", () => {
  it("is empty on a seat that nobody touched, its charts included", async () => {
    const found = await plan(undefined, new ChartSeat());
    expect(isEmpty(found)).toBe(true);
    expect(planLines(found)).toEqual([]);
  });

  it("applies again what a hand has changed, and lets Pulumi make what is gone", async () => {
    const found = await plan((world) => {
      world.find("PeerAuthentication", "blog", "default").spec.mtls.mode = "PERMISSIVE";
      world.remove("VirtualService", "default", "reviews");
    });
    expect(planLines(found)).toEqual([
      "To restore:",
      "  ~ PeerAuthentication blog/default: spec.mtls.mode PERMISSIVE → STRICT",
      "  + VirtualService default/reviews",
    ]);
    expect(found.makeAnew.map(({ made }) => made.kind)).toEqual(["VirtualService"]);
  });

  it("brings back a chart's objects, its kinds first", async () => {
    const chart = new ChartSeat();
    for (const kind of ["MutatingWebhookConfiguration", "CustomResourceDefinition"]) chart.remove(kind);
    expect(planLines(await plan(undefined, chart))).toEqual([
      "To restore:",
      "  + CustomResourceDefinition virtualservices.networking.istio.io, of the chart of release istiod",
      "  + MutatingWebhookConfiguration istio-sidecar-injector, of the chart of release istiod",
    ]);
  });

  it("restarts what reads a changed setting only at its start", async () => {
    const chart = new ChartSeat();
    chart.find("ConfigMap").data.mesh += "enableAutoMtls: false\n";
    expect(planLines(await plan(undefined, chart))).toEqual([
      "To restore:",
      "  ~ ConfigMap istio-system/istio, of the chart of release istiod: data.mesh.enableAutoMtls false → nothing",
      "To restart:",
      "  ± Deployment istio-system/istiod: it reads ConfigMap istio when it starts",
    ]);
  });

  it("restarts what reads a Secret that is taken away", async () => {
    const chart = new ChartSeat();
    for (const one of [chart.find("Deployment"), chart.records[0]!.manifest.find(({ kind }) => kind === "Deployment")!])
      (one.spec as { template: { spec: { volumes: object[] } } }).template.spec.volumes.push({
        name: "cacerts",
        secret: { secretName: "cacerts", optional: true },
      });
    const read = await reading(undefined, chart);
    const added = [{ object: "Secret istio-system/cacerts", namespace: "istio-system", path: "/s", uid: "1" }];
    expect(planLines(planOf({ ...read, drift: { ...read.drift, added } } as SeatReading))).toEqual([
      "To delete:",
      "  - Secret istio-system/cacerts",
      "To restart:",
      "  ± Deployment istio-system/istiod: it reads Secret cacerts when it starts",
    ]);
  });

  it("restarts no proxy that did not say which root it holds, and says so", async () => {
    const read = await reading();
    const pod = read.snapshot.live.Pod.find(({ metadata }) => metadata.namespace === "blog")!;
    const snapshot = { ...read.snapshot, unknownRoots: [{ pod, why: "no way" }] };
    const found = planOf({ ...read, snapshot });
    expect(isEmpty(found)).toBe(true);
    expect(planLines(found)).toEqual([
      "Unknown, and kept:",
      `  ? which root the proxy of Pod blog/${pod.metadata.name} holds: no way`,
    ]);
    expect(emptyText("Seat x", { notAsked: [] }, found, [])).toMatch(/^Nothing that could be read needs a repair/);
    expect(emptyText("Seat x", { notAsked: [] }, planOf(read), [])).toMatch(/is as it was made/);
    expect(planOf({ ...read, snapshot }, { namespace: "default" }).unknownRoots).toEqual([]);
  });

  it.each<[string, (world: World) => void, string]>([
    [
      "have no sidecar",
      (world) => {
        const pod = world.objects.find(({ kind, metadata }) => kind === "Pod" && metadata.name.startsWith("frontend"))!;
        pod.spec.initContainers = [];
      },
      "± Deployment blog/frontend: pods without their sidecar",
    ],
    [
      "were refused",
      (world) =>
        void (world.find("Deployment", "blog", "frontend").status = {
          conditions: [{ type: "ReplicaFailure", status: "True", message: "forbidden" }],
        }),
      "± Deployment blog/frontend: its pods were refused",
    ],
    [
      "wait before they start again",
      (world) => {
        const pod = world.objects.find(({ kind, metadata }) => kind === "Pod" && metadata.name.startsWith("frontend"))!;
        pod.status!.containerStatuses = [{ name: "app", state: { waiting: { reason: "CrashLoopBackOff" } } }];
      },
      "± Deployment blog/frontend: its containers wait before they start again",
    ],
  ])("restarts pods that %s", async (_, damage, line) =>
    expect(planLines(await plan(damage))).toEqual(["To restart:", `  ${line}`]),
  );

  it("leaves pods without a sidecar where the program wants none", async () => {
    const found = await plan((world) => {
      const made = world.find("Deployment", "blog", "frontend");
      made.spec.template.metadata.labels["sidecar.istio.io/inject"] = "false";
      const bare: KubeObject = podOf(made);
      bare.spec.initContainers = [];
      world.add(bare);
    });
    // The label is a hand's, so that the Deployment is put back, and its pods with it.
    expect(found.putBack.map(({ entry }) => entry.made.metadata.name)).toEqual(["frontend"]);
  });

  it("keeps to one lesson", async () => {
    const both = await reading((world) => {
      world.find("PeerAuthentication", "blog", "default").spec.mtls.mode = "PERMISSIVE";
      world.find("PeerAuthentication", "default", "default").spec.mtls.mode = "PERMISSIVE";
    });
    expect(planOf(both).putBack).toHaveLength(2);
    expect(planOf(both, { namespace: "blog" }).putBack.map(({ entry }) => entry.made.metadata.namespace)).toEqual([
      "blog",
    ]);
  });

  it("makes a release again that Helm has no record of, and names what is not the seat's own", async () => {
    const chart = new ChartSeat();
    chart.records = [];
    const found = await plan((world) => {
      world.add({
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: "theirs", namespace: "elsewhere" },
        spec: { hosts: ["reviews.default.svc.cluster.local"], http: [{ fault: {} }] },
      });
    }, chart);
    expect(planLines(found)).toEqual([
      "To restore:",
      "  + Release istio-system/istiod: Helm has no record of it",
      "Not the seat's own, and kept:",
      expect.stringContaining("! VirtualService elsewhere/theirs exists"),
      "    npm run -s kubectl -- delete virtualservice theirs -n elsewhere",
    ]);
  });
});
