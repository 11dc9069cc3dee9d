import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold } from "../../../../cli/class/preview/fold";
import { changesOf, stepsOf } from "../../../../cli/preview/changes";
import { previewText } from "../../../../cli/class/preview/text";
import { preview, virtualService, VIRTUAL_SERVICE, type Told } from "./engine-events";

const weights: Told = {
  type: VIRTUAL_SERVICE,
  before: virtualService("reviews", { v1: 90, v3: 10 }),
  after: virtualService("reviews", { v1: 75, v3: 25 }),
};
const told = (...all: Told[]) => changesOf(stepsOf(preview("seat1", "10.231.0.2", all)), "seat1");
const fields = (...all: Told[]) => told(...all).flatMap((change) => change.fields);

describe("what a preview's events come to", () => {
  it("names the object as kubectl does, and the shares by service and version", () => {
    expect(told(weights)).toEqual([
      {
        op: "update",
        kind: "VirtualService",
        object: "VirtualService default/reviews",
        fields: [
          { path: "spec.http[*].route[reviews v1].weight", before: 90, after: 75 },
          { path: "spec.http[*].route[reviews v3].weight", before: 10, after: 25 },
        ],
      },
    ]);
  });

  it("compares a route's destinations by version, and not by their place", () => {
    const after = virtualService("reviews", { v2: 10, v1: 90 });
    expect(fields({ type: VIRTUAL_SERVICE, before: virtualService("reviews", { v1: 100 }), after })).toEqual([
      { path: "spec.http[*].route[reviews v1].weight", before: 100, after: 90 },
      {
        path: "spec.http[*].route[reviews v2]",
        before: undefined,
        after: { destination: { host: "reviews", subset: "v2" } },
      },
      { path: "spec.http[*].route[reviews v2].weight", before: 0, after: 10 },
    ]);
  });

  it("takes a single destination without a weight for all", () => {
    const single = {
      ...virtualService("reviews", {}),
      spec: { http: [{ route: [{ destination: { host: "reviews", subset: "v1" } }] }] },
    };
    const both = {
      ...single,
      spec: {
        http: [
          {
            route: [
              { destination: { host: "reviews", subset: "v1" }, weight: 60 },
              { destination: { host: "reviews", subset: "v2" }, weight: 40 },
            ],
          },
        ],
      },
    };
    expect(fields({ type: VIRTUAL_SERVICE, before: single, after: both })[0]).toEqual({
      path: "spec.http[*].route[reviews v1].weight",
      before: 100,
      after: 60,
    });
  });

  it("tells the shares of an HTTPRoute in the same words", () => {
    const route = (v1: number, v2: number) => ({
      kind: "HTTPRoute",
      metadata: { name: "reviews", namespace: "default" },
      spec: {
        rules: [
          {
            backendRefs: [
              { name: "reviews-v1", port: 9080, weight: v1 },
              { name: "reviews-v2", port: 9080, weight: v2 },
            ],
          },
        ],
      },
    });
    expect(
      fields({
        type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
        before: route(90, 10),
        after: route(75, 25),
      }).map(({ path, after }) => [path, after]),
    ).toEqual([
      ["spec.rules[0].backendRefs[reviews v1].weight", 75],
      ["spec.rules[0].backendRefs[reviews v2].weight", 25],
    ]);
  });

  it("knows a rule by its condition where another one comes before it, and sees when only their order changes", () => {
    const route = [{ destination: { host: "reviews", subset: "v1" }, weight: 100 }];
    const jason = {
      match: [{ headers: { "end-user": { exact: "jason" } } }],
      route: [{ destination: { host: "reviews", subset: "v2" }, weight: 100 }],
    };
    const spec = (http: unknown) => ({ metadata: { name: "reviews", namespace: "default" }, spec: { http } });
    expect(fields({ type: VIRTUAL_SERVICE, before: spec([{ route }]), after: spec([jason, { route }]) })).toEqual([
      { path: "spec.http[jason]", before: undefined, after: jason },
    ]);
    expect(
      fields({ type: VIRTUAL_SERVICE, before: spec([{ route }, jason]), after: spec([jason, { route }]) }),
    ).not.toEqual([]);
  });

  it("leaves out components, what stays, and the providers Pulumi makes by itself; one of the program's is told", () => {
    const provider = { type: "pulumi:providers:kubernetes", before: { kubeconfig: "a" }, after: { kubeconfig: "b" } };
    const quiet = [
      { type: "istio-lab:lessons:Blog", custom: false },
      { ...weights, op: "same" },
      { ...weights, op: "read" },
      { type: "pulumi:providers:pulumi-nodejs", resource: "default", after: { x: 1 } },
      { ...provider, resource: "default_4_32_0" },
    ];
    expect(told(...quiet)).toEqual([]);
    expect(told({ ...provider, resource: "seat-kubernetes" }).map(({ object }) => object)).toEqual([
      "Provider seat-kubernetes",
    ]);
  });

  it("makes one change of a replacement's three steps, with what is different", () => {
    const machine = {
      type: "pulumi-nodejs:dynamic/cluster:Machine",
      resource: "seat-machine",
      before: { cpus: 4 },
      after: { cpus: 8 },
    };
    const steps = ["create-replacement", "replace", "delete-replaced"].map((op) => ({ ...machine, op }));
    const change = {
      op: "replace",
      kind: "Machine",
      object: "Machine seat-machine",
      fields: [{ path: "cpus", before: 4, after: 8 }],
    };
    expect(told(...steps)).toEqual([change]);
    expect(told(...steps.reverse())).toEqual([change]);
  });

  it("shows no secret: not one the engine locks, and not what a Secret holds", () => {
    const locked = (ciphertext: string) => ({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext,
    });
    const secret = (data: string) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: "blog" },
      stringData: { key: data },
    });
    const all = told(
      {
        type: "kubernetes:core/v1:Secret",
        resource: "a",
        before: secret("SECRET-2"),
        after: secret("SECRET-3"),
        detailedDiff: { "stringData.key": { diffKind: "update" as never, inputDiff: true } },
      },
      {
        type: "pulumi:providers:kubernetes",
        resource: "seat",
        before: { kubeconfig: locked("SECRET-1"), a: 1 },
        after: { kubeconfig: locked("SECRET-4"), a: 2 },
      },
    );
    expect(all.map(({ object, fields: list }) => [object, list.map(({ path }) => path)])).toEqual([
      ["Provider seat", ["a"]],
      ["Secret blog/s", ["stringData.key"]],
    ]);
    expect(JSON.stringify(all)).not.toContain("SECRET-");
  });
});

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?$/);
const address = fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `10.${a}.${b}.2`);
/** Names of seats that are words of the objects as well. */
const awkward = fc.constantFrom("reviews", "v1", "default", "seat", "spec", "weight", "http", "istio", "lab");

