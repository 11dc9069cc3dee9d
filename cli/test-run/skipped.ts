/** A test that the machine could not run. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

/**
 * The skipped tests by reason; empty where no test was skipped for a reason. Tests that a filter (`-t`) excluded have
 * none.
 */
export function skippedText(
  files: readonly { readonly file: string; readonly skipped?: readonly Skipped[] }[],
): string {
  const places = files.flatMap(({ file, skipped = [] }) => skipped.map(({ reason }) => ({ file, reason })));
  if (places.length === 0) return "";
  const lines = [...new Set(places.map(({ reason }) => reason))].sort().flatMap((reason) => {
    const its = places.filter((place) => place.reason === reason).map(({ file }) => file);
    const counted = [...new Set(its)].sort().map((file) => `${file} (${its.filter((other) => other === file).length})`);
    return `  ${reason}: ${counted.join(", ")}`;
  });
  return ["Skipped:", ...lines].join("\n");
}
