import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parseAllDocuments } from "yaml";
import type { WholeObject } from "../../kube";
import { istio } from "../../versions";

/**
 * Istio's own samples, as they lie in `samples` beside this file: samples/addons, zipkin of its folder extras, and the collector of
 * samples/open-telemetry/loki. They are never edited; what is changed is changed in the component, and named in README.md.
 */
const { samples } = istio;

export type SampleName = keyof typeof samples;

/** Each pinned sample is parsed once: it is the same at each call. */
const parsed = new Map<SampleName, WholeObject[]>();

export const sampleNames = Object.keys(samples) as SampleName[];

/**
 * The objects of a sample, new ones at each call.
 * @throws {pulumi.RunError} when the file is missing or is not the pinned one; it prints without a stack trace.
 */
export function readSample(name: SampleName, folder = path.join(__dirname, "samples")): WholeObject[] {
  const shown = `components/addons/samples/${name}.yaml`;
  const file = path.join(folder, `${name}.yaml`);
  if (!fs.existsSync(file))
    throw new pulumi.RunError(`${shown} is missing; \`git checkout -- ${shown}\` brings it back.`);
  const content = fs.readFileSync(file);
  if (createHash("sha256").update(content).digest("hex") !== samples[name]) {
    throw new pulumi.RunError(
      `${shown} is not Istio's sample any more, its SHA-256 is another; \`git checkout -- ${shown}\` brings it back.`,
    );
  }
  if (!parsed.has(name))
    parsed.set(
      name,
      parseAllDocuments(content.toString("utf8"), { uniqueKeys: false }).map(
        (document) => document.toJS() as WholeObject,
      ),
    );
  return structuredClone(parsed.get(name)!);
}
