import type { Settings } from "../config";
import { addonChecks } from "./addons/checks";
import { lessonChecks } from "./lessons/checks";
import type { CheckSpec } from "./lessons/checks/check";

/** What a seat with these settings has to show: lesson by lesson in the order of the config, then what its addons make of the lessons' traffic. */
export function checksOf(settings: Settings): CheckSpec[] {
  return [...lessonChecks(settings), ...addonChecks(settings)];
}
