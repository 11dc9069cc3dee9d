import { ingressNamespace } from "../../mesh/gateway";
import type { AllowedCalls } from "../../mesh/security";
import { callerOf } from "../caller";
import { images } from "../../../versions";
import type { LessonEntry, LessonSettings, LessonWorkload } from "../lesson";
import { blogPods, replicasByWeight } from "./replicas";
import { blogHost } from "./settings";

export const namespace = "blog";
export const versions = ["v1", "v2"] as const;

export const myBlog = { app: "my-blog", port: { service: 80, container: 5678 } };

const api: LessonWorkload = {
  app: "api",
  versions: [{ version: "v1", image: images.httpbin }],
  port: { service: 80, container: 8080 },
};

const frontend: LessonWorkload = {
  app: "frontend",
  versions: [{ version: "v1", ...callerOf(`http://${api.app}/get`) }],
};

export function workloads({ blog, canary }: Pick<LessonSettings, "blog" | "canary">): LessonWorkload[] {
  const replicas = replicasOf({ blog, canary });
  const blogs = versions.map((version) => ({
    version,
    image: images.echo,
    args: [`-text=my-blog ${version}`],
    replicas: replicas[version],
  }));
  return [{ ...myBlog, versions: blogs }, frontend, api];
}

/** Returns the number of pods for each version of my-blog. */
export function replicasOf({
  blog,
  canary,
}: Pick<LessonSettings, "blog" | "canary">): Readonly<Record<string, number>> {
  return blog.replicasFollowWeights ? replicasByWeight(blogPods, versions, weightsOf(canary)) : {};
}

export function weightsOf(canary: LessonSettings["canary"]): Readonly<Record<string, number>> {
  return canary[myBlog.app] ?? { [versions[0]]: 100 };
}

export const calls = [{ from: frontend.app, to: api.app }];

export const allowed: AllowedCalls[] = [
  {
    name: "allow-frontend-to-api",
    to: api.app,
    from: { namespace, serviceAccount: frontend.app },
    methods: ["GET", "POST"],
  },
  // Allows the gateway's whole namespace, because its service account has another name with the Gateway API.
  { name: "allow-gateway-to-my-blog", to: myBlog.app, from: { namespace: ingressNamespace } },
];

export const entry = {
  path: "/",
  host: blogHost,
  app: myBlog.app,
  answer: "my-blog v",
  traffic: { path: "/", versionOf: (body) => /^my-blog (v\d+)\s*$/.exec(body)?.[1] },
} satisfies LessonEntry;
