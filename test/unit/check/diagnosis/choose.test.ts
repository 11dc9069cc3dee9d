import { describe, expect, it } from "vitest";
import type { CheckSpec } from "../../../../components/lessons/checks/check";
import { choose, diagnose, explain, nearby } from "../../../../cli/check/diagnosis";
import { type RuleFinding, type FailedCheck, takeSnapshot } from "../../../../cli/check/diagnosis/snapshot";
import { ApiSilent } from "../../../../cli/seat/api";
import type { CheckResult, Evidence, Failure } from "../../../../cli/check/result";
import { World } from "./world";

const finding = (over: Partial<RuleFinding>): RuleFinding => ({
  namespace: "default",
  services: [],
  aspects: [],
  cause: "",
  look: "",
  fix: "",
  ...over,
});
const target: FailedCheck = {
  namespace: "default",
  beyond: ["beyond"],
  services: ["productpage", "reviews"],
  aspects: ["split", "route"],
};

describe("choose", () => {
  it.each<[string, Partial<RuleFinding>[], number | undefined]>([
    ["nothing", [], undefined],
    ["nothing of another namespace", [{ namespace: "blog" }], undefined],
    ["nothing of another service", [{ services: ["details"] }], undefined],
    ["a finding of the whole mesh", [{ namespace: undefined }], 0],
    ["the namespace's own before the mesh's", [{ namespace: undefined }, {}], 1],
    ["one about its services before one about the namespace", [{}, { services: ["reviews"] }], 1],
    [
      "one that breaks what the check proves",
      [{ services: ["reviews"], aspects: ["mtls"] }, { aspects: ["split"] }],
      1,
    ],
    ["one that breaks something else, where there is no other", [{ services: ["reviews"], aspects: ["mtls"] }], 0],
    ["a known cause before a difference", [{ services: ["reviews"], generic: true }, {}], 1],
    ["the surer aspect", [{ aspects: ["mtls", "route"] }, { aspects: ["route", "mtls"] }], 1],
    ["of equals the first", [{}, {}], 0],
    ["one that meets its second service alone", [{ services: ["details", "reviews"] }], 0],
    ["one that breaks its second aspect alone", [{ aspects: ["mtls"] }, { aspects: ["mtls", "route"] }], 1],
    ["one that may break anything as well as one that breaks what is proved", [{ aspects: ["mtls"] }, {}], 1],
    ["one of a namespace beyond its own", [{ namespace: "elsewhere" }, { namespace: "beyond" }], 1],
    [
      "a known cause of the mesh before a difference of its own",
      [{ services: ["reviews"], aspects: ["split"], generic: true }, { namespace: undefined }],
      1,
    ],
    [
      "the namespace's own before the surer one of the mesh",
      [{ namespace: undefined, aspects: ["split"] }, { aspects: ["mtls", "split"] }],
      1,
    ],
    [
      "the surer one before the one about its service",
      [{ services: ["reviews"], aspects: ["mtls", "split"] }, { aspects: ["split"] }],
      1,
    ],
  ])("%s", (_, findings, index) => {
    const all = findings.map(finding);
    expect(choose(target, all)).toBe(index === undefined ? undefined : all[index]);
  });

  it.each<[string, Partial<RuleFinding>[], number | undefined]>([
    [
      "nothing of the whole mesh, nor of another namespace",
      [{ namespace: undefined }, { namespace: "blog" }],
      undefined,
    ],
    ["another service of its namespace", [{ namespace: "blog" }, { services: ["details"] }], 1],
    [
      "another service of a namespace beyond its own",
      [{ namespace: "blog" }, { namespace: "beyond", services: ["details"] }],
      1,
    ],
    ["a known cause first", [{ services: ["details"], generic: true }, { services: ["ratings"] }], 1],
  ])("looks nearby for %s", (_, findings, index) => {
    const all = findings.map(finding);
    expect(nearby(target, all)).toBe(index === undefined ? undefined : all[index]);
  });
});

function failure(about: FailedCheck, evidence: Evidence = {}): Failure {
  return { check: { about, lookAt: "LOOK" } as unknown as CheckSpec, seen: "", expected: "", evidence };
}

async function causes(damage: (world: World) => void, ...failures: Failure[]): Promise<string[]> {
  const world = new World();
  damage(world);
  const hints = diagnose(failures, await world.snapshot());
  return failures.map((one) => hints.get(one)!.cause);
}

const split = failure(target);
const refusal = failure({ namespace: "default", services: ["reviews"], aspects: ["mtls", "pods"] });
const elsewhere = failure(
  { namespace: "blog", services: ["api"], aspects: ["authorization"] },
  { statuses: { 503: 2 }, log: [{ pod: "x", response_flags: "UH" }] },
);

