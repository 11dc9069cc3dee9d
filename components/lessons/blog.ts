import * as pulumi from "@pulumi/pulumi";
import { ingressNamespace } from "../mesh/gateway";
import { EntryRoutes } from "../mesh/routes";
import type { AllowedCalls } from "../mesh/security";
import type { Weights } from "../mesh/weights";
import { Workload, type WorkloadVersion } from "../workload";
import { BlogCredential } from "./blog-credential";
import { blogHost, type BlogSettings } from "./blog-settings";
import { callerOf } from "./caller";
import { catalog } from "./catalog";
import { images } from "./images";
import type { Lesson, LessonArgs } from "./lesson";
import { LessonNamespace } from "./namespace";
import { blogPods, replicasByWeight } from "./replicas";

/** A blog in two versions behind a host name, and two services that show who may call whom: nothing is allowed that is not said. */
export class BlogLesson extends pulumi.ComponentResource implements Lesson {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Blog", name, {}, opts);
    const { mesh, mtls, blog } = args;
    const weights = args.canary[myBlog.app];
    const { namespace, beforePods: after } = new LessonNamespace(
      `${name}-namespace`,
      { namespace: catalog.blog.namespace, mtls, mesh, allowed },
      { parent: this },
    );
    const workload = { namespace, after };
    new Workload(`${name}-my-blog`, { ...workload, ...myBlog, versions: blogVersions(blog, weights) }, { parent: this });
    new Workload(`${name}-frontend`, { ...workload, ...frontend }, { parent: this });
    new Workload(`${name}-api`, { ...workload, ...api }, { parent: this });
    const https = blog.https === false ? undefined : new BlogCredential(`${name}-credential`, { given: blog.https, mesh }, { parent: this });
    new EntryRoutes(
      `${name}-entry`,
      { ...entry, mesh, namespace, weights, ...(https && { https: { credentialName: https.credentialName }, after: [https] }) },
      { parent: this },
    );

    this.url = mesh.gatewayUrl.apply((gateway) => atHost(gateway, blogHost));
    this.registerOutputs({ url: this.url });
  }
}

const versions = catalog.blog.canary["my-blog"];

const myBlog = { app: "my-blog", port: { service: 80, container: 5678 } };

function blogVersions({ replicasFollowWeights }: BlogSettings, weights: Weights = { [versions[0]]: 100 }): WorkloadVersion[] {
  const replicas = replicasFollowWeights ? replicasByWeight(blogPods, versions, weights) : {};
  return versions.map((version) => ({
    version,
    image: images.echo,
    args: [`-text=my-blog ${version}`],
    replicas: replicas[version],
  }));
}

const api = {
  app: "api",
  versions: [{ version: "v1", image: images.httpbin }],
  port: { service: 80, container: 8080 },
};

const frontend = {
  app: "frontend",
  versions: [{ version: "v1", ...callerOf(`http://${api.app}/get`) }],
};

const allowed: AllowedCalls[] = [
  {
    name: "allow-frontend-to-api",
    to: api.app,
    from: { namespace: catalog.blog.namespace, serviceAccount: frontend.app },
    methods: ["GET", "POST"],
  },
  // By its namespace, and not its service account: that one has another name with the Gateway API.
  { name: "allow-gateway-to-my-blog", to: myBlog.app, from: { namespace: ingressNamespace } },
];

const entry = {
  gateway: "my-blog-gateway",
  route: myBlog.app,
  hosts: [blogHost],
  routesIn: catalog.blog.namespace,
  service: myBlog.app,
  port: myBlog.port.service,
  versions,
};

/** `address` by another host's name, on the same port. */
function atHost(address: string, host: string): string {
  const url = new URL(address);
  url.hostname = host;
  return url.href;
}
