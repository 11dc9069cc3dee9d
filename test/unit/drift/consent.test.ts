import { describe, expect, it } from "vitest";
import { atStake, requireConsent, type Consent } from "../../../cli/drift/consent";
import type { Added, Changed, SeatDrift } from "../../../cli/drift/model";

const nothing: SeatDrift = { changed: [], missing: [], added: [], unclear: [], notAsked: [], shared: [] };
const added = (object: string, more: Partial<Added> = {}): Added => ({
  object,
  namespace: object.split(" ")[1]!.split("/")[0]!,
  path: `/x/${object}`,
  uid: "1",
  ...more,
});
const notes = added("ConfigMap default/theirs");
const claim = added("PersistentVolumeClaim blog/data", { claim: "data" });
const changed = (more: Partial<Changed>): Changed => ({
  object: "PersistentVolumeClaim admission/myclaim",
  namespace: "admission",
  fields: [],
  uid: "1",
  claim: "myclaim",
  ...more,
});
const AGAIN = "npm run class -- reset --roster r.yaml --seat s --lesson l --yes";

/** What was asked, by a terminal whose user types these words. */
async function asked(drift: SeatDrift, consent: Consent, ...words: string[]): Promise<string[]> {
  const questions: string[] = [];
  const next = (question: string) => (questions.push(question), words.shift());
  await requireConsent(drift, consent, AGAIN, {
    canAsk: true,
    ask: async (question) => next(question) === "y",
    askFor: async (question, word) => next(question) === word,
  });
  return questions;
}
const alone = (drift: SeatDrift, consent: Consent) =>
  requireConsent(drift, consent, AGAIN, { canAsk: false, ask: async () => false, askFor: async () => false });

describe("what somebody else may own, in a namespace that existed before the seat", () => {
  const foreign = { ...nothing, added: [notes], shared: ["default"] };

  it("is refused where only --yes is given, by name, with what leaves it", async () => {
    await expect(alone(foreign, { yes: true })).rejects.toThrow(
      `ConfigMap default/theirs. --take-added deletes them too.\nTo keep everything that was added: ${AGAIN} --leave-added`,
    );
  });

  it("goes by its own flag, and stays by the other; not both", async () => {
    await alone(foreign, { yes: true, takeAdded: true });
    await alone(foreign, { yes: true, leaveAdded: true });
    await expect(alone(foreign, { yes: true, takeAdded: true, leaveAdded: true })).rejects.toThrow(
      "--take-added and --leave-added exclude each other",
    );
  });

  it("is asked for in a terminal, with a typed yes, also after --yes", async () => {
    expect(await asked(foreign, { yes: true }, "yes")).toEqual([expect.stringContaining("ConfigMap default/theirs")]);
    for (const word of ["y", "", "YES"])
      await expect(asked(foreign, { yes: true }, word)).rejects.toThrow(
        /^Nothing has been done: ConfigMap default\/theirs would have been deleted/,
      );
    await expect(asked(foreign, {}, "n")).rejects.toThrow(/^Nothing has been done\.$/);
  });

  it("is nothing of the seat's own namespaces: a plain yes is enough there", async () => {
    await expect(alone({ ...foreign, added: [added("ConfigMap blog/notes")] }, { yes: true })).resolves.toBeUndefined();
  });

  it("is also what somebody made under the name of an object of the program, and that cannot be left", async () => {
    const anew = {
      ...nothing,
      changed: [{ object: "Service default/reviews", namespace: "default", fields: [], uid: "2", anew: true as const }],
      shared: ["default"],
    };
    for (const consent of [{ yes: true }, { yes: true, leaveAdded: true }])
      await expect(alone(anew, consent)).rejects.toThrow("Service default/reviews");
    await alone(anew, { yes: true, takeAdded: true });
    await alone({ ...anew, shared: [] }, { yes: true });
  });
});

describe("a claim of storage", () => {
  const drift = { ...nothing, added: [claim, { ...claim, object: "PersistentVolumeClaim blog/more", claim: "more" }] };

  it("goes by its name alone: neither --yes nor --take-added nor another's name is enough", async () => {
    for (const consent of [{ yes: true }, { yes: true, takeAdded: true }, { yes: true, deleteClaim: ["more"] }])
      await expect(alone(drift, consent)).rejects.toThrow("--delete-claim data");
    await alone(drift, { yes: true, deleteClaim: ["data", "more"] });
    await alone(drift, { yes: true, leaveAdded: true });
  });

  it("is asked for one by one, and a wrong name keeps all", async () => {
    expect(await asked(drift, { yes: true }, "data", "more")).toHaveLength(2);
    await expect(asked(drift, { yes: true }, "data", "yes")).rejects.toThrow(
      "Nothing has been done: claim more would have been deleted",
    );
  });

  it.each<[string, Partial<Changed>, string[]]>([
    ["made again by hand is made anew", { anew: true }, ["myclaim"]],
    [
      "whose own fields differ is made anew",
      { fields: [{ path: 'metadata.annotations["pulumi.com/skipAwait"]', before: "true", after: undefined }] },
      ["myclaim"],
    ],
    [
      "with a field beyond the program's is made anew",
      { fields: [{ path: "spec.volumeName", before: undefined, after: "v" }] },
      ["myclaim"],
    ],
    [
      "with a label besides only loses it",
      { fields: [{ path: "metadata.labels.team", before: undefined, after: "red" }] },
      [],
    ],
  ])("of the program %s", (_, more, claims) =>
    expect(atStake({ ...nothing, changed: [changed(more)] }).claims.remade).toEqual(claims),
  );

  it("of the program that is made anew cannot be left", async () => {
    await expect(
      alone({ ...nothing, changed: [changed({ anew: true })] }, { yes: true, leaveAdded: true }),
    ).rejects.toThrow("--delete-claim myclaim");
  });
});

it("what could not be asked for is no permission: reset refuses, but for the program's own objects", async () => {
  const drift = { ...nothing, notAsked: [{ what: "away.org/v1", why: "the API server answered 503" }] };
  await expect(alone(drift, { yes: true })).rejects.toThrow(
    `away.org/v1 could not be listed (the API server answered 503). To restore only the lesson's own objects: ${AGAIN} --leave-added`,
  );
  await alone(drift, { yes: true, leaveAdded: true });
});
