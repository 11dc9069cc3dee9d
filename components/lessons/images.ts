import type { LessonName } from "./catalog";

/** The images that lessons run, each named here alone: by it a check knows whose answer it reads. */
export const images = {
  curl: "docker.io/curlimages/curl:8.16.0",
  httpbin: "docker.io/mccutchen/go-httpbin:v2.15.0",
  echo: "docker.io/hashicorp/http-echo:1.0.0",
  temperatureApi: "docker.io/amrelhewy/service-mesh-temp-api:1.0",
  temperatureService: "docker.io/amrelhewy/service-mesh-temp-service:1.0",
} as const;

/**
 * Of these nobody was found who says that they are built for another architecture than amd64. The others' publishers build them for arm64 as well, by the
 * build files of their repositories: read on 2026-11-29, not run.
 */
const amd64Only: Partial<Record<LessonName, readonly string[]>> = { temperature: [images.temperatureApi, images.temperatureService] };

export function amd64OnlyOf(lessons: readonly LessonName[]): string[] {
  return lessons.flatMap((lesson) => amd64Only[lesson] ?? []);
}

/** An image of Istio's bookinfo sample. */
export function bookinfoImage(app: string, version = "v1"): string {
  return `docker.io/istio/examples-bookinfo-${app}-${version}:1.20.3`;
}
