/** Returns less than 0 where `a` is older. Both are three numbers, without v. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  return left.map((part, index) => part - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** `1.33` of `1.33.1`. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
