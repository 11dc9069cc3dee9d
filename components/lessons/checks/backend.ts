import type { Settings } from "../../../config";
import { spiffeId } from "../../mesh/identity";
import { catalog } from "../catalog";
import type { CheckSpec } from "./check";
import { showLog, showMtls, showPods } from "./commands";
import { plaintextCheck } from "./plaintext";
import { images } from "../images";

const lesson = "backend";
const { namespace } = catalog[lesson];
const client = { namespace, app: "client", container: "client" };

export function backendChecks({ mtls }: Settings): CheckSpec[] {
  return [
    {
      kind: "pods",
      lesson,
      name: "backend-pods",
      title: "every pod has its sidecar",
      about: { namespace, services: ["echo-service", "httpbin", "client"], aspects: ["pods", "sidecar"] },
      lookAt: showPods(namespace),
      images: [images.echo, images.httpbin, images.curl],
      apps: ["echo-service", "httpbin", "client"].map((app) => ({ app, version: "v1", pods: 1 })),
    },
    {
      kind: "log",
      lesson,
      name: "backend-hello",
      title: "the client gets the backend's answer",
      about: { namespace, services: ["client", "echo-service"], aspects: ["pods", "route", "mtls", "sidecar"] },
      lookAt: showLog(namespace, "app=client", "client"),
      images: [images.echo],
      app: client.app,
      container: client.container,
      line: "Hello from backend service",
      // The client asks every 10 s and waits 5 s for an answer.
      withinSeconds: 17,
    },
    {
      kind: "peer",
      lesson,
      name: "backend-identity",
      title: "httpbin sees who calls, by mTLS",
      about: { namespace, services: ["client", "httpbin"], aspects: ["mtls", "identity", "sidecar", "route", "pods"] },
      lookAt: showMtls(namespace),
      images: [images.httpbin],
      from: client,
      url: "http://httpbin:8000/headers",
      spiffe: spiffeId(namespace, client.app),
    },
    plaintextCheck(lesson, { mtls }, {
      services: ["httpbin", "echo-service"],
      images: [images.httpbin, images.echo],
      urls: [`http://httpbin.${namespace}:8000/headers`, `http://echo-service.${namespace}/`],
    }),
  ];
}
