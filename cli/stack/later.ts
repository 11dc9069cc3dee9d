/**
 * Modules that talk to a cluster. Each is loaded on first use: their libraries take half a second, which most commands
 * need not wait for.
 */
export function lostCluster(): typeof import("../targets/existing/lost-cluster") {
  return require("../targets/existing/lost-cluster") as typeof import("../targets/existing/lost-cluster");
}

/** Settles what a killed run left open in a cluster. */
export function settling(): typeof import("./pending/settle") {
  return require("./pending/settle") as typeof import("./pending/settle");
}

/** Waits until a seat answers. */
export function seatInSight(): typeof import("../answering/live") {
  return require("../answering/live") as typeof import("../answering/live");
}
