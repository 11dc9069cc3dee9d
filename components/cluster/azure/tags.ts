import type { AzureSettings } from "./settings";

/** Returns the tags of every resource that takes some, so that a bill can be read by seat. */
export function tagsOf({
  project,
  stack,
  owner,
  expiry,
}: Pick<AzureSettings, "owner" | "expiry"> & { project: string; stack: string }): Record<string, string> {
  return { project, seat: stack, ...(owner !== undefined && { owner }), ...(expiry !== undefined && { expiry }) };
}
