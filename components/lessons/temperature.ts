import * as pulumi from "@pulumi/pulumi";
import { EntryRoutes } from "../mesh/routes";
import { Workload } from "../workload";
import { catalog } from "./catalog";
import { images } from "./images";
import type { Lesson, LessonArgs } from "./lesson";
import { LessonNamespace } from "./namespace";

/** A converter of temperatures: HTTP in front, gRPC behind it, whose port's name tells Istio that it is HTTP/2. */
export class TemperatureLesson extends pulumi.ComponentResource implements Lesson {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Temperature", name, {}, opts);
    const { mesh, mtls } = args;
    const { namespace, beforePods: after } = new LessonNamespace(
      `${name}-namespace`,
      { namespace: catalog.temperature.namespace, mtls, mesh },
      { parent: this },
    );
    new Workload(`${name}-api`, { ...api, namespace, after }, { parent: this });
    new Workload(`${name}-service`, { ...service, namespace, after }, { parent: this });
    new EntryRoutes(`${name}-entry`, { ...entry, mesh, namespace }, { parent: this });

    this.url = pulumi.interpolate`${mesh.gatewayUrl}/?from=Celsius&to=Kelvin&temperature=150`;
    this.registerOutputs({ url: this.url });
  }
}

/** Limits as the course teaches them: a pod that wants more CPU waits, one that wants more memory is killed. */
const resources = { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "256Mi" } };

/** It finds its gRPC backend by the names below, without being told. */
const api = {
  app: "temperature-api",
  versions: [{ version: "v1", image: images.temperatureApi, resources }],
  port: { service: 3000, container: 3000 },
};

const service = {
  app: "temperature-service",
  versions: [{ version: "v1", image: images.temperatureService, resources }],
  port: { service: 8080, container: 8080, name: "grpc" as const },
};

const entry = {
  gateway: "api-gateway",
  route: api.app,
  hosts: ["*"],
  routesIn: catalog.temperature.namespace,
  paths: [{ exact: "/" }],
  service: api.app,
  port: api.port.service,
};
