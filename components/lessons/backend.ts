import * as pulumi from "@pulumi/pulumi";
import { Workload } from "../workload";
import { callerOf } from "./caller";
import { catalog } from "./catalog";
import { images } from "./images";
import type { Lesson, LessonArgs } from "./lesson";
import { LessonNamespace } from "./namespace";

/** Two backends and a client that calls one of them all day: sidecars, identities and mTLS, without any route. */
export class BackendLesson extends pulumi.ComponentResource implements Lesson {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Backend", name, {}, opts);
    const { namespace, beforePods: after } = new LessonNamespace(
      `${name}-namespace`,
      { namespace: catalog.backend.namespace, mtls: args.mtls, mesh: args.mesh },
      { parent: this },
    );
    const workload = { namespace, after };
    new Workload(`${name}-echo`, { ...workload, ...echo }, { parent: this });
    new Workload(`${name}-httpbin`, { ...workload, ...httpbin }, { parent: this });
    new Workload(`${name}-client`, { ...workload, ...client }, { parent: this });

    this.url = pulumi.output(`http://${echo.app}.${catalog.backend.namespace}`);
    this.registerOutputs({ url: this.url });
  }
}

const echo = {
  app: "echo-service",
  versions: [{ version: "v1", deployment: "echo-service", image: images.echo, args: ["-text=Hello from backend service"] }],
  port: { service: 80, container: 5678 },
};

const httpbin = {
  app: "httpbin",
  versions: [{ version: "v1", deployment: "httpbin", image: images.httpbin }],
  port: { service: 8000, container: 8080 },
};

const client = {
  app: "client",
  versions: [{ version: "v1", deployment: "client-deployment", ...callerOf(`http://${echo.app}`) }],
};