describe("the same change in seats of any name and address", () => {
  /** What one change looks like in a seat of this name, at this address: both are in its objects. */
  const changesIn = (seat: string, at: string, replicas: number): Told[] => [
    weights,
    {
      type: "kubernetes:core/v1:ConfigMap",
      before: config(`http://${at}:31380/`, "a"),
      after: config(`http://${at}:31380/`, "b"),
    },
    {
      type: "kubernetes:apps/v1:Deployment",
      before: {
        metadata: { name: "kiali", namespace: "istio-system" },
        spec: { replicas: 1, at: `see http://${at}:31602/kiali` },
      },
      after: { metadata: { name: "kiali", namespace: "istio-system" }, spec: { replicas, at: "gone" } },
    },
    {
      type: "azure-native:network:PublicIPAddress",
      resource: "seat-address",
      before: { label: `istio-lab-${seat}`, stack: seat },
      after: { label: `istio-lab-${seat}-x`, stack: "gone" },
    },
    {
      op: "create",
      type: "azure-native:resources:ResourceGroup",
      resource: "seat-group",
      after: { name: `istio-lab-${seat}` },
    },
  ];
  const config = (url: string, content: string) => ({
    metadata: { name: "kiali", namespace: "istio-system", annotations: { "checksum/config": `${url}${content}` } },
    data: { "config.yaml": `url: ${url}\n${content}` },
  });

  it("folds into one group; a seat whose change is another one is the outlier", () => {
    const seats = fc.uniqueArray(fc.tuple(fc.oneof(name, awkward), address), {
      minLength: 2,
      maxLength: 30,
      selector: ([seat]) => seat,
    });
    fc.assert(
      fc.property(seats, fc.nat(), (all, at) => {
        const odd = all.length > 2 ? all[at % all.length]![0] : undefined;
        const groups = fold(
          new Map(
            all.map(([seat, host]) => [
              seat,
              changesOf(stepsOf(preview(seat, host, changesIn(seat, host, seat === odd ? 3 : 2))), seat),
            ]),
          ),
        );
        expect(groups.map((group) => group.seats.length)).toEqual(
          odd === undefined ? [all.length] : [all.length - 1, 1],
        );
        if (odd !== undefined) expect(groups[1]!.seats).toEqual([odd]);
        expect(groups[0]!.changes.map(({ object }) => object)).toContain("VirtualService default/reviews");
      }),
      { numRuns: 60 },
    );
  });

  it("keeps a range of addresses that somebody changed", () => {
    const group = (cidr: string) => ({ rules: [{ name: "in", sourceAddressPrefixes: [cidr] }] });
    expect(
      fields({
        type: "azure-native:network:NetworkSecurityGroup",
        before: group("10.231.0.0/16"),
        after: group("10.0.0.0/8"),
      }),
    ).toEqual([{ path: "rules[in].sourceAddressPrefixes", before: ["10.231.0.0/16"], after: ["10.0.0.0/8"] }]);
  });
});

