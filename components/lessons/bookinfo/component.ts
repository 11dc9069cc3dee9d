import * as pulumi from "@pulumi/pulumi";
import { EntryRoutes, ServiceRoutes } from "../../mesh/routes";
import type { Lesson, LessonArgs } from "../lesson";
import { LessonNamespace } from "../namespace";
import { makeWorkloads } from "../workloads";
import { apps, entry, namespace, port, workloads } from "./app";

export class BookinfoLesson extends pulumi.ComponentResource implements Lesson {
  readonly home: LessonNamespace;
  readonly routes: readonly pulumi.Resource[];

  constructor(
    name: string,
    { mesh, mtls, canary, bookinfo: policies }: LessonArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("istio-lab:lessons:Bookinfo", name, {}, opts);
    this.home = new LessonNamespace(`${name}-namespace`, { namespace, mtls, mesh }, { parent: this });
    makeWorkloads(name, workloads, this.home, { parent: this });
    const routed = <App extends keyof typeof apps>(app: App) => {
      const versions = apps[app].map(({ version }) => version);
      return {
        mesh,
        namespace: this.home.namespace,
        service: app,
        port: port.service,
        versions,
        weights: canary[app],
        policy: policies[app],
      };
    };
    const { users, ...policy } = policies.reviews ?? {};
    this.routes = [
      new EntryRoutes(`${name}-entry`, { ...routed("productpage"), ...route }, { parent: this }),
      new ServiceRoutes(`${name}-details-routes`, routed("details"), { parent: this }),
      new ServiceRoutes(`${name}-ratings-routes`, routed("ratings"), { parent: this }),
      new ServiceRoutes(`${name}-reviews-routes`, { ...routed("reviews"), policy, users }, { parent: this }),
    ];
    this.registerOutputs();
  }
}

/** Paths that the page needs from outside. The other services are only called inside the mesh. */
const route = {
  gateway: "bookinfo-gateway",
  route: "bookinfo",
  hosts: ["*"],
  routesIn: namespace,
  paths: [
    { exact: entry.path },
    { prefix: "/static" },
    { exact: "/login" },
    { exact: "/logout" },
    { prefix: "/api/v1/products" },
  ],
};
