import { describe, expect, it } from "vitest";
import type { CheckSpec } from "../../../../components/lessons/checks/check";
import { diagnose } from "../../../../cli/check/diagnosis";
import { choose } from "../../../../cli/check/diagnosis/choose";
import type { Finding, Target } from "../../../../cli/check/diagnosis/finding";
import type { Evidence, Failure } from "../../../../cli/check/result";
import { World } from "./world";

const finding = (over: Partial<Finding>): Finding => ({ namespace: "default", services: [], aspects: [], cause: "", look: "", fix: "", ...over });
const target: Target = { namespace: "default", services: ["productpage", "reviews"], aspects: ["split", "route"] };

describe("choose", () => {
  it.each<[string, Partial<Finding>[], number | undefined]>([
    ["nothing", [], undefined],
    ["nothing of another namespace", [{ namespace: "blog" }], undefined],
    ["nothing of another service", [{ services: ["details"] }], undefined],
    ["a finding of the whole mesh", [{ namespace: undefined }], 0],
    ["the namespace's own before the mesh's", [{ namespace: undefined }, {}], 1],
    ["one about its services before one about the namespace", [{}, { services: ["reviews"] }], 1],
    ["one that breaks what the check proves", [{ services: ["reviews"], aspects: ["mtls"] }, { aspects: ["split"] }], 1],
    ["one that breaks something else, where there is no other", [{ services: ["reviews"], aspects: ["mtls"] }], 0],
    ["a known cause before a difference", [{ services: ["reviews"], generic: true }, {}], 1],
    ["the surer aspect", [{ aspects: ["mtls", "route"] }, { aspects: ["route", "mtls"] }], 1],
    ["of equals the first", [{}, {}], 0],
  ])("%s", (_, findings, index) => {
    const all = findings.map(finding);
    expect(choose(target, all)).toBe(index === undefined ? undefined : all[index]);
  });
});

function failure(about: Target, evidence: Evidence = {}): Failure {
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
const elsewhere = failure({ namespace: "blog", services: ["api"], aspects: ["authorization"] }, { statuses: { 503: 2 }, log: [{ pod: "x", response_flags: "UH" }] });

describe("diagnose", () => {
  it("tells all failures of one cause the same", async () => {
    const [first, second] = await causes((world) => (world.find("Deployment", "default", "reviews-v1").spec.replicas = 0), split, refusal);
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
    const [cause] = await causes((world) => (world.find("Deployment", "default", "productpage-v1").spec.replicas = 0), refusal);
    expect(cause).toMatch(/^Nothing about reviews itself was found wrong, but in its namespace: Deployment default\/productpage-v1/);
  });

  it("says that no cause was found, with what the proxies said and where to look", async () => {
    const hints = diagnose([elsewhere], await new World().snapshot());
    expect(hints.get(elsewhere)).toEqual({
      cause: "No cause was found: every object of namespace blog is as Pulumi made it, and nothing else is there. Envoy's flag UH says that the service had no healthy endpoint.",
      look: "LOOK",
      fix: "MEND",
    });
  });

  it("keeps nothing of a Secret but that it is there", async () => {
    const snapshot = await new World().snapshot();
    expect(snapshot.live.Secret).toHaveLength(1);
    expect(snapshot.live.Secret[0]).not.toHaveProperty("data");
  });
});
