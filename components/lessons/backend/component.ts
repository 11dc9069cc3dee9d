import * as pulumi from "@pulumi/pulumi";
import type { Lesson, LessonArgs } from "../lesson";
import { LessonNamespace } from "../namespace";
import { makeWorkloads } from "../workloads";
import { namespace, workloads } from "./app";

/** The client calls inside the mesh, so there is no route. */
export class BackendLesson extends pulumi.ComponentResource implements Lesson {
  readonly home: LessonNamespace;
  readonly routes: readonly pulumi.Resource[];

  constructor(name: string, { mesh, mtls }: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Backend", name, {}, opts);
    this.home = new LessonNamespace(`${name}-namespace`, { namespace, mtls, mesh }, { parent: this });
    makeWorkloads(name, workloads, this.home, { parent: this });
    this.routes = [];
    this.registerOutputs();
  }
}
