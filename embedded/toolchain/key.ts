import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { GoModule } from "./modules";

/**
 * The build flags of every module. They are the same for all, so that the modules share compiled packages.
 *
 * Debug information is left out, and most packages are compiled without inlining (`-l`). Together this saves a third
 * of the work. The most-called packages keep inlining: the standard library, protobuf, grpc and golang.org/x. The
 * last match wins.
 */
export const buildFlags = [
  "-mod=readonly", // go.sum is complete; anything else is an error
  "-trimpath", // the same bytes in every checkout, so that the cache can be shared
  "-buildvcs=false",
  "-pgo=off", // a profile beside one main would keep it from sharing packages with the others
  "-gcflags=all=-dwarf=false -l",
  ...["std", "google.golang.org/...", "golang.org/x/..."].map((fast) => `-gcflags=${fast}=-dwarf=false`),
  // From Istio's Makefile.core.mk, without `vtprotobuf` and `agent`. The first adds a second marshaller to thousands
  // of Envoy messages for speed. The second makes a smaller pilot-agent. With either, istiod and the agent would
  // share less.
  "-tags=disable_pgv,grpcnotrace,retrynotrace",
] as const;

/** The flags for `module`. An additional tag affects only the packages that use it. */
export function flagsOf({ tags = [] }: Pick<GoModule, "tags">): string[] {
  return buildFlags.map((flag) => (flag.startsWith("-tags=") ? [flag, ...tags].join(",") : flag));
}

/** A key of everything that changes the result of `go build` for `module`, as sixteen hex digits. */
export function buildKey(
  { addon: _, onDemand: __, ...module }: GoModule,
  sources: ReadonlyMap<string, string | Buffer>,
): string {
  const hash = createHash("sha256").update(JSON.stringify([module, buildFlags]));
  for (const name of [...sources.keys()].sort()) {
    const content = Buffer.from(sources.get(name)!);
    hash.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

/** The module's go.mod, go.sum and Go files, by path in the module. */
export function readSources(folder: string): Map<string, Buffer> {
  const sources = new Map<string, Buffer>();
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/^go\.(mod|sum)$|\.go$/.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    sources.set(path.relative(folder, file), fs.readFileSync(file));
  }
  return sources;
}
