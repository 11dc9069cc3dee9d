import type { Group } from "../model";
import type { ClassPreview } from "./preview-class";
import { counted, details, sentence } from "./sentence";

/** The preview as a trainer reads it: `30 seats: 1 VirtualService, reviews v1 90 → 75, v3 10 → 25; nothing else`, then the outliers by seat. */
export function previewText({ groups, failed }: ClassPreview): string {
  const [most, ...outliers] = groups;
  return [
    ...(most ? groupLines(counted(most.seats.length, "seat"), most) : []),
    ...outliers.flatMap((group) => groupLines(`${group.seats.length === 1 ? "outlier" : `${group.seats.length} outliers`} ${group.seats.join(", ")}`, group)),
    ...troubles(failed).map(([trouble, seats]) => `not previewed ${seats.join(", ")}: ${trouble}`),
  ].join("\n");
}

function groupLines(heading: string, group: Group): string[] {
  return [`${heading}: ${sentence(group)}`, ...details(group).map((line) => `  ${line}`)];
}

/** Why no preview could be made, with the seats it was so of: a wrong config of the class is wrong thirty times. */
function troubles(failed: ClassPreview["failed"]): [string, string[]][] {
  const by = new Map<string, string[]>();
  for (const outcome of failed) {
    const trouble = outcome.status === "failed" ? outcome.trouble : outcome.status;
    by.set(trouble, [...(by.get(trouble) ?? []), outcome.seat.seat]);
  }
  return [...by];
}
