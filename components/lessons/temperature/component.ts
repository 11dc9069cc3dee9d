import * as pulumi from "@pulumi/pulumi";
import { EntryRoutes } from "../../mesh/routes";
import type { Lesson, LessonArgs } from "../lesson";
import { LessonNamespace } from "../namespace";
import { makeWorkloads } from "../workloads";
import { api, namespace, workloads } from "./app";

export class TemperatureLesson extends pulumi.ComponentResource implements Lesson {
  readonly home: LessonNamespace;
  readonly routes: readonly pulumi.Resource[];

  constructor(name: string, { mesh, mtls }: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Temperature", name, {}, opts);
    this.home = new LessonNamespace(`${name}-namespace`, { namespace, mtls, mesh }, { parent: this });
    makeWorkloads(name, workloads, this.home, { parent: this });
    this.routes = [
      new EntryRoutes(`${name}-entry`, { ...route, mesh, namespace: this.home.namespace }, { parent: this }),
    ];
    this.registerOutputs();
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
