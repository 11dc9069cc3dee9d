import { onStack } from "../../base/advice";
import { plainNumber } from "../../base/number";
import { UserError } from "../../base/errors";
import { lessonCalled, lessonNames, lessonOf, type LessonName } from "../../components/lessons/catalog";
import { trafficLessons } from "./seat";

/** The command's options as typed. */
export interface TrafficOptions {
  rate: string;
  duration: string;
  lesson?: string;
  json?: boolean;
  stack?: string;
}

/** The valid ranges of `--rate` and `--duration`; both accept decimals. */
export const limits = {
  rate: { min: 1, max: 1000, unit: "requests a second" },
  duration: { min: 1, max: 3600, unit: "seconds" },
} as const;

/** Parses the options. @throws {UserError} with every problem: the option's name, its value, and what is valid */
export function readOptions(given: TrafficOptions): { rate: number; duration: number; lesson?: string } {
  const problems: string[] = [];
  const number = (name: keyof typeof limits) => {
    const { min, max, unit } = limits[name];
    const text = given[name];
    const value = plainNumber(text) ?? Number.NaN;
    if (!(value >= min && value <= max))
      problems.push(
        `--${name} ${/^[!-~]+$/.test(text) ? text : JSON.stringify(text)}: must be a number of ${unit} from ${min} to ${max}.`,
      );
    return value;
  };
  const options = {
    rate: number("rate"),
    duration: number("duration"),
    lesson: given.lesson,
  };
  const called = given.lesson === undefined ? undefined : lessonCalled(given.lesson, lessonNames);
  if (given.lesson === "" || (called !== undefined && lessonOf(called).entry === undefined))
    problems.push(
      `--lesson ${given.lesson || '""'}: this lesson is not reached through the gateway; valid: ${trafficLessons(lessonNames).join(", ")}, and lessons of one's own with an entry.`,
    );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return options;
}

/** Returns the lesson to send requests to: the named one, or the stack's first in the order of the course. */
export function chooseLesson(named: string | undefined, installed: readonly string[], stack: string): LessonName {
  const reached = trafficLessons(installed);
  const has =
    reached.length > 0
      ? `the gateway leads to its lessons ${reached.join(", ")}`
      : "none of its lessons is reached through the gateway";
  if (named === undefined && reached.length > 0) return reached[0]!;
  const called = named === undefined ? undefined : lessonCalled(named, reached);
  if (called !== undefined) return called;
  const missing = named === undefined ? "there is nothing to send traffic to" : `it does not have the lesson ${named}`;
  throw new UserError(
    `Stack ${stack}: ${missing}; ${has}. Add a lesson to istio-lab:lessons in Pulumi.${stack}.yaml and run \`${onStack(stack, "npm run up")}\`.`,
  );
}
