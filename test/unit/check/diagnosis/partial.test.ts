import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diagnose, findingsOf } from "../../../../cli/check/diagnosis";
import { compare } from "../../../../cli/inventory/compare";
import { kinds, type SnapshotKind, type Snapshot } from "../../../../cli/check/diagnosis/snapshot";
import { rules } from "../../../../cli/check/diagnosis/rules";
import type { KubeObject } from "../../../../kube";
import type { Failure } from "../../../../cli/check/result";
import { World } from "./world";

const names = Object.keys(kinds) as SnapshotKind[];

/** Replaces one value somewhere below by something else, or takes it away: what a server of another version, or a careless hand, may show. */
function damaged(value: unknown, path: readonly number[], put: unknown): unknown {
  const [step, ...rest] = path;
  if (typeof value !== "object" || value === null || step === undefined) return put;
  const keys = Object.keys(value);
  if (keys.length === 0) return put;
  const key = keys[step % keys.length]!;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  const inner = damaged(copy[key], rest, put);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy;
}

const junk = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom([], {}, "", "x", 0, "*", [null], [{}]),
);
const hit = fc.record({
  side: fc.constantFrom("live" as const, "made" as const),
  kind: fc.constantFrom(...names),
  index: fc.nat(20),
  path: fc.array(fc.nat(10), { maxLength: 9 }),
  put: junk,
});

/** What is damaged are copies. */
const healthy = new World().snapshot();

async function broken(
  hits: readonly { side: "live" | "made"; kind: SnapshotKind; index: number; path: readonly number[]; put: unknown }[],
): Promise<Snapshot> {
  const snapshot = await healthy;
  const sides = {
    live: { ...snapshot.live } as Record<SnapshotKind, readonly KubeObject[]>,
    made: { ...snapshot.made } as Record<SnapshotKind, readonly KubeObject[]>,
  };
  for (const { side, kind, index, path, put } of hits) {
    const objects = [...sides[side][kind]];
    const at = index % Math.max(1, objects.length);
    const replaced = damaged(objects[at] ?? { metadata: { name: "x" } }, path, put);
    // An object of the API server is a map with metadata; the rest of it is anybody's guess.
    const map =
      typeof replaced === "object" && replaced !== null && !Array.isArray(replaced)
        ? (replaced as KubeObject)
        : ({ metadata: {} } as unknown as KubeObject);
    objects[at] =
      typeof map.metadata === "object" && map.metadata !== null
        ? map
        : { ...map, metadata: {} as KubeObject["metadata"] };
    sides[side][kind] = objects;
  }
  return { ...snapshot, ...sides };
}

const failure: Failure = {
  check: {
    kind: "answer",
    about: { namespace: "default", services: [], aspects: [] },
    cases: [{ path: "/" }],
  } as never,
  seen: "",
  expected: "",
  evidence: { statuses: { 403: 1 } },
};

describe("rules", () => {
  it("never throw, whatever an object lacks", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hit, { minLength: 1, maxLength: 6 }), async (hits) => {
        const snapshot = await broken(hits);
        for (const rule of rules) {
          for (const { cause, look, fix, services, relation } of rule(snapshot)) {
            expect(["proven", "possible", "unlikely", "impossible", undefined]).toContain(relation?.(failure));
            expect(typeof cause === "string" && cause.length > 20 && look !== "" && fix !== "").toBe(true);
            expect(services.every((service) => typeof service === "string")).toBe(true);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("never throw on objects that are nothing but a name", () => {
    const bare = [{ metadata: { name: "x", namespace: "default" } }, { metadata: {} as KubeObject["metadata"] }];
    const all = Object.fromEntries(names.map((kind) => [kind, bare])) as unknown as Snapshot["live"];
    const none = Object.fromEntries(names.map((kind) => [kind, []])) as unknown as Snapshot["live"];
    for (const [live, made] of [
      [all, all],
      [all, none],
      [none, all],
      [none, none],
    ] as const) {
      expect(() => diagnose([], { namespaces: ["default"], live, made, repairCommand: "MEND" })).not.toThrow();
      expect(() =>
        rules.flatMap((rule) => rule({ namespaces: ["default"], live, made, repairCommand: "MEND" })),
      ).not.toThrow();
    }
  });
});

describe("a kind that could not be listed", () => {
  it.each(names)("%s is unknown: no rule takes it for empty", async (kind) => {
    const snapshot = await healthy;
    const none = { ...snapshot.live, [kind]: [] };
    const outside = { ...snapshot.outside!, [kind]: [] };
    const unknown = { ...snapshot, live: none, outside, notAsked: [{ kind, why: "503" }] };
    expect(findingsOf(rules, unknown)).toEqual([]);
  });

  it("leaves the rules that need nothing of it", async () => {
    const snapshot = await healthy;
    const live = { ...snapshot.live, PeerAuthentication: [], LimitRange: [] };
    const findings = findingsOf(rules, { ...snapshot, live, notAsked: [{ kind: "LimitRange", why: "503" }] });
    expect(findings.map(({ cause }) => cause)).toContainEqual(expect.stringMatching(/^Namespace \S+ has no PeerAuth/));
  });
});

describe("compare", () => {
  it("finds no difference between a value and itself", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.boolean(),
        (value, extra) => void expect(compare(structuredClone(value), value, "spec", extra)).toEqual([]),
      ),
    );
  });

  it("finds every changed leaf of a map, and says where", () => {
    const leaves = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer({ min: 1, max: 9 }), { minKeys: 1 });
    fc.assert(
      fc.property(leaves, fc.nat(), (was, at) => {
        const key = Object.keys(was)[at % Object.keys(was).length]!;
        const is = { ...was, [key]: was[key]! + 10 };
        expect(compare(is, was, "spec", false)).toEqual([{ path: `spec.${key}`, is: is[key], was: was[key] }]);
      }),
    );
  });

  it.each<[string, unknown, unknown, boolean, string[]]>([
    ["what the server adds", { a: 1, added: { b: 2 } }, { a: 1 }, false, []],
    ["what somebody added", { a: 1, added: { b: 2 } }, { a: 1 }, true, ["spec.added"]],
    ["nothing that was added", { a: 1, added: {} }, { a: 1 }, true, []],
    ["a value that is gone", {}, { a: 1 }, false, ["spec.a"]],
    ["an empty value that the server drops", {}, { a: {}, b: [], c: "", d: 0, e: false }, false, []],
    ["two spellings of a quantity", { cpu: "10m", memory: "1Gi" }, { cpu: "0.01", memory: "1024Mi" }, false, []],
    ["a number as text", { port: 80 }, { port: "80" }, false, []],
    ["a shorter list", { list: [1] }, { list: [1, 2] }, false, ["spec.list"]],
    ["a list with more at its end, of a server that adds", { list: [1, 2, 3] }, { list: [1, 2] }, false, []],
    ["a list with more at its end", { list: [1, 2, 3] }, { list: [1, 2] }, true, ["spec.list"]],
    ["a key with dots", { "a.b/c": "x" }, { "a.b/c": "y" }, false, ['spec["a.b/c"]']],
    [
      "a secret, which the state holds locked",
      { a: "plain" },
      { a: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" } },
      true,
      [],
    ],
  ])("%s", (_, is, was, extra, paths) => {
    expect(compare(is, was, "spec", extra).map(({ path }) => path)).toEqual(paths);
  });
});
