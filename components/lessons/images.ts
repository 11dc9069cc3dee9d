/** The images that lessons run, each named here alone: by it a check knows whose answer it reads. */
export const images = {
  curl: "docker.io/curlimages/curl:8.16.0",
  httpbin: "docker.io/mccutchen/go-httpbin:v2.15.0",
  echo: "docker.io/hashicorp/http-echo:1.0.0",
  temperatureApi: "docker.io/amrelhewy/service-mesh-temp-api:1.0",
  temperatureService: "docker.io/amrelhewy/service-mesh-temp-service:1.0",
} as const;

/** An image of Istio's bookinfo sample. */
export function bookinfoImage(app: string, version = "v1"): string {
  return `docker.io/istio/examples-bookinfo-${app}-${version}:1.20.3`;
}
