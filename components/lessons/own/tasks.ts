import type { TaskSpec } from "../tasks/task";
import { objectsWanted, podsWanted } from "./checks";
import type { OwnLesson } from "./read";

/** Converts the tasks of checks.yaml. */
export function ownTasks(lesson: OwnLesson): TaskSpec[] {
  const { name: own, namespace } = lesson;
  return lesson.tasks.map((task) => {
    const { name, title, hint, section, after } = task;
    return {
      lesson: own,
      namespace,
      name: `${own}-${name}`,
      title,
      hints: typeof hint === "string" ? [hint] : hint,
      ...(section !== undefined && { section }),
      ...(after !== undefined && { after: `${own}-${after}` }),
      ...(task.kind === "pods" ? podsWanted(task, lesson) : objectsWanted(task, lesson)),
    };
  });
}
