import * as pulumi from "@pulumi/pulumi";
import { EntryRoutes, ServiceRoutes } from "../mesh/routes";
import { Workload, type WorkloadVersion } from "../workload";
import { catalog } from "./catalog";
import { bookinfoImage } from "./images";
import type { Lesson, LessonArgs } from "./lesson";
import { LessonNamespace } from "./namespace";

/** Istio's own sample with the upstream's names: four services behind the gateway, one of them in three versions. */
export class BookinfoLesson extends pulumi.ComponentResource implements Lesson {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Bookinfo", name, {}, opts);
    const { mesh, canary, bookinfo: policies } = args;
    const { namespace, beforePods: after } = new LessonNamespace(`${name}-namespace`, { namespace: catalog.bookinfo.namespace, mtls: args.mtls, mesh }, { parent: this });
    for (const [app, versions] of Object.entries(apps)) {
      new Workload(`${name}-${app}`, { app, namespace, versions, serviceAccount: `bookinfo-${app}`, port, after }, { parent: this });
    }
    const routed = <App extends keyof typeof apps>(app: App) => {
      const versions = apps[app].map(({ version }) => version);
      return { mesh, namespace, service: app, port: port.service, versions, weights: canary[app], policy: policies[app] };
    };
    new EntryRoutes(`${name}-entry`, { ...routed("productpage"), ...entry }, { parent: this });
    new ServiceRoutes(`${name}-details-routes`, routed("details"), { parent: this });
    new ServiceRoutes(`${name}-ratings-routes`, routed("ratings"), { parent: this });
    const { users, ...policy } = policies.reviews ?? {};
    new ServiceRoutes(`${name}-reviews-routes`, { ...routed("reviews"), policy, users }, { parent: this });

    this.url = pulumi.interpolate`${mesh.gatewayUrl}/productpage`;
    this.registerOutputs({ url: this.url });
  }
}

/** Every service of the sample listens here, in its container as well. */
const port = { service: 9080, container: 9080 };

/** App → its versions. The folders are those that upstream's manifests mount; the Java app of reviews writes its logs and its server there. */
const apps = {
  details: [{ version: "v1", image: bookinfoImage("details", "v1") }],
  ratings: [{ version: "v1", image: bookinfoImage("ratings", "v1") }],
  reviews: catalog.bookinfo.canary.reviews.map((version) => ({
    version,
    image: bookinfoImage("reviews", version),
    env: { LOG_DIR: "/tmp/logs" },
    scratch: ["/tmp", "/opt/ibm/wlp/output"],
  })),
  productpage: [{ version: "v1", image: bookinfoImage("productpage", "v1"), scratch: ["/tmp"] }],
} satisfies Record<string, WorkloadVersion[]>;

/** What the page needs from outside; the other services are called inside the mesh only. */
const entry = {
  gateway: "bookinfo-gateway",
  route: "bookinfo",
  hosts: ["*"],
  routesIn: catalog.bookinfo.namespace,
  paths: [{ exact: "/productpage" }, { prefix: "/static" }, { exact: "/login" }, { exact: "/logout" }, { prefix: "/api/v1/products" }],
};
