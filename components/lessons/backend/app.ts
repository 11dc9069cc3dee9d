import { callerOf } from "../caller";
import { images } from "../../../versions";
import type { LessonWorkload } from "../lesson";

export const namespace = "client";

const echo: LessonWorkload = {
  app: "echo-service",
  resource: "echo",
  versions: [
    { version: "v1", deployment: "echo-service", image: images.echo, args: ["-text=Hello from backend service"] },
  ],
  port: { service: 80, container: 5678 },
};

const httpbin: LessonWorkload = {
  app: "httpbin",
  versions: [{ version: "v1", deployment: "httpbin", image: images.httpbin }],
  port: { service: 8000, container: 8080 },
};

const client: LessonWorkload = {
  app: "client",
  versions: [{ version: "v1", deployment: "client-deployment", ...callerOf(`http://${echo.app}`) }],
};

export const workloads: readonly LessonWorkload[] = [echo, httpbin, client];

/** The URL that the client calls, and who calls whom. */
export const url = `http://${echo.app}.${namespace}`;
export const calls = [{ from: client.app, to: echo.app }];
