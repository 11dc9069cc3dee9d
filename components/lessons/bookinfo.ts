import * as pulumi from "@pulumi/pulumi";
import { Canary, subsets } from "../mesh/canary";
import { gatewaySelector } from "../mesh/istio";
import { meshObject, type MeshObjectArgs } from "../mesh/object";
import { Workload, type WorkloadVersion } from "../workload";
import { catalog } from "./catalog";
import type { Lesson, LessonArgs } from "./lesson";
import { LessonNamespace } from "./namespace";

/** Istio's own sample with the upstream's names: four services behind the gateway, one of them in three versions. */
export class BookinfoLesson extends pulumi.ComponentResource implements Lesson {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Bookinfo", name, {}, opts);
    const { admission, gatewayUrl } = args.mesh;
    const { namespace, beforePods: after } = new LessonNamespace(
      `${name}-namespace`,
      { namespace: catalog.bookinfo.namespace, mtls: args.mtls, mesh: args.mesh },
      { parent: this },
    );
    for (const [app, versions] of Object.entries(apps)) {
      new Workload(`${name}-${app}`, { app, namespace, versions, serviceAccount: `bookinfo-${app}`, port, after }, { parent: this });
    }
    const inMesh = { parent: this, dependsOn: admission };
    meshObject(`${name}-gateway`, { ...gateway, namespace }, inMesh);
    meshObject(`${name}-routes`, { ...routes, namespace }, inMesh);
    for (const app of withoutChoice) {
      const kind = "networking.istio.io/v1 DestinationRule";
      meshObject(`${name}-${app}-subsets`, { kind, name: app, namespace, spec: subsets(app, ["v1"]) }, inMesh);
    }
    const versions = catalog.bookinfo.canary.reviews;
    new Canary(`${name}-reviews-canary`, { service: "reviews", namespace, versions, weights: args.canary.reviews, admission }, { parent: this });

    this.url = pulumi.interpolate`${gatewayUrl}/productpage`;
    this.registerOutputs({ url: this.url });
  }
}

/** Every service of the sample listens here, in its container as well. */
const port = { service: 9080, container: 9080 };

const image = (app: string, version: string) => `docker.io/istio/examples-bookinfo-${app}-${version}:1.20.3`;

/** App → its versions. The folders are those that upstream's manifests mount; the Java app of reviews writes its logs and its server there. */
const apps: Record<string, WorkloadVersion[]> = {
  details: [{ version: "v1", image: image("details", "v1") }],
  ratings: [{ version: "v1", image: image("ratings", "v1") }],
  reviews: catalog.bookinfo.canary.reviews.map((version) => ({
    version,
    image: image("reviews", version),
    env: { LOG_DIR: "/tmp/logs" },
    scratch: ["/tmp", "/opt/ibm/wlp/output"],
  })),
  productpage: [{ version: "v1", image: image("productpage", "v1"), scratch: ["/tmp"] }],
};

/** Services of one version. Their subsets are here, those of reviews are its canary's. */
const withoutChoice = ["productpage", "details", "ratings"];

/** What the gateway listens to … */
const gateway: Omit<MeshObjectArgs, "namespace"> = {
  kind: "networking.istio.io/v1 Gateway",
  name: "bookinfo-gateway",
  spec: { selector: gatewaySelector, servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }] },
};

/** … and what it lets in. */
const routes: Omit<MeshObjectArgs, "namespace"> = {
  kind: "networking.istio.io/v1 VirtualService",
  name: "bookinfo",
  spec: {
    hosts: ["*"],
    gateways: [gateway.name],
    http: [
      {
        match: [
          { uri: { exact: "/productpage" } },
          { uri: { prefix: "/static" } },
          { uri: { exact: "/login" } },
          { uri: { exact: "/logout" } },
          { uri: { prefix: "/api/v1/products" } },
        ],
        route: [{ destination: { host: "productpage", port: { number: port.service } } }],
      },
    ],
  },
};
