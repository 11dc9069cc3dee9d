import { readFileSync } from "node:fs";
import * as path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { addonNames, type AddonName } from "../../../components/addons/catalog";
import type { WholeObject } from "../../../kube";
import { readSample, type SampleName } from "../../../components/addons/samples";
import type { Registered } from "../components/graph";
import { differences } from "./differences";
import { addonObjects, idOf } from "./seat";

/** Each option that changes an object, and both addons for traces. */
const seats: [addons: AddonName[], changes: Record<string, unknown>][] = [
  [["kiali", "prometheus", "grafana", "jaeger", "loki"], {}],
  [["kiali", "grafana", "zipkin"], { kiali: { auth: "token", viewOnly: false } }],
  [
    ["prometheus", "grafana", "jaeger", "loki"],
    { storage: { prometheus: "1Gi", grafana: "1Gi", jaeger: "1Gi", loki: "1Gi" } },
  ],
];

/** A row of README.md's table. */
interface Row {
  addons: string[];
  objects: string[];
  /** Fields, or what became of the whole object. */
  fields: string[];
}

/** A difference to the sample, in the words of the table. */
interface Change {
  addon: string;
  object: string;
  field: string;
}

let rows: Row[];
let changes: Change[];

beforeAll(async () => {
  rows = table(readFileSync(path.join(__dirname, "../../../components/addons/README.md"), "utf8"));
  changes = [];
  // One after the other: Pulumi's mocks are the process's.
  for (const [addons, options] of seats) {
    const objects = await addonObjects(addons, options);
    changes.push(...addons.flatMap((addon) => changesOf(addon, objects)));
  }
});

test("everything that is changed against the samples is named in README.md", () => {
  expect(changes.length).toBeGreaterThan(100);
  expect(changes.filter((change) => !rows.some((row) => names(row, change)))).toEqual([]);
});

test("everything that README.md names is changed, each field of it, on each addon it names", () => {
  const single = rows.flatMap(({ addons, objects, fields }) =>
    addons.flatMap((addon) => fields.map((field) => ({ addons: [addon], objects, fields: [field] }))),
  );
  expect(single.length).toBeGreaterThan(60);
  expect(single.filter((row) => !changes.some((change) => names(row, change)))).toEqual([]);
});

function changesOf(addon: AddonName, all: readonly Registered[]): Change[] {
  const made = all.filter(({ parent }) => parent === addon).map((one) => ({ id: told(idOf(one)), inputs: one.inputs }));
  const samples = samplesOf(addon).map((object) => ({ id: `${object.kind} ${object.metadata.name}`, object }));
  const added = made
    .filter(({ id }) => !samples.some((sample) => sample.id === id))
    .map(({ id }) => ({ addon, object: id, field: "(added)" }));
  const others = samples.flatMap(({ id, object }) => {
    const now = made.find((one) => one.id === id);
    return (now === undefined ? ["(left out)"] : differences(object, now.inputs)).map((field) => ({
      addon,
      object: id,
      field,
    }));
  });
  return [...added, ...others];
}

function samplesOf(addon: AddonName): WholeObject[] {
  const files: SampleName[] = addon === "loki" ? ["loki", "opentelemetry-collector"] : [addon];
  return files.flatMap((file) => readSample(file));
}

/** Without the namespace, which is the same for all. */
function told(id: string): string {
  return id.replace(" istio-system/", " ");
}

function table(markdown: string): Row[] {
  const cells = markdown
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()));
  return cells.map(([, addons, objects, fields]) => ({
    addons: addons!.split(", "),
    objects: coded(objects!),
    fields: coded(fields!),
  }));
}

function coded(cell: string): string[] {
  return cell.includes("`") ? [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!) : [cell];
}

function names({ addons, objects, fields }: Row, change: Change): boolean {
  const isNamed =
    addons.includes(change.addon) || (addons[0] === "all" && addonNames.includes(change.addon as AddonName));
  return (
    isNamed &&
    objects.some((pattern) => matches(pattern, change.object)) &&
    fields.some((pattern) => matches(pattern, change.field, "(\\..*)?"))
  );
}

function matches(pattern: string, text: string, rest = ""): boolean {
  return new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.()/\\]/g, "\\$&"))
      .join(".*")}${rest}$`,
  ).test(text);
}
