import { parseConfig, type Settings } from "../../../config";

/** Settings of a stack with this config laid over what a new embedded seat has. */
export function settingsWith(config: Record<string, unknown> = {}): Settings {
  const entries = Object.entries({ target: "embedded", ...config }).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return parseConfig(Object.fromEntries(entries));
}
