import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as yaml from "yaml";
import { changeText } from "../../../components/addons/changes";
import { readSample, sampleNames } from "../../../components/addons/samples";
import { signingKey } from "../../../components/addons/signing-key-operations";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "samples-"));
  cpSync(path.join(__dirname, "../../../components/addons/samples"), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const refusal = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error("it was read");
};

test.each(sampleNames)("%s is the pinned one, and each of its objects has a kind and a name", (name) => {
  const objects = readSample(name);
  expect(objects.length).toBeGreaterThan(2);
  for (const { apiVersion, kind, metadata } of objects)
    expect([apiVersion, kind, metadata.name]).toEqual([
      expect.stringMatching(/^(v1|[a-z0-9.]+\/v1)$/),
      expect.stringMatching(/^[A-Z]/),
      expect.any(String),
    ]);
});

test("a text of one is its caller's to change: the next caller gets it as it was", () => {
  const changed = () => {
    const data = { "some.yaml": "jobs: [a]" };
    const objects = [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "some" }, data }];
    changeText<{ jobs: string[] }>(objects, "some", "some.yaml", yaml, ({ jobs }) => void jobs.push("b"));
    return yaml.parse(data["some.yaml"]) as unknown;
  };
  expect([changed(), changed()]).toEqual([{ jobs: ["a", "b"] }, { jobs: ["a", "b"] }]);
});

test("one that was edited is refused by name", () => {
  writeFileSync(path.join(folder, "jaeger.yaml"), "kind: Service\n");
  expect(refusal(() => readSample("jaeger", folder))).toBe(
    "components/addons/samples/jaeger.yaml no longer is Istio's sample: its SHA-256 differs; `git checkout -- components/addons/samples/jaeger.yaml` brings it back.",
  );
});

test("one that is missing is refused by name", () => {
  rmSync(path.join(folder, "zipkin.yaml"));
  expect(refusal(() => readSample("zipkin", folder))).toMatch(/^components\/addons\/samples\/zipkin\.yaml is missing;/);
});

test("a change of what was read is no change of what is read next", () => {
  (readSample("zipkin")[0] as { kind: string }).kind = "Nothing";
  expect(readSample("zipkin")[0]!.kind).toBe("Deployment");
});

test("Kiali's signing key has a length that Kiali takes, is another for each seat, and never changes", async () => {
  const [one, other] = await Promise.all([signingKey.create({}), signingKey.create({})]);
  expect(one.outs.key).toMatch(/^[0-9a-f]{32}$/);
  expect(one.outs.key).not.toBe(other.outs.key);
  expect(await signingKey.diff(one.id, one.outs, {})).toEqual({ changes: false });
  expect(await signingKey.read(one.id, one.outs)).toEqual({ id: one.id, props: one.outs });
});
