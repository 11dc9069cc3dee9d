import { createHash } from "node:crypto";

/**
 * Profile names that minikube accepts (config.ProfileNameValid), without dots, capitals and its reserved words. They
 * are short enough for a host name.
 */
export const profileNames =
  /^(?!(start|stop|status|delete|config|open|profile|addons|cache|logs)$)[a-z0-9][a-z0-9-]{0,48}[a-z0-9]$/;
/** Describes `profileNames` in words. */
export const PROFILE_NAMES =
  "a name of 2 to 50 lower-case letters, digits and dashes that begins and ends with a letter or digit, and is not a command of minikube";

/**
 * Derives the profile name of a stack that sets none. A name that had to be changed to be valid gets a hash, so that
 * two stacks never share a profile.
 */
export function profileNameOf(project: string, stack: string): string {
  const whole = `${project}-${stack}`;
  if (profileNames.test(whole)) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  const start = whole
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, 40)
    .replace(/-$/, "");
  return start === "" ? hash : `${start}-${hash}`;
}
