import { describe, expect, it } from "vitest";
import type { AnalysisMessage } from "../../../../cli/check/analysis";
import { diagnose } from "../../../../cli/check/diagnosis";
import type { Evidence, Failure, Hint } from "../../../../cli/check/result";
import type { CheckSpec } from "../../../../components/lessons/checks/check";
import { lessonAnalysis } from "../../../../components/lessons/checks/analysis";
import { settingsWith } from "../settings";
import { World } from "./world";

const documentationUrl = "https://istio.io/latest/docs/reference/config/analysis/ist0101/";
const message = (origin: string, more: Partial<AnalysisMessage> = {}): AnalysisMessage => ({
  code: "IST0101",
  level: "Error",
  message: "Referenced host not found",
  origin,
  documentationUrl,
  ...more,
});
const failed = (check: CheckSpec, evidence: Evidence): Failure => ({ check, seen: "", expected: "", evidence });
const LOOK = expect.stringMatching(/deployment reviews-v1 -n default/);
const bookinfo = lessonAnalysis("bookinfo", settingsWith());

async function hintsFor(world: World, ...failures: Failure[]): Promise<Hint[]> {
  const hints = diagnose(failures, await world.snapshot());
  return failures.map((failure) => hints.get(failure)!);
}

describe("messages of istioctl", () => {
  it("are the cause, with what a rule knows about their object, and its remedy", async () => {
    const world = new World();
    // Two causes: the message is about the second one.
    world.find("Deployment", "default", "reviews-v1").spec.replicas = 0;
    world.remove("DestinationRule", "default", "reviews");
    const [hint] = await hintsFor(world, failed(bookinfo, { analysis: [message("VirtualService default/reviews")] }));
    expect(hint!.cause).toMatch(
      new RegExp(
        `^istioctl analyze says: IST0101, VirtualService default/reviews: Referenced host not found \\(${documentationUrl}\\)\\. VirtualService default/reviews sends to subset`,
      ),
    );
    expect(hint).toMatchObject({ fix: "MEND", look: expect.stringContaining("get destinationrule -n default") });
  });

  it("take what is wrong in the namespace, where no rule names their object", async () => {
    const world = new World();
    world.find("Deployment", "default", "reviews-v1").spec.replicas = 0;
    const [hint] = await hintsFor(world, failed(bookinfo, { analysis: [message("Pod default/reviews-v1-x")] }));
    expect(hint!.cause).toMatch(/^istioctl analyze says: IST0101, Pod .* Deployment default\/reviews-v1 .*replicas 0/);
  });

  it("about an object that nobody knows come with the command that deletes it, else with the repair", async () => {
    const world = new World();
    world.add({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "extra", namespace: "default" },
      spec: { ports: [{ port: 80 }] },
    });
    // Something else is wrong in the namespace, which is no reason to keep what was added.
    world.find("Deployment", "default", "reviews-v1").spec.replicas = 0;
    const at = (origin: string) => hintsFor(world, failed(bookinfo, { analysis: [message(origin)] }));
    expect(await at("Service default/extra")).toEqual([
      {
        cause: `istioctl analyze says: IST0101, Service default/extra: Referenced host not found (${documentationUrl}).`,
        look: "npm run -s istioctl -- analyze -n default",
        fix: "npm run -s kubectl -- delete service extra -n default",
      },
    ]);
    for (const other of ["Service default/reviews", "Service default/extra-2", "Unheard default/of", "odd"])
      expect(await at(other)).toEqual([{ cause: expect.stringContaining("replicas 0"), look: LOOK, fix: "MEND" }]);
    const asMade = await hintsFor(new World(), failed(bookinfo, { analysis: [message("odd")] }));
    expect(asMade).toEqual([{ cause: expect.stringMatching(/\)\.$/), look: bookinfo.lookAt, fix: "MEND" }]);
  });

  it("are named up to three", async () => {
    const many = ["a", "b", "c", "d", "e"].map((name) => message(`Service default/${name}`, { message: name }));
    const [hint] = await hintsFor(new World(), failed(bookinfo, { analysis: many }));
    expect(hint!.cause).toMatch(/Service default\/c: c .*; and 2 more\.$/);
    expect(hint!.cause).not.toContain("default/d");
  });

  it("are told with another failure of their namespace whose cause is unknown, and with no other", async () => {
    const check = { about: { namespace: "blog", services: ["api"], aspects: ["route"] }, lookAt: "LOOK" };
    const other = failed(check as unknown as CheckSpec, {});
    const ofNamespace = async (...origins: string[]) => {
      const analysis = failed(bookinfo, { analysis: origins.map((origin) => message(origin)) });
      return (await hintsFor(new World(), other, analysis))[0]!.cause;
    };
    expect(await ofNamespace("Service blog/extra")).toMatch(
      /^No cause was found\..* istioctl analyze says: IST0101, Service blog\/extra/,
    );
    expect(await ofNamespace("Namespace blog")).toContain("istioctl analyze says: IST0101, Namespace blog");
    expect(await ofNamespace("Service default/extra", "Namespace default")).not.toContain("istioctl");
  });
});
