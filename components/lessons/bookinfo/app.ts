import { bookinfo } from "../../../versions";
import type { LessonEntry, LessonWorkload, WrittenCall } from "../lesson";
import type { WorkloadVersion } from "../workload-spec";

export const namespace = "default";
/** The versions of reviews: no stars, black stars, red stars. */
export const reviews = ["v1", "v2", "v3"] as const;
/** The port of every service of the sample, and of its container. */
export const port = { service: 9080, container: 9080 };

/** Returns an image of Istio's sample. */
export function bookinfoImage(app: string, version = "v1"): string {
  return `docker.io/istio/examples-bookinfo-${app}-${version}:${bookinfo}`;
}

/**
 * App → its versions. The folders are those that upstream's manifests mount. The Java app of reviews writes its logs
 * and its server there.
 */
export const apps = {
  details: [{ version: "v1", image: bookinfoImage("details", "v1") }],
  ratings: [{ version: "v1", image: bookinfoImage("ratings", "v1") }],
  reviews: reviews.map((version) => ({
    version,
    image: bookinfoImage("reviews", version),
    env: { LOG_DIR: "/tmp/logs" },
    scratch: ["/tmp", "/opt/ibm/wlp/output"],
  })),
  productpage: [{ version: "v1", image: bookinfoImage("productpage", "v1"), scratch: ["/tmp"] }],
} satisfies Record<string, WorkloadVersion[]>;

export const workloads: readonly LessonWorkload[] = Object.entries(apps).map(([app, versions]) => ({
  app,
  versions,
  serviceAccount: `bookinfo-${app}`,
  port,
}));

export const calls: readonly WrittenCall[] = [
  { from: "productpage", to: "details" },
  { from: "productpage", to: "reviews" },
  { from: "reviews", version: "v2", to: "ratings" },
  { from: "reviews", version: "v3", to: "ratings" },
];

/**
 * The entry page needs details and reviews, but does not show which version answered. The product API does, by the
 * name of the pod that answered.
 */
export const entry = {
  path: "/productpage",
  app: "productpage",
  answer: "Simple Bookstore Application",
  isFaulty: ({ bookinfo }) => bookinfo.productpage?.fault !== undefined,
  traffic: { path: "/api/v1/products/0/reviews", versionOf: (body) => /^reviews-(v\d+)-/.exec(podname(body))?.[1] },
} satisfies LessonEntry;

/** Extracts the pod's name. productpage passes on the answer of reviews, which names its pod. */
function podname(body: string): string {
  try {
    return String((JSON.parse(body) as { podname?: unknown }).podname);
  } catch {
    return "";
  }
}
