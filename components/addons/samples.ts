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

/** The objects of each sample as JSON, by the SHA-256 of its file. Only the bundle has them: launch/make.cjs. */
declare const PARSED_SAMPLES: Readonly<Record<string, string>> | undefined;
const parsed = new Map(Object.entries(typeof PARSED_SAMPLES === "undefined" ? {} : PARSED_SAMPLES));

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
  const sha256 = samples[name];
  if (createHash("sha256").update(content).digest("hex") !== sha256) {
    throw new pulumi.RunError(
      `${shown} no longer is Istio's sample: its SHA-256 differs; \`git checkout -- ${shown}\` brings it back.`,
    );
  }
  const objects = parsed.get(sha256) ?? JSON.stringify(parseSample(content.toString("utf8")));
  parsed.set(sha256, objects);
  return JSON.parse(objects) as WholeObject[];
}

function parseSample(text: string): unknown[] {
  return parseAllDocuments(text, { uniqueKeys: false }).map((document) => document.toJS() as unknown);
}
