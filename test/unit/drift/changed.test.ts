import { describe, expect, it } from "vitest";
import { changedObjects, missingObjects } from "../../../cli/drift/read";
import { stateUids } from "../../../cli/drift/listed";
import { type Added, diff, inNamespace, isAsMade, type SeatDrift } from "../../../cli/drift/model";
import { driftText } from "../../../cli/class/drift-text";
import { World } from "../check/diagnosis/world";

/** What kubectl leaves in the API server's record of who wrote what. */
function writtenByKubectl(fields: object): object {
  return { manager: "kubectl-edit", operation: "Update", fieldsV1: fields };
}

async function after(damage: (world: World) => void) {
  const world = new World();
  damage(world);
  const snapshot = await world.snapshot();
  return { ...nothing, changed: changedObjects(snapshot, stateUids(state)), missing: missingObjects(snapshot) };
}

const nothing: SeatDrift = { changed: [], missing: [], added: [], unclear: [], notAsked: [], shared: [] };
/** Of what a test gives a uid to. */
const state = [
  { urn: "u", type: "kubernetes:core/v1:Service", id: "blog/api", outputs: { metadata: { uid: "made" } } },
];

describe("what a trainee changed", () => {
  it("is nothing on a seat that nobody touched", async () => {
    expect(await after(() => undefined)).toEqual(nothing);
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
    [
      "scaled",
      (world) => (world.find("Deployment", "default", "reviews-v1").spec.replicas = 0),
      ["~ Deployment default/reviews-v1: spec.replicas 1 → 0"],
    ],
    ["gone", (world) => world.remove("PeerAuthentication", "blog", "default"), ["- PeerAuthentication blog/default"]],
    [
      "a mode",
      (world) => (world.find("PeerAuthentication", "blog", "default").spec.mtls.mode = "PERMISSIVE"),
      ["~ PeerAuthentication blog/default: spec.mtls.mode STRICT → PERMISSIVE"],
    ],
    [
      "a namespace's label",
      (world) => (world.find("Namespace", undefined, "blog").metadata.labels = {}),
      ["~ Namespace blog: metadata.labels.istio-injection enabled → nothing"],
    ],
  ])("%s", async (_, damage, expected) => expect(diff(await after(damage))).toEqual(expected));

  it("a field beyond the program's own marks the object, since an up would not see it", async () => {
    const found = await after((world) => {
      const policy = world.find("AuthorizationPolicy", "blog", "deny-all");
      policy.spec = { selector: { matchLabels: { app: "api" } } };
      policy.metadata.uid = "1";
    });
    expect(found.changed[0]).toMatchObject({
      object: "AuthorizationPolicy blog/deny-all",
      beyond: "/apis/security.istio.io/v1/namespaces/blog/authorizationpolicies/deny-all",
    });
  });

  it("a label by hand is told by its name", async () => {
    const found = await after((world) => {
      const { metadata } = world.find("Namespace", undefined, "blog");
      metadata.labels = { ...metadata.labels, team: "red", "a.b/c": "d" };
      metadata.uid = "1";
      metadata.managedFields = [writtenByKubectl({ "f:metadata": { "f:labels": { "f:team": {}, "f:a.b/c": {} } } })];
    });
    expect(diff(found)).toEqual([
      `~ Namespace blog: metadata.labels.team nothing → red; metadata.labels["a.b/c"] nothing → d`,
    ]);
  });

  it("a variable by hand in a container is told", async () => {
    const found = await after((world) => {
      const made = world.find("Deployment", "blog", "api");
      made.spec.template.spec.containers[0].env = [{ name: "FOO", value: "bar" }];
      made.metadata.uid = "1";
      made.metadata.managedFields = [
        writtenByKubectl({
          "f:spec": {
            "f:template": {
              "f:spec": {
                "f:containers": { 'k:{"name":"api"}': { "f:env": { 'k:{"name":"FOO"}': { "f:value": {} } } } },
              },
            },
          },
        }),
      ];
    });
    expect(diff(found)).toEqual([
      "~ Deployment blog/api: spec.template.spec.containers[api].env[FOO].value nothing → bar",
    ]);
    expect(found.changed[0]!.beyond).toBe("/apis/apps/v1/namespaces/blog/deployments/api");
  });

  it("an object that is there again under the same name, as it was but for its uid, is told", async () => {
    const as = (uid: string) => after((world) => void (world.find("Service", "blog", "api").metadata.uid = uid));
    expect(diff(await as("made"))).toEqual([]);
    const found = await as("by hand");
    expect(diff(found)).toEqual(["~ Service blog/api: deleted, and made again by hand"]);
  });

  it("keeps to one lesson's namespace, the Namespace itself included", async () => {
    const found = await after((world) => {
      world.find("Namespace", undefined, "blog").metadata.labels = {};
      world.remove("VirtualService", "default", "reviews");
      world.remove("AuthorizationPolicy", "blog", "deny-all");
    });
    expect(diff(inNamespace(found, "blog"))).toEqual([
      "~ Namespace blog: metadata.labels.istio-injection enabled → nothing",
      "- AuthorizationPolicy blog/deny-all",
    ]);
  });
});