describe("diagnose", () => {
  it("tells all failures of one cause the same", async () => {
    const [first, second] = await causes(
      (world) => (world.find("Deployment", "default", "reviews-v1").spec.replicas = 0),
      split,
      refusal,
    );
    expect(first).toContain("spec.replicas 0");
    expect(second).toBe(first);
  });

  it("tells two failures of two causes each its own", async () => {
    const damage = (world: World) => {
      world.remove("PeerAuthentication", "default", "default");
      world.remove("DestinationRule", "default", "reviews");
    };
    const [ofSplit, ofRefusal] = await causes(damage, split, refusal);
    expect(ofSplit).toContain("which no DestinationRule declares");
    expect(ofRefusal).toContain("has no PeerAuthentication");
  });

  it("names what else is wrong in the namespace, and says that it is not about the check itself", async () => {
    const [cause] = await causes(
      (world) => (world.find("Deployment", "default", "productpage-v1").spec.replicas = 0),
      refusal,
    );
    expect(cause).toMatch(
      /^Nothing about reviews itself was found wrong\. In its namespace: Deployment default\/productpage-v1/,
    );
  });

  it("says that no cause was found, with what the proxies said and where to look", async () => {
    const hints = diagnose([elsewhere], await new World().snapshot());
    expect(hints.get(elsewhere)).toEqual({
      cause:
        "No cause was found. Looked at: the objects of namespace blog and of the mesh, routes of other namespaces, nodes and webhooks; no rule found a difference from what was made. Envoy's flag UH says that the service had no healthy endpoint.",
      look: "LOOK",
      fix: "MEND",
    });
  });

  it.each<[string, Evidence, RegExp]>([
    [
      "the second flag of the second line",
      {
        statuses: { 503: 1 },
        log: [
          { pod: "x", response_flags: "-" },
          { pod: "x", response_flags: "ZZ,UF" },
        ],
      },
      /Envoy's flag UF says that the connection/,
    ],
    [
      "no flag that is not known",
      { statuses: { 503: 1 }, log: [{ pod: "x", response_flags: "toString" }, { pod: "x" }] },
      /no rule found a difference from what was made\.$/,
    ],
    [
      "no flag where no request was answered wrongly",
      { log: [{ pod: "x", response_flags: "UH" }] },
      /no rule found a difference from what was made\.$/,
    ],
  ])("says of an unknown cause %s", async (_, evidence, cause) => {
    expect(await causes(() => undefined, failure(elsewhere.check.about, evidence))).toEqual([
      expect.stringMatching(cause),
    ]);
  });

  it("blames no route for a connection that was refused, whatever other requests the proxies have logged", async () => {
    const evidence: Evidence = {
      statuses: { 0: 2 },
      errors: ["connect ECONNREFUSED 192.168.49.2:31380"],
      log: [{ pod: "istio-ingressgateway-x", response_flags: "NR" }],
    };
    const refused = failure(elsewhere.check.about, evidence);
    expect(diagnose([refused], await new World().snapshot()).get(refused)).toEqual({
      cause:
        "The connection failed (connect ECONNREFUSED 192.168.49.2:31380): the request reached no proxy, so no route is to blame. Nobody listens there: its Service has no pod behind it, or kube-proxy does not serve the node port.",
      look: "npm run -s kubectl -- get service,endpointslices,pods -n istio-ingress",
      fix: "MEND",
    });
    // One answer is enough for a proxy to be there, and what curl in a pod says may be its proxy's word.
    for (const other of [
      { ...evidence, statuses: { 0: 2, 404: 1 } },
      { ...evidence, errors: ["curl: (56) Recv failure: Connection reset by peer"] },
    ]) {
      expect(await causes(() => undefined, failure(elsewhere.check.about, other))).toEqual([
        expect.stringContaining("Envoy's flag NR says that no route fitted the request"),
      ]);
    }
  });

  const resultOf = (given: Failure | undefined): CheckResult => ({
    lesson: "bookinfo",
    check: "x",
    title: "x",
    expected: "x",
    seen: "x",
    seconds: 0,
    status: given === undefined ? "passed" : "failed",
    ...(given && { failure: given }),
  });
  /** A check that could not be made: it has no failure, but a hint of its own. */
  const unmade = (): CheckResult => ({
    ...resultOf(undefined),
    status: "failed",
    hint: { cause: "its pod did not start", look: "LOOK", fix: "MEND" },
  });

  it("asks nothing of the seat where nothing failed", async () => {
    const sourceOf = () => Promise.reject(new Error("asked"));
    const passed = resultOf(undefined);
    await explain([passed], { sourceOf, repairCommand: "MEND" });
    expect(passed.hint).toBeUndefined();
  });

  it("reads the seat once for all checks, and says what the mesh lacks where a check could not be made", async () => {
    const world = new World();
    world.add({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "coredns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
      spec: { replicas: 0, selector: { matchLabels: { "k8s-app": "kube-dns" } } },
    });
    let asked = 0;
    const results = [resultOf(split), unmade()];
    await explain(results, { sourceOf: async () => (asked++, world.source()), repairCommand: "MEND" });
    expect(asked).toBe(1);
    for (const { hint } of results) expect(hint?.cause).toMatch(/names in the cluster do not resolve/);
    const healthy = unmade();
    await explain([healthy], { sourceOf: async () => new World().source(), repairCommand: "MEND" });
    expect(healthy.hint?.cause).toBe("its pod did not start");
  });

  it("asks what the program would change only where the seat shows no cause, and tells it to the checks that it concerns", async () => {
    const world = new World();
    const made = {
      op: "create",
      kind: "VirtualService",
      object: "VirtualService default/reviews",
      fields: [],
    } as const;
    let asked = 0;
    const programOf = async () => (asked++, { changes: [made] });
    const options = { sourceOf: async () => world.source(), repairCommand: "MEND", programOf };
    const results = [resultOf(split), resultOf(elsewhere)];
    expect(await explain(results, options)).toEqual([]);
    expect(asked).toBe(1);
    expect(results[0]!.hint).toEqual({
      cause: expect.stringMatching(
        /^The program would still change the seat: \+ VirtualService default\/reviews\./,
      ) as string,
      look: "npm run -s pulumi -- preview --diff",
      fix: "npm run up",
    });
    expect(results[1]!.hint?.cause).toMatch(/^No cause was found/);

    const other = [resultOf(elsewhere)];
    const [beside, ...more] = await explain(other, options);
    expect(more).toEqual([]);
    expect(beside).toMatchObject({ cause: expect.stringContaining("default/reviews") as string, mayExplain: [] });
    expect(other[0]!.hint?.cause).toMatch(/^No cause was found/);

    asked = 0;
    world.remove("Deployment", "default", "reviews-v1");
    await explain([resultOf(split)], options);
    expect(asked, "where the seat shows the cause").toBe(0);
  });

  it("says that the program could not be asked, and keeps what was looked at", async () => {
    const results = [resultOf(split)];
    const besides = await explain(results, {
      sourceOf: async () => new World().source(),
      repairCommand: "MEND",
      programOf: async () => ({ unknown: "the config is wrong" }),
    });
    expect(besides).toEqual([]);
    expect(results[0]!.hint).toMatchObject({
      cause: expect.stringMatching(
        /^No cause was found\..* What the program would change is unknown: the config is wrong$/,
      ),
      fix: "MEND",
    });
  });

  it("asks a list twice where the API server was silent for a moment", async () => {
    const { seat, ...rest } = new World().source();
    const silent = new Set<string>();
    const list: typeof seat.list = async (path, query) => {
      if (!silent.has(path)) throw (silent.add(path), new ApiSilent("silent"));
      return seat.list(path, query);
    };
    const snapshot = await takeSnapshot({ ...rest, seat: { ...seat, list }, repairCommand: "MEND" });
    expect(snapshot.notAsked).toEqual([]);
    expect(snapshot.live.Pod.length).toBeGreaterThan(0);
  });

  it("loses no failure where the state, or the seat, cannot be read; but says so, and claims nothing of the objects", async () => {
    const silent = {
      seat: { list: () => Promise.reject(new Error("no answer within 10 s")) },
      resources: [],
      namespaces: [],
    };
    for (const [sourceOf, why] of [
      [() => Promise.reject(new Error("the backend is locked")), "the backend is locked"],
      [async () => silent, "no answer within 10 s"],
    ] as const) {
      const cause = `The cause is unknown, because the seat or its state could not be read: ${why}`;
      const results = [resultOf(split), resultOf(elsewhere), unmade()];
      await explain(results, { sourceOf, repairCommand: "MEND" });
      expect(results.map(({ hint }) => hint)).toEqual([
        { cause, look: split.check.lookAt, fix: "MEND" },
        { cause, look: elsewhere.check.lookAt, fix: "MEND" },
        { cause: "its pod did not start", look: "LOOK", fix: "MEND" },
      ]);
    }
    await expect(
      explain([resultOf(split)], {
        sourceOf: () => Promise.reject(new TypeError("x is not a function")),
        repairCommand: "MEND",
      }),
      "a defect of ours",
    ).rejects.toThrow(TypeError);
  });

  it("keeps nothing of a Secret but that it is there", async () => {
    const snapshot = await new World().snapshot();
    expect(snapshot.live.Secret).toHaveLength(1);
    expect(snapshot.live.Secret[0]).not.toHaveProperty("data");
  });
});
