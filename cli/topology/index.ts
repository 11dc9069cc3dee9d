import { callsOf, measure } from "./traffic";
import type { Topology } from "./model";
import { namesOf } from "./names";
import { readObjects, liveTopology, type Reader } from "./read";
import { lessonNames } from "../../components/lessons/catalog";
import type { Seat } from "../seat/seat";

export type { Topology } from "./model";
export { svgOf } from "./svg";
export { pngOf } from "./svg";

/**
 * Reads a live seat: its objects and its traffic.
 * @param lessons lessons whose own calls are drawn before they are measured. Those of one's own are not read unless
 *   they are named here. @default the course's
 */
export async function readTopology(
  seat: Reader & Pick<Seat, "fromService">,
  stack: string,
  readAt = new Date(),
  lessons: readonly string[] = lessonNames,
): Promise<Topology> {
  const objects = await readObjects(seat);
  const { calls, traffic } = await measure(seat, namesOf(objects));
  const live = liveTopology(objects, { stack, gatewayUrl: seat.gatewayUrl, readAt });
  return { ...live, calls: callsOf(live.namespaces, live.gateway !== undefined, calls, lessons), traffic };
}
