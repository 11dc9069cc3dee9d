import { ourCurl, recordedCurl } from "./engine";
import { Call, Json, urnName } from "./recording";

/** Values of one sitting: they differ from run to run of the official plugin too. */
const volatile = new Set([
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "time",
  "lastTransitionTime",
  "lastUpdateTime",
  "clusterIP",
  "generation",
  "observedGeneration",
]);

/** Fields the recorded Kubernetes (1.34) did not have. */
const newer = new Set(["terminatingReplicas"]);

/** An answer without what belongs to one sitting, one cluster or one machine. */
export function normalised(v: Json, key = ""): Json {
  if (volatile.has(key)) return `<${key}>`;
  if (key === "clusterIPs") return ["<clusterIP>"];
  if (typeof v === "string") return text(v);
  if (Array.isArray(v)) {
    const all = v.map((x) => normalised(x));
    // Conditions and owners of fields stand in the order in which controllers were quick.
    if (key === "conditions") return all.sort(by((c) => c.type));
    if (key === "managedFields")
      return all
        .map(({ fieldsV1, ...entry }) => ({ ...entry, fieldsV1: owned(fieldsV1) }))
        .sort(by((e) => `${e.manager} ${e.operation} ${e.subresource}`));
    return all;
  }
  if (v === null || typeof v !== "object") return v;
  return Object.fromEntries(
    Object.entries(v)
      .filter(([k]) => !newer.has(k))
      .map(([k, x]) => [k, normalised(x, k)]),
  );
}

/** Newer controllers own status fields that older ones did not have. */
function owned(fields: Json): Json {
  const { "f:status": status, ...rest } = fields;
  return status ? { ...rest, "f:status": "<status>" } : rest;
}

const by =
  <T>(name: (v: T) => string) =>
  (a: T, b: T): number =>
    name(a).localeCompare(name(b));

/** A text without generated names, hashes, ports, addresses and durations. */
export function text(s: string): string {
  return s
    .replaceAll(ourCurl, recordedCurl)
    .replace(/https:\/\/[^/"\\]+:\d+/g, "https://<node>:6443")
    .replace(/dial tcp [^\s:"\\]+:\d+/g, "dial tcp <node>:6443")
    .replace(/\bpulumi-kubernetes-[0-9a-f]{8}\b/g, "pulumi-kubernetes-<hash>")
    .replace(/\bauto-[0-9a-f]{8}\b/g, "auto-<hash>")
    .replace(/\b(web|immut|stuck)-[0-9a-z]{8,10}-[0-9a-z]{5}\b/g, "$1-<hash>-<pod>")
    .replace(/\b(web|immut)-[0-9a-f]{8,10}\b/g, "$1-<hash>")
    .replace(/\((\d+(\.\d+)?)s\)/g, "(<t>s)");
}

/** How one call is recognised in both runs: what was asked, of which resource, for the how-manieth time. */
export function keyed(calls: Call[]): Map<string, Call> {
  const seen = new Map<string, number>();
  const out = new Map<string, Call>();
  for (const c of calls) {
    const key = `${c.method}${c.request.preview ? " (preview)" : ""} ${urnName(c.request.urn ?? "")}`;
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    out.set(n > 1 ? `${key} #${n}` : key, c);
  }
  return out;
}

/** What of an answer has to be the same. */
export function answer(c: Call): Json {
  const { response: r = {}, errors } = c;
  if (errors) return { errors: errors.map(text) };
  if (c.method === "CheckConfig") return { inputs: Object.keys(r.inputs).sort() };
  if (c.method === "Diff" || c.method === "DiffConfig") {
    const sorted = (list: string[] | undefined): string[] => [...(list ?? [])].sort();
    return { ...r, replaces: sorted(r.replaces), diffs: sorted(r.diffs), detailedDiff: r.detailedDiff ?? {} };
  }
  return normalised(r);
}

/** The lines of the CLI's output that say what was done: operations in a preview, the summary, the errors. */
export function summary(output: string): string[] {
  const lines = output.split("\n");
  const at = lines.findLastIndex((l) => l === "Resources:");
  const end = lines.findIndex((l, i) => i > at && l.trim() === "");
  return lines.slice(at, end < 0 ? undefined : end).map((l) => l.trim());
}

/** The errors under "Diagnostics" (or in a diff's text), each once, sorted: resources fail side by side. */
export function errors(output: string): string[] {
  const wanted = /^\s*(error: |\* |\[Minimum|Minimum number|\[Pod )/;
  const all = output
    .split("\n")
    .filter((l) => wanted.test(l))
    .map((l) => text(l.trim()));
  return [...new Set(all)].sort();
}

/** The lines of a `preview --diff` that show a change, sorted: resources come in any order. */
export function diffLines(output: string): string[] {
  if (!output.startsWith("Previewing update") || output.includes("@ previewing")) return [];
  return output
    .split("\n")
    .filter((l) => /^\s*([~+]|-|\+-)\s?\S/.test(l))
    .map((l) => text(l.trim()))
    .sort();
}

/** What was said of a resource while it was worked on, as far as it does not depend on who was quicker. */
export function progress(output: string): string[] {
  const line =
    /^ \S+\s+(kubernetes:\S+ \S+) .*?((?:Service|Deployment) initialization complete|\[1\/3\] Finding Pods to direct traffic to|Retry #\d+; .*)$/;
  const said = output.split("\n").flatMap((l) => {
    const [, resource, message] = line.exec(l) ?? [];
    return resource ? [text(`${resource}: ${message}`)] : [];
  });
  return [...new Set(said)].sort();
}
