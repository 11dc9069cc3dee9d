/**
 * Time zones by their IANA and Windows names. Azure accepts only the latter, as the schema of
 * Microsoft.DevTestLab/schedules says.
 */

/** Matches Windows' own names, as `tzutil /l` lists them. */
const windows = /^(UTC([+-]\d{2})?|Russia Time Zone \d+|[A-Z][A-Za-z. -]* Standard Time( \d+| \([A-Za-z]+\))?)$/;
const iana = /^[A-Z][A-Za-z_]*(\/[A-Za-z0-9_+-]+)+$/;

/**
 * Converts either name to the one that Azure accepts. Undefined where there is no such zone, or Windows has no name
 * for it.
 */
export function windowsZone(name: string): string | undefined {
  if (windows.test(name)) return name;
  const known = knownZone(name);
  // The table may lack a zone's newest name. Intl knows the name behind all of a zone's aliases.
  return known && (table().findWindows(name)[0] ?? table().findWindows(known)[0]);
}

/**
 * Converts either name to an IANA name, which clocks here understand. Undefined where the table has no such Windows
 * zone.
 */
export function ianaZone(name: string): string | undefined {
  if (name === "UTC") return name;
  return windows.test(name) ? table().findIana(name)[0] : knownZone(name) && name;
}

/** Returns IANA's own name for a zone name or alias. Undefined where there is no such zone. */
export function knownZone(name: string): string | undefined {
  try {
    return iana.test(name) ? new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Unicode's table of both names. It is loaded only for a zone that needs it, because every program reads its config.
 */
function table(): typeof import("windows-iana") {
  return require("windows-iana") as typeof import("windows-iana");
}
