/** Time zones by both their names. Azure takes Windows' alone: the schema of Microsoft.DevTestLab/schedules says so. */

/** Windows' own names, as `tzutil /l` lists them. */
const windows = /^(UTC([+-]\d{2})?|Russia Time Zone \d+|[A-Z][A-Za-z. -]* Standard Time( \d+| \([A-Za-z]+\))?)$/;
const iana = /^[A-Z][A-Za-z_]*(\/[A-Za-z0-9_+-]+)+$/;

/** The name that Azure takes, of either name; undefined for what is no zone, or is none of Windows'. */
export function windowsZone(name: string): string | undefined {
  if (windows.test(name)) return name;
  const known = knownZone(name);
  // A zone's newest name may not be in the table yet: Intl has the name that all its names stand for.
  return known && (table().findWindows(name)[0] ?? table().findWindows(known)[0]);
}

/** The name that clocks here understand, of either name; undefined where the table has no such zone of Windows'. */
export function ianaZone(name: string): string | undefined {
  if (name === "UTC") return name;
  return windows.test(name) ? table().findIana(name)[0] : knownZone(name) && name;
}

/** IANA's own name of a zone that has the name; undefined where none has. */
export function knownZone(name: string): string | undefined {
  try {
    return iana.test(name) ? new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone : undefined;
  } catch {
    return undefined;
  }
}

/** Unicode's table of both names. Loaded only for a zone that needs it: every program reads its config. */
function table(): typeof import("windows-iana") {
  return require("windows-iana") as typeof import("windows-iana");
}
