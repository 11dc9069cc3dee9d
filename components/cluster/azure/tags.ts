import type { AzureSettings } from "./settings";

/** On everything that takes tags, so that a bill can be read by seat. */
export function tagsOf({
  project,
  stack,
  owner,
  expiry,
}: Pick<AzureSettings, "owner" | "expiry"> & { project: string; stack: string }): Record<string, string> {
  return { project, seat: stack, ...(owner !== undefined && { owner }), ...(expiry !== undefined && { expiry }) };
}
