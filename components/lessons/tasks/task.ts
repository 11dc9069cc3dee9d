import type { CheckBase, ClaimCheck, ObjectsCheck, PodsCheck } from "../checks/check";

/**
 * Something that a lesson's page asks a trainee to do, as pure data. It is done once its check has passed, and stays
 * done when the trainee goes on.
 */
export type TaskSpec = TaskBase & TaskKind;

/**
 * How a task is seen to be done. These kinds only read objects. A class asks them again and again, and that must not
 * show up in the traffic that a trainee looks at.
 */
export type TaskKind = ObjectsCheck | PodsCheck | ClaimCheck;

export interface TaskBase extends Pick<CheckBase, "name" | "lesson"> {
  /** What to do, as an order: `Send half of the requests to v2`. `name` is unique among all checks and tasks. */
  readonly title: string;
  readonly namespace: string;
  /** Steps of help. The last one is the solution, for course lessons as a command. */
  readonly hints: readonly string[];
  /** Heading in the lesson's page. @default the whole page */
  readonly section?: string;
  /** Further facts without which it is not done. @default none */
  readonly also?: readonly TaskKind[];
  /**
   * Name of the task that comes before. A task that puts something right would be done from the start without it.
   * @default the task can be done at any time
   */
  readonly after?: string;
}

/** An object that a task wants. */
export type WantedObject = ObjectsCheck["wanted"][number];
