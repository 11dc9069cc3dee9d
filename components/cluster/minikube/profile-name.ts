import { createHash } from "node:crypto";

/** What minikube takes for a profile (config.ProfileNameValid), less dots, capitals and its reserved words, and short enough for a host's name. */
export const profileNames =
  /^(?!(start|stop|status|delete|config|open|profile|addons|cache|logs)$)[a-z0-9][a-z0-9-]{0,48}[a-z0-9]$/;
/** The same in words. */
export const PROFILE_NAMES =
  "a name of 2 to 50 lower-case letters, digits and dashes that begins and ends with a letter or digit, and is no command of minikube";

/** The profile of a stack that names none. Names that have to be changed to be valid get a hash, so that two stacks never share a profile. */
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
