import type { Settings } from "../../config";
import { catalog } from "./catalog";

/** With `blog.replicasFollowWeights` ten pods share out the two versions, and not one each. */
const morePods = 8;

/** How many pods of the lessons have a sidecar. */
export function sidecarsOf(settings: Pick<Settings, "lessons" | "blog">): number {
  return settings.lessons.reduce((total, name) => total + catalog[name].pods, morePodsOf(settings));
}

export function morePodsOf({ lessons, blog }: Pick<Settings, "lessons" | "blog">): number {
  return lessons.includes("blog") && blog.replicasFollowWeights ? morePods : 0;
}
