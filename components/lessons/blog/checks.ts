import { X509Certificate } from "node:crypto";
import type { CheckSpec } from "../checks/check";
import { showEntry, showPods, showPolicies } from "../checks/commands";
import { plaintextCheck } from "../checks/plaintext";
import { images } from "../../../versions";
import type { LessonSettings } from "../lesson";
import { namespace, replicasOf, versions, weightsOf } from "./app";
import { blogHost } from "./settings";

const lesson = "blog";
const frontend = { namespace, app: "frontend", container: "frontend" };

export function blogChecks(settings: LessonSettings): CheckSpec[] {
  const { gatewayApi } = settings;
  const weights = weightsOf(settings.canary);
  const lookAt = showEntry(namespace, gatewayApi);
  const replicas = replicasOf(settings);
  return [
    {
      kind: "pods",
      lesson,
      name: "blog-pods",
      title: "frontend and api have their sidecars",
      about: { namespace, services: ["frontend", "api"], aspects: ["pods", "sidecar"] },
      lookAt: showPods(namespace),
      images: [images.httpbin, images.curl],
      apps: ["frontend", "api"].map((app) => ({ app, version: "v1", pods: 1 })),
    },
    {
      kind: "pods",
      lesson,
      name: "blog-replicas",
      title: settings.blog.replicasFollowWeights
        ? "my-blog has pods by the weights"
        : "my-blog has a pod of each version",
      about: { namespace, services: ["my-blog"], aspects: ["pods", "sidecar"] },
      lookAt: showPods(namespace),
      images: [images.echo],
      apps: versions.map((version) => ({ app: "my-blog", version, pods: replicas[version] ?? 1 })),
    },
    {
      kind: "answer",
      lesson,
      name: "blog-host",
      title: "the blog answers for its host, and for no other",
      about: {
        namespace,
        services: ["my-blog"],
        aspects: ["gateway", "route", "authorization", "pods", "mtls", "protocol"],
      },
      lookAt,
      images: [images.echo],
      cases: [
        { path: "/", host: blogHost, status: 200, body: { text: "my-blog v" }, words: blogHost },
        // No other lesson routes this path.
        { path: "/posts", host: blogHost, status: 200, body: { text: "my-blog v" }, words: `${blogHost}/posts` },
        { path: "/posts", host: "somebody-elses.blog", status: 404, words: "somebody-elses.blog/posts" },
      ],
    },
    {
      kind: "split",
      lesson,
      name: "blog-split",
      title: "my-blog gets its requests by weight",
      about: {
        namespace,
        services: ["my-blog"],
        aspects: ["split", "route", "gateway", "authorization", "pods", "mtls", "protocol"],
      },
      lookAt,
      images: [images.echo],
      service: "my-blog",
      path: "/",
      host: blogHost,
      version: "my-blog (v\\d+)",
      weights: Object.fromEntries(versions.map((version) => [version, weights[version] ?? 0])),
      requests: 400,
      confidence: 0.9999,
    },
    {
      kind: "access",
      lesson,
      name: "blog-frontend-allowed",
      title: "frontend may read from api and send to it",
      about: {
        namespace,
        services: ["frontend", "api"],
        aspects: ["authorization", "identity", "mtls", "sidecar", "route", "pods"],
      },
      lookAt: showPolicies(namespace),
      images: [images.httpbin],
      cases: [
        { from: frontend, method: "GET", url: "http://api/get", status: 200, words: "frontend GET" },
        { from: frontend, method: "POST", url: "http://api/post", status: 200, words: "frontend POST" },
      ],
    },
    {
      kind: "access",
      lesson,
      name: "blog-frontend-refused",
      title: "frontend may not delete",
      about: {
        namespace,
        services: ["frontend", "api"],
        aspects: ["authorization", "mtls", "sidecar", "route", "pods"],
      },
      lookAt: showPolicies(namespace),
      images: [images.httpbin],
      cases: [{ from: frontend, method: "DELETE", url: "http://api/delete", status: 403, words: "frontend DELETE" }],
    },
    {
      kind: "access",
      lesson,
      name: "blog-stranger-refused",
      title: "another identity may not call api",
      about: {
        namespace,
        services: ["api"],
        aspects: ["authorization", "identity", "mtls", "sidecar", "route", "pods"],
      },
      lookAt: showPolicies(namespace),
      images: [images.httpbin],
      cases: [
        { from: "stranger", method: "GET", url: `http://api.${namespace}/get`, status: 403, words: "stranger GET" },
      ],
    },
    plaintextCheck({ lesson, namespace }, settings, {
      services: ["api", "my-blog"],
      images: [images.httpbin, images.echo],
      urls: [`http://api.${namespace}/get`, `http://my-blog.${namespace}/`],
    }),
    ...httpsChecks(settings, lookAt),
  ];
}

function httpsChecks({ blog: { https } }: LessonSettings, lookAt: string): CheckSpec[] {
  if (https === false) return [];
  return [
    {
      kind: "https",
      lesson,
      name: "blog-https",
      title: "the blog answers by HTTPS, with a certificate for its host",
      about: {
        namespace,
        services: ["my-blog"],
        aspects: ["certificate", "gateway", "route", "authorization", "pods"],
      },
      lookAt,
      images: [images.echo],
      host: blogHost,
      path: "/",
      body: "my-blog v",
      ...(https !== true && { fingerprint: new X509Certificate(https.certificate).fingerprint256 }),
    },
  ];
}
