import { parseConfig } from "../../../config";

/** What has no default. */
export const required = {
  location: "westeurope",
  adminCidrs: ["198.51.100.7/32"],
  traineeCidrs: ["203.0.113.0/24"],
};

/** `azure` of a config that is read without a problem. */
export function azure(changes: Record<string, unknown> = {}) {
  return parseConfig({ target: "azure", azure: JSON.stringify({ ...required, ...changes }) }).azure;
}
