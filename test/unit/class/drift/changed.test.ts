import { describe, expect, it } from "vitest";
import { changedObjects, missingObjects } from "../../../../cli/class/drift/changed";
import { inNamespace, type Added } from "../../../../cli/class/drift/model";
import { byHand } from "../../../../cli/class/drift/put-back";
import { diff, driftText } from "../../../../cli/class/drift/text";
import { World } from "../../check/diagnosis/world";

/** What kubectl leaves in the API server's record of who wrote what. */
function writtenByKubectl(fields: object): object {
  return { manager: "kubectl-edit", operation: "Update", fieldsV1: fields };
}

async function after(damage: (world: World) => void) {
  const world = new World();
  damage(world);
  const snapshot = await world.snapshot();
  return { changed: changedObjects(snapshot), missing: missingObjects(snapshot), added: [] };
}

describe("what a trainee changed", () => {
  it("is nothing on a seat that nobody touched", async () => {
    expect(await after(() => undefined)).toEqual({ changed: [], missing: [], added: [] });
  });

  it("is told by service and version where it is a share", async () => {
    const found = await after((world) => {
      const [first, second] = world.find("VirtualService", "default", "reviews").spec.http[0].route;
      first.weight = 90;
      second.weight = 10;
    });
    expect(diff(found)).toEqual(["~ VirtualService default/reviews: reviews v1 50 → 90, v3 50 → 10"]);
    expect(found.changed[0]!.beyond).toBeUndefined();
  });

  it.each<[string, (world: World) => void, string[]]>([
    ["scaled", (world) => (world.find("Deployment", "default", "reviews-v1").spec.replicas = 0), ["~ Deployment default/reviews-v1: spec.replicas 1 → 0"]],
    ["gone", (world) => world.remove("PeerAuthentication", "blog", "default"), ["- PeerAuthentication blog/default"]],
    ["a mode", (world) => (world.find("PeerAuthentication", "blog", "default").spec.mtls.mode = "PERMISSIVE"), ["~ PeerAuthentication blog/default: spec.mtls.mode STRICT → PERMISSIVE"]],
    ["a namespace's label", (world) => (world.find("Namespace", undefined, "blog").metadata.labels = {}), ["~ Namespace blog: metadata.labels.istio-injection enabled → nothing"]],
  ])("%s", async (_, damage, expected) => expect(diff(await after(damage))).toEqual(expected));

  it("a field beyond the program's own marks the object, since an up would not see it", async () => {
    const found = await after((world) => (world.find("AuthorizationPolicy", "blog", "deny-all").spec = { selector: { matchLabels: { app: "api" } } }));
    expect(found.changed[0]).toMatchObject({ object: "AuthorizationPolicy blog/deny-all", beyond: "/apis/security.istio.io/v1/namespaces/blog/authorizationpolicies/deny-all" });
    expect(byHand(found)).toEqual({ added: [], remade: [found.changed[0]!.beyond], stripped: [] });
  });

  it("a label by hand is taken off, and the namespace stays", async () => {
    const found = await after((world) => {
      const { metadata } = world.find("Namespace", undefined, "blog");
      metadata.labels = { ...metadata.labels, team: "red", "a.b/c": "d" };
      metadata.managedFields = [writtenByKubectl({ "f:metadata": { "f:labels": { "f:team": {}, "f:a.b/c": {} } } })];
    });
    expect(diff(found)).toEqual([`~ Namespace blog: metadata.labels.team nothing → red; metadata.labels["a.b/c"] nothing → d`]);
    expect(byHand(found)).toEqual({ added: [], remade: [], stripped: [{ path: "/api/v1/namespaces/blog", patch: { metadata: { labels: { team: null, "a.b/c": null } } } }] });
  });

  it("a variable by hand in a container makes the Deployment go, so that it is made without", async () => {
    const found = await after((world) => {
      const made = world.find("Deployment", "blog", "api");
      made.spec.template.spec.containers[0].env = [{ name: "FOO", value: "bar" }];
      made.metadata.managedFields = [writtenByKubectl({ "f:spec": { "f:template": { "f:spec": { "f:containers": { 'k:{"name":"api"}': { "f:env": { 'k:{"name":"FOO"}': { "f:value": {} } } } } } } } })];
    });
    expect(diff(found)).toEqual(["~ Deployment blog/api: spec.template.spec.containers[api].env[FOO].value nothing → bar"]);
    expect(byHand(found).remade).toEqual(["/apis/apps/v1/namespaces/blog/deployments/api"]);
  });

  it("keeps to one lesson's namespace, the Namespace itself included", async () => {
    const found = await after((world) => {
      world.find("Namespace", undefined, "blog").metadata.labels = {};
      world.remove("VirtualService", "default", "reviews");
      world.remove("AuthorizationPolicy", "blog", "deny-all");
    });
    expect(diff(inNamespace(found, "blog"))).toEqual(["~ Namespace blog: metadata.labels.istio-injection enabled → nothing", "- AuthorizationPolicy blog/deny-all"]);
  });
});

describe("the class' drift as a trainer reads it", () => {
  const seat = (name: string, trainee = "") => ({ seat: name, trainee, config: {}, at: "" });
  const nothing = { changed: [], missing: [], added: [] };
  const policy: Added = { object: "AuthorizationPolicy blog/open", namespace: "blog", since: "2026-11-22T00:13:54Z", by: "kubectl-create", path: "/x" };

  it("is seat by seat, with those as made in one line, and those that do not answer", () => {
    const text = driftText([
      { seat: seat("a"), seconds: 1, status: "done", result: nothing },
      { seat: seat("b", "Ada Łovelace"), seconds: 1, status: "done", result: { ...nothing, missing: [{ object: "VirtualService blog/my-blog", namespace: "blog" }], added: [policy] } },
      { seat: seat("c"), seconds: 1, status: "failed", trouble: "The cluster's API server does not answer" },
      { seat: seat("d"), seconds: 1, status: "done", result: nothing },
      { seat: seat("e"), seconds: 0, status: "skipped" },
    ]);
    expect(text.split("\n")).toEqual([
      "b (Ada Łovelace): 2 differences",
      "  - VirtualService blog/my-blog",
      "  + AuthorizationPolicy blog/open (by kubectl-create at 2026-11-22 00:13 UTC)",
      "2 seats as made: a, d",
      "c: nobody knows: The cluster's API server does not answer",
      "e: nobody knows: skipped",
    ]);
  });
});
