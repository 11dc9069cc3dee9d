/** Describes the valid values in words. */
export const CHART_REPOSITORIES = "an https:// or oci:// address, or a path relative to the project";

/**
 * Describes why a text is not a valid place of charts, without quoting it. Undefined where it is valid, "" where it is
 * no such place at all.
 */
export function repositoryProblem(text: string): string | undefined {
  if (/[\p{Cc}\p{Cf}]/u.test(text) || text !== text.trim() || text === "") return "";
  // Helm takes git+https:// and other schemes for plugins, and HTTPS:// for a path.
  if (!/^(https|oci):\/\/[^/]/.test(text)) return isPath(text) ? undefined : "";
  if (/\s/.test(text) || !URL.canParse(text)) return "";
  const url = new URL(text);
  if (url.hostname === "" || text.includes("\\")) return "";
  // A stack's file is plain text, so everybody who sees it could read the credentials.
  if (url.username !== "" || url.password !== "" || text.slice(0, text.indexOf("/", 8)).includes("@"))
    return "has a user or a password in it, which must not be in a stack's file; let helm sign in (helm registry login), or use a mirror that asks for none";
  if (/[?#]/.test(text)) return "has a query or a fragment, which may hold a token; valid is an address without one";
  return undefined;
}

/** A word before a colon would be a scheme, or a host as scp writes it. */
function isPath(text: string): boolean {
  return !/^[~-]/.test(text) && !text.startsWith("//") && !/^[^/]*:/.test(text);
}
