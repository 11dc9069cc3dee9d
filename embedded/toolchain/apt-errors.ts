/** Explains in one sentence why apt failed and what to do, and adds apt's own messages. */
export function explainApt(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const known = reasons.find(([pattern]) => pattern.test(output));
  const detail = known ? lines.find((line) => known[0].test(line)) : undefined;
  const said =
    detail ??
    lines
      .filter((line) => /^[EW]:/.test(line))
      .slice(-6)
      .join("\n  ");
  return `Installing Debian packages failed${known ? `: ${known[1]}` : "."}${said ? `\n  ${said}` : ""}`;
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /Could not get lock|Unable to (acquire|lock)|is another process using it/i,
    "another package manager is at work. Wait until it has finished, or end it. Then run the same command again.",
  ],
  [
    /dpkg was interrupted/i,
    "an earlier installation was interrupted. Run `dpkg --configure -a`, then the same command again.",
  ],
  [
    /No space left on device|don't have enough free space/i,
    "the disk is full. Free some space (`apt-get clean`), then run the same command again.",
  ],
  [
    /need to be removed but remove is disabled/i,
    "one of this machine's packages would have to be removed, which only you can decide. " +
      "`apt-get install --simulate` with the packages above shows which one.",
  ],
  [
    /Unable to locate package|has no installation candidate|Couldn't find any package/i,
    "this system's package sources do not have a package. Debian 12 and Ubuntu 24.04 (with universe) do; check /etc/apt.",
  ],
  [
    /Failed to fetch|Could not (resolve|connect)|Temporary failure resolving|Connection (failed|timed out|refused)|\b40[0-9] +\w/i,
    "the package sources cannot be reached or refuse. Check the network and /etc/apt, then run the same command again.",
  ],
  [
    /unmet dependencies|held broken packages/i,
    "packages of this machine conflict. `apt-get -f install` repairs that; then run the same command again.",
  ],
];
