import { images } from "../../../versions";
import type { LessonDefinition } from "../lesson";
import { api, entry, namespace, service, workloads } from "./app";
import { temperatureChecks } from "./checks";
import { temperatureTasks } from "./tasks";

/** A temperature converter: HTTP in front, gRPC behind. */
export const temperature = {
  namespace,
  canary: {},
  workloads: () => workloads,
  checks: temperatureChecks,
  tasks: temperatureTasks,
  component: () => (require("./component") as typeof import("./component")).TemperatureLesson,
  calls: [{ from: api.app, to: service.app }],
  entry,
  card: { command: `curl -s "$URL${entry.path}"`, label: "Temperature" },
  amd64Only: [images.temperatureApi, images.temperatureService],
} satisfies LessonDefinition;
