import type { KubeObject } from "../../../../kube";
import { firstOf, lookAt, repair, ref, heldPairs, placeOf } from "../objects";
import { concerns } from "../concerns";
import { byWhom, type Difference, differences, fieldsByHand } from "../../../inventory";
import { type RuleFinding, type Rule, kinds, type SnapshotKind } from "../snapshot";
import { shown } from "../../../seat/json";

/** Any other difference between an object and the original. Covers causes that no other rule knows. */
export const changedObjects: Rule = (snapshot) =>
  (Object.keys(kinds) as SnapshotKind[])
    .flatMap((kind) => heldPairs(snapshot, kind).flatMap(({ live, made }) => finding(kind, live, made)))
    .map(({ kind, live, text }): RuleFinding => ({
      namespace: placeOf(kind, live),
      services: concerns(snapshot, kind, live),
      aspects: [],
      generic: true,
      cause: `${ref(kind, live)} is not as Pulumi made it: ${text}.`,
      look: lookAt(kind, live),
      fix: repair(snapshot, kind, live),
    }));

function finding(
  kind: SnapshotKind,
  live: KubeObject,
  made: KubeObject,
): { kind: SnapshotKind; live: KubeObject; text: string }[] {
  const found = differences(kind, live, made);
  if (found.length > 0)
    return [
      {
        kind,
        live,
        text: `${firstOf(found.map(said), 3)}${byWhom(
          live,
          found.map(({ path }) => path),
        )}`,
      },
    ];
  const byHand = fieldsByHand(live, made);
  if (byHand.length === 0) return [];
  return [
    {
      kind,
      live,
      text: `${byHand
        .slice(0, 3)
        .map(({ path, value }) => `${path} is ${shown(value)}`)
        .join("; ")}, made without it${byWhom(
        live,
        byHand.map(({ path }) => path),
      )}`,
    },
  ];
}

function said({ path, is, was }: Difference): string {
  if (was === undefined) return `${path} is ${shown(is)}, made without it`;
  return `${path} is ${is === undefined ? "gone" : shown(is)}, made as ${shown(was)}`;
}
