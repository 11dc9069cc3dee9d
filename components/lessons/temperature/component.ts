import * as pulumi from "@pulumi/pulumi";
import { EntryRoutes } from "../../mesh/routes";
import type { Lesson, LessonArgs } from "../lesson";
import { LessonNamespace } from "../namespace";
import { makeWorkloads } from "../workloads";
import { api, entry, namespace, workloads } from "./app";

export class TemperatureLesson extends pulumi.ComponentResource implements Lesson {
  readonly url: pulumi.Output<string>;

  constructor(name: string, { mesh, mtls }: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Temperature", name, {}, opts);
    const home = new LessonNamespace(`${name}-namespace`, { namespace, mtls, mesh }, { parent: this });
    makeWorkloads(name, workloads, home, { parent: this });
    new EntryRoutes(`${name}-entry`, { ...route, mesh, namespace: home.namespace }, { parent: this });

    this.url = pulumi.interpolate`${mesh.gatewayUrl}${entry.path}`;
    this.registerOutputs({ url: this.url });
  }
}

const route = {
  gateway: "api-gateway",
  route: api.app,
  hosts: ["*"],
  routesIn: namespace,
  paths: [{ exact: "/" }],
  service: api.app,
  port: api.port.service,
};
