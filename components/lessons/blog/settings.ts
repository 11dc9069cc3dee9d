import { isMap } from "../../../base/values";
import { type Given } from "../../given";
import { certificateProblems, type CertificatePair } from "../../mesh/certificate-rules";

export interface BlogSettings {
  /** Whether the pods of my-blog follow its weights, ten in all (9:1 at 90:10); otherwise each version has one. */
  readonly replicasFollowWeights: boolean;
  /** Port 443: shut, open with a certificate that the seat makes itself, or open with this one. */
  readonly https: boolean | CertificatePair;
}

/** The blog's host, as the course calls it. */
export const blogHost = "codewithmsmaxpro.me";

/** Reads `istio-lab:blog`. It may hold a private key, which no message shows. */
export function readBlog(given: Given, now = new Date()): BlogSettings {
  const { https } = given.concealed.fields(["replicasFollowWeights", "https"]);
  return { replicasFollowWeights: given.at("replicasFollowWeights").flag() ?? false, https: readHttps(https, now) };
}

function readHttps(given: Given, now: Date): BlogSettings["https"] {
  if (!isMap(given.value)) return given.flag("true, false, or a map with certificate and key") ?? false;
  const fields = given.fields(["certificate", "key"]);
  const pair = { certificate: fields.certificate.needed.text(/^/, "a certificate in PEM"), key: fields.key.needed.text(/^/, "its private key in PEM") };
  if (pair.certificate === undefined || pair.key === undefined) return pair;
  for (const { field, text, found = "" } of certificateProblems(pair, blogHost, now)) fields[field].refuse(() => (fields[field].isSecret ? text : text + found));
  return pair;
}
