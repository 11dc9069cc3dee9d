import type { Settings } from "../../config";
import { catalog } from "../lessons/catalog";
import type { CheckSpec } from "../lessons/checks/check";
import { addonImages } from "../../versions";
import { aboutTraffic, lesson, showAddon } from "./check-base";

/** Accepted probability that a correct seat shows none of the wanted traces. */
const MISSED = 1e-4;
/** Fewer requests prove too little, and more are too many for a check. */
const REQUESTS = { least: 10, most: 120 };
const { namespace } = catalog.bookinfo;

/** Requests product pages and looks for their traces in the tracing backend. */
export function traceCheck(api: "jaeger" | "zipkin", { lessons, bookinfo, canary, telemetry }: Settings): CheckSpec {
  const share = telemetry.sampling / 100;
  const { v2 = 0, v3 = 0 } = canary.reviews ?? {};
  // Only v2 and v3 of reviews call ratings.
  const rated = ((v2 + v3) / 100) * share;
  const withRatings = rated > 0 && needed(rated) <= REQUESTS.most;
  const apps = ["productpage", "reviews", ...(withRatings ? ["ratings"] : [])];
  const reason = notApplicable();
  return {
    kind: "trace",
    lesson,
    name: `${api}-trace`,
    title: "a product page is traced through its services",
    about: aboutTraffic([api, "zipkin", "tracing"], ["tracing"], { namespace, services: [...apps] }),
    lookAt: showAddon(`app=${api}`),
    images: [addonImages[api]],
    ...(reason !== undefined && { notApplicable: reason }),
    api,
    path: "/productpage",
    requests: Math.min(REQUESTS.most, Math.max(REQUESTS.least, needed(withRatings ? rated : share))),
    sampling: telemetry.sampling,
    apps,
    // A proxy sends its spans every five seconds. On a busy machine they need as long again to get there and be stored.
    withinSeconds: 30,
  };

  function notApplicable(): string | undefined {
    if (!lessons.includes("bookinfo"))
      return "only lesson bookinfo passes traces on, and it is not in the config (istio-lab:lessons)";
    if (needed(share) > REQUESTS.most)
      return `the config has too few requests traced to find one (istio-lab:telemetry.sampling is ${telemetry.sampling})`;
    const faulty = (["productpage", "reviews", "ratings"] as const).find((app) => bookinfo[app]?.fault !== undefined);
    return (
      faulty &&
      `the config injects a fault into calls of ${faulty} (istio-lab:bookinfo.${faulty}.fault): the traces cannot be relied on`
    );
  }
}

/** Returns how many requests are needed to get at least one hit, where each hits with this probability. */
function needed(chance: number): number {
  if (chance <= 0) return Infinity;
  return chance >= 1 ? 1 : Math.ceil(Math.log(MISSED) / Math.log(1 - chance));
}