describe("what a trainer reads", () => {
  const seat = { trainee: "", config: {}, at: "" };
  const text = (seats: Record<string, readonly Told[]>) =>
    previewText({
      groups: fold(
        new Map(
          Object.entries(seats).map(([name, all]) => [name, changesOf(stepsOf(preview(name, undefined, all)), name)]),
        ),
      ),
      failed: [],
    });
  const thirty = (all: readonly Told[]) =>
    Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`seat${String(index + 1).padStart(2, "0")}`, all]));
  const created = (kind: string, count: number): Told[] =>
    Array.from({ length: count }, (_, index) => ({
      op: "create",
      type: `kubernetes:apps/v1:${kind}`,
      resource: `${kind}${index}`,
      after: { metadata: { name: `${kind.toLowerCase()}${index}` } },
    }));
  const replicas: Told = {
    type: "kubernetes:apps/v1:Deployment",
    resource: "d",
    before: { metadata: { name: "my-blog-v1", namespace: "blog" }, spec: { replicas: 9 } },
    after: { metadata: { name: "my-blog-v1", namespace: "blog" }, spec: { replicas: 5 } },
  };

  it.each<[string, Record<string, readonly Told[]>, string]>([
    [
      "a weight in thirty seats",
      thirty([weights]),
      "30 seats: 1 VirtualService, reviews v1 90 → 75, v3 10 → 25; nothing else",
    ],
    ["nothing", { a: [], b: [] }, "2 seats: no change"],
    [
      "a version more",
      {
        a: [
          {
            type: VIRTUAL_SERVICE,
            before: virtualService("reviews", { v1: 100 }),
            after: virtualService("reviews", { v1: 90, v2: 10 }),
          },
        ],
      },
      "1 seat: 1 VirtualService, reviews v1 100 → 90, v2 0 → 10; nothing else",
    ],
    [
      "another field",
      {
        a: [
          {
            type: "kubernetes:security.istio.io/v1:PeerAuthentication",
            before: mtls("STRICT"),
            after: mtls("PERMISSIVE"),
          },
        ],
      },
      "1 seat: 1 PeerAuthentication, blog/default spec.mtls.mode STRICT → PERMISSIVE; nothing else",
    ],
    [
      "new seats",
      {
        a: [...created("Deployment", 12), ...created("NetworkPolicy", 7), ...created("Service", 1)],
        b: [...created("Deployment", 12), ...created("NetworkPolicy", 7), ...created("Service", 1)],
      },
      "2 seats: 20 to create: 12 Deployments, 7 NetworkPolicies, 1 Service; nothing else",
    ],
    ["one to create", { a: created("Deployment", 1) }, "1 seat: 1 Deployment to create, deployment0; nothing else"],
    [
      "an outlier",
      { ...thirty([weights]), seat07: [], seat12: [weights, replicas] },
      [
        "28 seats: 1 VirtualService, reviews v1 90 → 75, v3 10 → 25; nothing else",
        "outlier seat07: no change",
        "outlier seat12: 2 to update: 1 Deployment, 1 VirtualService; nothing else",
        "  ~ Deployment blog/my-blog-v1: spec.replicas 9 → 5",
        "  ~ VirtualService default/reviews: reviews v1 90 → 75, v3 10 → 25",
      ].join("\n"),
    ],
  ])("%s", (_, seats, expected) => expect(text(seats)).toBe(expected));

  it("a seat that could not be previewed", () => {
    const failed = [
      { seat: { ...seat, seat: "a" }, seconds: 1, status: "failed" as const, trouble: "no such version" },
      { seat: { ...seat, seat: "b" }, seconds: 1, status: "skipped" as const },
    ];
    expect(previewText({ groups: [], failed })).toBe("not previewed a: no such version\nnot previewed b: skipped");
  });
});

function mtls(mode: string): Record<string, unknown> {
  return { metadata: { name: "default", namespace: "blog" }, spec: { mtls: { mode } } };
}
