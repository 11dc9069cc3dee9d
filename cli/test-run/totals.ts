/** The parts of vitest's JSON report that are read here. */
export interface Totals {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

/** The closing lines of a run, and whether it proves anything. */
export interface Closing {
  readonly lines: readonly string[];
  readonly isGreen: boolean;
}

/**
 * Returns the totals of a run as its last lines. A test that began and did not end counts as failed, because vitest
 * counts it nowhere where its worker died. An error that belongs to no test counts as one failure.
 * @param code vitest's exit code
 */
export function closing(totals: Totals, code: number): Closing {
  const { numPassedTests: passed, numFailedTests: failed, success } = totals;
  const skipped = totals.numPendingTests + totals.numTodoTests;
  const lost = Math.max(0, totals.numTotalTests - passed - failed - skipped);
  const other = code !== 0 && failed + lost === 0;
  const all = other ? 1 : failed + lost;
  const notes = [
    ...(lost > 0 ? [`${lost} ${lost === 1 ? "test" : "tests"} did not end: vitest's message above says why.`] : []),
    ...(other ? [`No test failed, but vitest ended with ${code}: its message above says why.`] : []),
  ];
  return {
    lines: [...notes, `${passed} passed, ${all} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`],
    isGreen: code === 0 && success && passed > 0 && all === 0,
  };
}
