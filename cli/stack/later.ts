/** Parts that speak with a cluster. Each is loaded when it is asked for: their libraries take half a second, which most commands need not wait. */
export function lostCluster(): typeof import("../targets/existing/lost-cluster") {
  return require("../targets/existing/lost-cluster") as typeof import("../targets/existing/lost-cluster");
}

/** What puts right what a killed run left open in a cluster. */
export function settling(): typeof import("./pending/settle") {
  return require("./pending/settle") as typeof import("./pending/settle");
}

/** What looks at a seat until it answers. */
export function seatInSight(): typeof import("../answering/live") {
  return require("../answering/live") as typeof import("../answering/live");
}
