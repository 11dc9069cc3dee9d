import { spiffeId } from "../../mesh/identity";
import type { CheckSpec } from "../checks/check";
import { showLog, showMtls, showPods } from "../checks/commands";
import { plaintextCheck } from "../checks/plaintext";
import { images } from "../../../versions";
import type { LessonSettings } from "../lesson";
import { namespace } from "./app";

const lesson = "backend";
const client = { namespace, app: "client", container: "client" };
export const apps = ["echo-service", "httpbin", "client"].map((app) => ({ app, version: "v1", pods: 1 }));

export function backendChecks({ mtls }: LessonSettings): CheckSpec[] {
  return [
    {
      kind: "pods",
      lesson,
      name: "backend-pods",
      title: "every pod has its sidecar",
      about: { namespace, services: ["echo-service", "httpbin", "client"], aspects: ["pods", "sidecar"] },
      lookAt: showPods(namespace),
      images: [images.echo, images.httpbin, images.curl],
      apps,
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
      // The client calls every 10 s and waits 5 s for an answer. So two calls fit.
      withinSeconds: 30,
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
    plaintextCheck(
      { lesson, namespace },
      { mtls },
      {
        services: ["httpbin", "echo-service"],
        images: [images.httpbin, images.echo],
        urls: [`http://httpbin.${namespace}:8000/headers`, `http://echo-service.${namespace}/`],
      },
    ),
  ];
}
