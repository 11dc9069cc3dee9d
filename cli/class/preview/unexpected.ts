import type { Change, Group } from "../model";
import { counted, changeText } from "./sentence";

/** Changes of other kinds than the expected ones, with the seats that have them. */
export interface Unexpected {
  readonly seats: readonly string[];
  readonly changes: readonly Change[];
}

/** What `--expect-only` refuses. Kinds are compared as kubectl does, without regard to case. */
export function unexpected(groups: readonly Group[], kinds: readonly string[]): Unexpected[] {
  const wanted = new Set(kinds.map((kind) => kind.toLowerCase()));
  return groups.map(({ seats, changes }) => ({ seats, changes: changes.filter(({ kind }) => !wanted.has(kind.toLowerCase())) })).filter(({ changes }) => changes.length > 0);
}

export function unexpectedText(found: readonly Unexpected[], kinds: readonly string[]): string {
  const lines = found.flatMap(({ seats, changes }) => [`${counted(seats.length, "seat")} (${seats.join(", ")}):`, ...changes.map((change) => `  ${changeText(change)}`)]);
  return [`Expected were changes of ${kinds.join(", ")} alone; these are others:`, ...lines].join("\n");
}
