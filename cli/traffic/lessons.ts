import { blogHost } from "../../components/lessons/blog-settings";
import type { Target } from "./request";

/** What each lesson behind the gateway is asked, and how its answer tells the version, in the order of the course. */
export const trafficLessons = {
  bookinfo: { path: "/api/v1/products/0/reviews", versionOf: (body) => /^reviews-(v\d+)-/.exec(podname(body))?.[1] },
  temperature: {
    path: "/?from=Celsius&to=Kelvin&temperature=150",
    versionOf: (body) => (body.includes("423.15") ? "answered" : undefined),
  },
  blog: { path: "/", headers: { Host: blogHost }, versionOf: (body) => /^my-blog (v\d+)\s*$/.exec(body)?.[1] },
} as const satisfies Record<string, Omit<Target, "url"> & { path: string }>;

export type TrafficLesson = keyof typeof trafficLessons;

/** The lesson's request through a gateway. */
export function targetOf(lesson: TrafficLesson, gatewayUrl: string): Target {
  const { path, ...rest } = trafficLessons[lesson];
  return { url: gatewayUrl.replace(/\/+$/, "") + path, ...rest };
}

/** productpage passes on what reviews answered, which names the pod it came from. */
function podname(body: string): string {
  try {
    return String((JSON.parse(body) as { podname?: unknown }).podname);
  } catch {
    return "";
  }
}
