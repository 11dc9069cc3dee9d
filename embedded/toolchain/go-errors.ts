/** Explains in one sentence why Go failed and what to do. Adds the end of its output if the reason is unknown. */
export function explainGo(doing: string, output: string): string {
  const known = reasons.find(([pattern]) => pattern.test(output));
  const detail = known ? lines(output).find((line) => known[0].test(line)) : undefined;
  const said = detail ?? lines(output).slice(-12).join("\n  ");
  return `${doing} failed${known ? `: ${known[1]}` : "."}${said ? `\n  ${said}` : ""}`;
}

/** Shown if there is no `go` at all. */
export const noGo =
  "Go is not installed (no `go` on PATH). Install Go 1.26 or newer, open a new shell, and run the same command again.";

// Tried in this order: the first match is the cause, and later ones may be its consequences.
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /no space left on device|disk quota exceeded/i,
    "the disk is full. The whole toolchain takes about 8 GB (module cache, build cache, programs); " +
      "`go clean -cache` frees the build cache. Then run the same command again.",
  ],
  [
    /go\.mod requires go >= |requires go >= \d|invalid go version|unknown directive: tool|toolchain not available/i,
    "this Go is too old: Kubernetes and Istio of this lab need Go 1.26. Install Go 1.26 or newer and run again.",
  ],
  [
    /SECURITY ERROR|checksum mismatch/i,
    "a module differs from go.sum, and nothing was built from it. " +
      "Check GOPROXY (`go env GOPROXY`). `go clean -modcache` removes a broken download.",
  ],
  [
    /missing go\.sum entry|updates to go\.mod needed/i,
    "go.mod and go.sum do not match. Restore both as they were committed (git status, git checkout).",
  ],
  [
    /dial tcp|i\/o timeout|connection re(fused|set)|no such host|TLS handshake|proxyconnect|x509: |network is unreachable/i,
    "the Go module registry cannot be reached. Check the network (and GOPROXY, HTTPS_PROXY, CA certificates), then run again; " +
      "what is already downloaded is kept.",
  ],
  [
    /: (40[0-9]|410|429|50[0-9]) [A-Z]|reading https?:\/\/.*: 4\d\d|unrecognized import path/,
    "the Go module registry refuses a module. Check GOPROXY (`go env GOPROXY`): it must serve the versions of go.sum.",
  ],
  [
    /signal: killed|cannot allocate memory|out of memory/i,
    "the compiler ran out of memory. Close something, or add swap: the largest packages need about 2 GB. Then run again.",
  ],
];

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
