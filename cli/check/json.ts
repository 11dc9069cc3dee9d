import type { CheckSpec } from "../../components/lessons/checks/check";
import type { CheckResult, Evidence, Report } from "./result";

/** A row as a program reads it: what was observed of a failure, and not the check's own data. */
type Row = Omit<CheckResult, "failure"> & { evidence?: Evidence; about?: CheckSpec["about"] };

/** The report as JSON. */
export function json({ results, ...run }: Report): string {
  const count = (status: CheckResult["status"]) => results.filter((result) => result.status === status).length;
  const totals = { passed: count("passed"), failed: count("failed"), placeholder: count("placeholder"), notApplicable: count("not applicable") };
  const rows = results.map(({ failure, ...row }): Row => ({ ...row, ...(failure && { about: failure.check.about, evidence: failure.evidence }) }));
  return `${JSON.stringify({ ...run, totals, results: rows }, undefined, 2)}\n`;
}
