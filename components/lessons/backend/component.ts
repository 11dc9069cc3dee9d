import * as pulumi from "@pulumi/pulumi";
import type { Lesson, LessonArgs } from "../lesson";
import { LessonNamespace } from "../namespace";
import { makeWorkloads } from "../workloads";
import { namespace, url, workloads } from "./app";

/** The client asks within the mesh: there is no route. */
export class BackendLesson extends pulumi.ComponentResource implements Lesson {
  readonly url: pulumi.Output<string>;

  constructor(name: string, { mesh, mtls }: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Backend", name, {}, opts);
    const home = new LessonNamespace(`${name}-namespace`, { namespace, mtls, mesh }, { parent: this });
    makeWorkloads(name, workloads, home, { parent: this });

    this.url = pulumi.output(url);
    this.registerOutputs({ url: this.url });
  }
}
