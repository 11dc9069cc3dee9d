import * as pulumi from "@pulumi/pulumi";
import { EntryRoutes } from "../../mesh/routes";
import type { Lesson, LessonArgs } from "../lesson";
import { LessonNamespace } from "../namespace";
import { makeWorkloads } from "../workloads";
import { allowed, myBlog, namespace, versions, workloads } from "./app";
import { BlogCredential } from "./credential";
import { blogHost } from "./settings";

export class BlogLesson extends pulumi.ComponentResource implements Lesson {
  readonly home: LessonNamespace;
  readonly routes: readonly pulumi.Resource[];

  constructor(name: string, { mesh, mtls, blog, canary }: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Blog", name, {}, opts);
    this.home = new LessonNamespace(`${name}-namespace`, { namespace, mtls, mesh, allowed }, { parent: this });
    makeWorkloads(name, workloads({ blog, canary }), this.home, { parent: this });
    const https =
      blog.https === false
        ? undefined
        : new BlogCredential(`${name}-credential`, { given: blog.https, mesh }, { parent: this });
    const entry = new EntryRoutes(
      `${name}-entry`,
      {
        ...route,
        mesh,
        namespace: this.home.namespace,
        weights: canary[myBlog.app],
        ...(https && { https: { credentialName: https.credentialName }, after: [https] }),
      },
      { parent: this },
    );

    this.routes = [entry];
    this.registerOutputs();
  }
}

const route = {
  gateway: "my-blog-gateway",
  route: myBlog.app,
  hosts: [blogHost],
  routesIn: namespace,
  service: myBlog.app,
  port: myBlog.port.service,
  versions,
};
