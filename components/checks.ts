import type { Settings } from "../config";
import { addonChecks } from "./addons/checks";
import { lessonChecks } from "./lessons/checks";
import { meshAnalysis } from "./lessons/checks/analysis";
import type { CheckSpec } from "./lessons/checks/check";

/**
 * Returns the checks for a seat with these settings: lesson by lesson in the config's order, then what its addons
 * show of the lessons' traffic, then the mesh itself.
 */
export function checksOf(settings: Settings): CheckSpec[] {
  return [...lessonChecks(settings), ...addonChecks(settings), meshAnalysis(settings)];
}
