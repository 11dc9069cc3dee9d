import { spiffeId } from "../../mesh/identity";
import type { CheckSpec } from "../checks/check";
import { showEntry, showLog, showPods } from "../checks/commands";
import { plaintextCheck } from "../checks/plaintext";
import { images } from "../../../versions";
import type { LessonSettings } from "../lesson";
import { entry, namespace } from "./app";

const lesson = "temperature";
const apps = ["temperature-api", "temperature-service"];
const both = [images.temperatureApi, images.temperatureService];

export function temperatureChecks({ mtls, gatewayApi }: LessonSettings): CheckSpec[] {
  return [
    {
      kind: "pods",
      lesson,
      name: "temperature-pods",
      title: "every pod has its sidecar",
      about: { namespace, services: apps, aspects: ["pods", "sidecar"] },
      lookAt: showPods(namespace),
      images: both,
      apps: apps.map((app) => ({ app, version: "v1", pods: 1 })),
    },
    {
      kind: "answer",
      lesson,
      name: "temperature-conversions",
      title: "Celsius, Fahrenheit and Kelvin are converted",
      about: { namespace, services: apps, aspects: ["gateway", "route", "pods", "mtls", "protocol"] },
      lookAt: showEntry(namespace, gatewayApi),
      images: both,
      cases: [
        conversion("Celsius", "Kelvin", 150, 423.15),
        conversion("Celsius", "Fahrenheit", 100, 212),
        conversion("Fahrenheit", "Celsius", 32, 0),
        conversion("Kelvin", "Celsius", 300, 26.85),
      ],
    },
    {
      kind: "answer",
      lesson,
      name: "temperature-refusals",
      title: "a bad unit and a bad number are answered 400",
      about: { namespace, services: apps, aspects: ["gateway", "route", "pods"] },
      lookAt: showEntry(namespace, gatewayApi),
      images: both,
      cases: [
        { path: "/?from=Celsius&to=Parsec&temperature=150", status: 400, words: "to Parsec" },
        { path: "/?from=Celsius&to=Kelvin&temperature=hot", status: 400, words: "temperature hot" },
      ],
    },
    {
      kind: "grpc",
      lesson,
      name: "temperature-grpc",
      title: "the call behind it is gRPC: HTTP/2, over mTLS",
      about: {
        namespace,
        services: apps,
        aspects: ["protocol", "mtls", "identity", "sidecar", "route", "gateway", "pods"],
      },
      lookAt: showLog(namespace, "app=temperature-service", "istio-proxy"),
      images: both,
      path: entry.path,
      app: "temperature-service",
      spiffe: spiffeId(namespace, "temperature-api"),
    },
    plaintextCheck(
      { lesson, namespace },
      { mtls },
      {
        services: apps,
        images: both,
        urls: [`http://temperature-api.${namespace}:3000/`, `http://temperature-service.${namespace}:8080/`],
      },
    ),
  ];
}

function conversion(from: string, to: string, temperature: number, value: number) {
  return {
    path: `/?from=${from}&to=${to}&temperature=${temperature}`,
    status: 200,
    body: { json: { value, unit: to } },
    words: `${temperature} ${from} → ${to}`,
  };
}
