import { callsOf, measure } from "./traffic";
import type { Topology } from "./model";
import { namesOf } from "./names";
import { readObjects, liveTopology, type Reader } from "./read";
import type { Seat } from "../seat/seat";

export type { Topology } from "./model";
export { svgOf } from "./svg";
export { pngOf } from "./svg";

/** Reads a live seat: its objects and its traffic. */
export async function readTopology(
  seat: Reader & Pick<Seat, "fromService">,
  stack: string,
  readAt = new Date(),
): Promise<Topology> {
  const objects = await readObjects(seat);
  const { calls, traffic } = await measure(seat, namesOf(objects));
  const live = liveTopology(objects, { stack, gatewayUrl: seat.gatewayUrl, readAt });
  return { ...live, calls: callsOf(live.namespaces, live.gateway !== undefined, calls), traffic };
}
