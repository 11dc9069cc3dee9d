import { images } from "../../../versions";
import type { LessonEntry, LessonWorkload } from "../lesson";

export const namespace = "temperature";

/**
 * Limits as the course teaches them. A pod that wants more CPU is throttled; one that wants more memory is killed.
 */
const resources = { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "256Mi" } };

/** It finds its gRPC backend by the names below, without any setting. */
export const api = {
  app: "temperature-api",
  resource: "api",
  versions: [{ version: "v1", image: images.temperatureApi, resources }],
  port: { service: 3000, container: 3000 },
} satisfies LessonWorkload;

/** The port's name tells Istio that it is HTTP/2. */
export const service = {
  app: "temperature-service",
  resource: "service",
  versions: [{ version: "v1", image: images.temperatureService, resources }],
  port: { service: 8080, container: 8080, name: "grpc" },
} satisfies LessonWorkload;

export const workloads: readonly LessonWorkload[] = [api, service];

export const entry = {
  path: "/?from=Celsius&to=Kelvin&temperature=150",
  app: api.app,
  answer: "423.15",
} satisfies LessonEntry;