describe("the class' drift as a trainer reads it", () => {
  const seat = (name: string, trainee = "") => ({ seat: name, trainee, config: {}, at: "" });
  const policy: Added = {
    object: "AuthorizationPolicy blog/open",
    namespace: "blog",
    since: "2026-11-22T00:13:54Z",
    by: "kubectl-create",
    path: "/x",
    uid: "1",
  };

  it("is seat by seat, with those as made in one line, and those that do not answer", () => {
    const text = driftText([
      { seat: seat("a"), seconds: 1, status: "done", result: nothing },
      {
        seat: seat("b", "Ada Łovelace"),
        seconds: 1,
        status: "done",
        result: {
          ...nothing,
          missing: [{ object: "VirtualService blog/my-blog", namespace: "blog" }],
          added: [policy],
        },
      },
      { seat: seat("c"), seconds: 1, status: "failed", trouble: "The cluster's API server does not answer" },
      { seat: seat("d"), seconds: 1, status: "done", result: nothing },
      { seat: seat("e"), seconds: 0, status: "skipped" },
    ]);
    expect(text.split("\n")).toEqual([
      "b (Ada Łovelace): 2 differences",
      "  - VirtualService blog/my-blog",
      "  + AuthorizationPolicy blog/open (by kubectl-create at 2026-11-22 00:13 UTC)",
      "2 seats as made: a, d",
      "c: unknown: The cluster's API server does not answer",
      "e: unknown: skipped",
    ]);
  });

  it("is not as made where something is unknown, which is told by name", () => {
    const unclear = {
      ...nothing,
      unclear: [{ object: "ConfigMap default/x", namespace: "default", since: "2026-11-22T00:13:54Z" }],
    };
    const notAsked = { ...nothing, notAsked: [{ what: "metrics.k8s.io/v1beta1", why: "the API server answered 503" }] };
    expect([nothing, unclear, notAsked].map(isAsMade)).toEqual([true, false, false]);
    expect(
      driftText([
        { seat: seat("a"), seconds: 1, status: "done", result: unclear },
        { seat: seat("b"), seconds: 1, status: "done", result: notAsked },
      ]).split("\n"),
    ).toEqual([
      "a: 0 differences",
      "  ? ConfigMap default/x (at 2026-11-22 00:13 UTC): it is unknown whether it existed before the seat",
      "b: 0 differences",
      "  ? metrics.k8s.io/v1beta1 could not be listed: the API server answered 503",
    ]);
    expect(inNamespace(notAsked, "blog").notAsked).toHaveLength(1);
  });

  it("says of what was added whether the namespace was there before the seat", () => {
    expect(diff({ ...nothing, added: [policy], shared: ["blog"] })).toEqual([
      "+ AuthorizationPolicy blog/open (by kubectl-create at 2026-11-22 00:13 UTC), in a namespace that existed before the seat",
    ]);
  });
});
