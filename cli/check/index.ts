export { runChecks, type CheckOptions, type Progress } from "./run";
export type { CheckResult, Evidence, Failure, Hint, LogLine, Report, Status } from "./result";
