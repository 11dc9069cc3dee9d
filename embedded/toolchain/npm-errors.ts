/** Explains in one sentence why npm failed and what to do. Adds the end of its output if the reason is unknown. */
export function explainNpm(doing: string, output: string): string {
  const errors = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^npm (error|ERR!)/.test(line));
  const known = reasons.find(([pattern]) => pattern.test(output));
  const detail = known ? errors.find((line) => known[0].test(line)) : undefined;
  // npm's last line names its log file, which repeats the error at length.
  const said = detail ?? (errors.length > 0 ? errors : output.trim().split("\n")).slice(-5).join("\n  ");
  return `${doing} failed${known ? `: ${known[1]}` : "."}${said ? `\n  ${said}` : ""}`;
}

/** Shown if there is no `npm` at all. */
export const noNpm =
  "npm is not installed (no `npm` on PATH). It comes with Node.js: install that with npm, open a new shell, and run the same command again.";

// Tried in this order: the first match is the cause, and later ones may be its consequences.
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /ENOSPC|EDQUOT|no space left on device/i,
    "the disk is full. The packages take 500 MB while the pages are bundled. Make room, then run the same command again.",
  ],
  [
    /EINTEGRITY|integrity checksum failed/i,
    "a package differs from package-lock.json, and nothing was bundled. `npm cache clean --force` removes a broken download. " +
      "Otherwise ask whoever runs your package mirror (`npm config get registry`).",
  ],
  [
    /ENOTCACHED/i,
    "npm is set to work offline, and a package was never downloaded. Remove that setting (`npm config get offline`), then run the same command again.",
  ],
  [
    /EUSAGE|can only install packages when your package\.json and package-lock\.json/i,
    "package.json and package-lock.json do not match. Restore both as they were committed (git status, git checkout).",
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)|CERT_|certificate/i,
    "the npm registry's certificate is not trusted here. Set your network's CA by `npm config set cafile FILE`, then run the same command again.",
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR|network/i,
    "the npm registry cannot be reached. Check the network (`npm config get registry`, HTTPS_PROXY), then run the same command again; what is already downloaded is kept.",
  ],
  [
    /\bE(40[134]|429|5\d\d)\b|ETARGET|\b(40[134]|429|50\d) [A-Z]/,
    "the npm registry refuses a package. Check `npm config get registry`: it must serve the versions of package-lock.json.",
  ],
  [
    /EACCES|EPERM/i,
    "npm cannot write to its cache (`npm config get cache`). Give that folder to this user, then run the same command again.",
  ],
];
