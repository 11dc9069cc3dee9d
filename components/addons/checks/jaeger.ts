import type { Settings } from "../../../config";
import type { CheckSpec } from "../../lessons/checks/check";
import { traceCheck } from "./trace";

export function jaegerChecks(settings: Settings): CheckSpec[] {
  return [traceCheck("jaeger", settings)];
}
