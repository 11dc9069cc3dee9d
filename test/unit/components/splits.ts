import fc from "fast-check";

/** Any right split over some of `versions`: whole numbers from 0 that sum to 100, for one version or more. */
export function anySplit(versions: readonly string[]): fc.Arbitrary<Record<string, number>> {
  return fc
    .subarray([...versions], { minLength: 1 })
    .chain((chosen) =>
      fc.tuple(
        fc.constant(chosen),
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: chosen.length - 1, maxLength: chosen.length - 1 }),
      ),
    )
    .map(([chosen, cuts]) => {
      const bounds = [0, ...cuts.sort((a, b) => a - b), 100];
      return Object.fromEntries(chosen.map((version, index) => [version, bounds[index + 1]! - bounds[index]!]));
    });
}
