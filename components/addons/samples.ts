import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "./kube-object";

/**
 * SHA-256 of Istio's own samples of release 1.31.1, as they lie in `samples` beside this file: samples/addons, zipkin of its folder extras, and the collector
 * of samples/open-telemetry/loki. They are never edited; what is changed is changed in the component, and named in README.md.
 */
const samples = {
  grafana: "1f9ee332c828a29e7c4418661b80d7b766fba2d8a5234b892071ef0a0361b13e",
  jaeger: "e57bc1054b1f22c98b9cf7487e1013bacde164b183f582a0de29a978496e8741",
  kiali: "e2c786d65ab926dc49562d37808d2c838d7c953b701b0f15bcf39188ccebba5c",
  loki: "2551ebc8ba6f30c10a2bcb39e367f7c888d09a25d0112d8262ca754b93cc3c13",
  "opentelemetry-collector": "b0dd5fece8d8b1c9dd9309da7f0579401a8c3dc2ee27821691513bffeec05d25",
  prometheus: "429abcb6cb74b6045d8787c66add166aa6ca77889835107bdea8dfb46dd1eca8",
  zipkin: "7df8a5fdf4db30265956935ba23cffee9373598c5ce9a6751a6e715d35a5f691",
} as const;

export type SampleName = keyof typeof samples;

/** Each pinned sample is parsed once: it is the same at each call. */
const parsed = new Map<SampleName, KubeObject[]>();

export const sampleNames = Object.keys(samples) as SampleName[];

/**
 * The objects of a sample, new ones at each call.
 * @throws {pulumi.RunError} when the file is missing or is not the pinned one; it prints without a stack trace.
 */
export function readSample(name: SampleName, folder = path.join(__dirname, "samples")): KubeObject[] {
  const shown = `components/addons/samples/${name}.yaml`;
  const file = path.join(folder, `${name}.yaml`);
  if (!fs.existsSync(file)) throw new pulumi.RunError(`${shown} is missing; \`git checkout -- ${shown}\` brings it back.`);
  const content = fs.readFileSync(file);
  if (createHash("sha256").update(content).digest("hex") !== samples[name]) {
    throw new pulumi.RunError(`${shown} is not Istio's sample any more, its SHA-256 is another; \`git checkout -- ${shown}\` brings it back.`);
  }
  if (!parsed.has(name)) parsed.set(name, parseAllDocuments(content.toString("utf8"), { uniqueKeys: false }).map((document) => document.toJS() as KubeObject));
  return structuredClone(parsed.get(name)!);
}
