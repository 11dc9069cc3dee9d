import type { LessonDefinition } from "../lesson";
import { calls, entry, myBlog, namespace, versions, workloads } from "./app";
import { blogChecks } from "./checks";
import { blogTasks } from "./tasks";

/**
 * A blog in two versions behind a host name, and two services that show authorization: calls are denied unless a
 * policy allows them.
 */
export const blog = {
  namespace,
  canary: { [myBlog.app]: versions },
  workloads,
  checks: blogChecks,
  tasks: blogTasks,
  component: () => (require("./component") as typeof import("./component")).BlogLesson,
  calls,
  entry,
  card: { command: `curl -s -H "Host: ${entry.host}" $URL/posts` },
} satisfies LessonDefinition;
