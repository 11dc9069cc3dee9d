import { keepSecret } from "../../base/secret-mask";
import { secretPaths, secretTexts } from "../../components/secret-texts";
import { configWords, parseConfig, type Settings } from "../../config";
import { UserError } from "../../base/errors";
import { lockedPaths } from "./stack";
import { pulumiOutput, type Workspace } from "./workspace";

/** One key in the output of `pulumi config --json`. */
export interface ShownKey {
  readonly value?: string;
  readonly objectValue?: unknown;
  /** Whether any part of it is a secret. */
  readonly secret?: boolean;
}

const NAMESPACE = "istio-lab:";

/**
 * A stack's config as the program reads it. Values may be secrets and stay in memory.
 * @throws UserError that lists all problems of the config and shows no secret
 */
export async function settingsOf(workspace: Workspace, stack: string): Promise<Settings> {
  const text = await pulumiOutput(workspace, ["config", "--json", "--show-secrets", "--stack", stack]);
  return readShown(shownIn(text), stack, lockedPaths(stack));
}

/**
 * Registers the secrets of the stack's file, so that they are masked in all output. Pulumi masks a secret only in its
 * plain form, and not as JSON or base64. Asks Pulumi only if the file has secrets.
 */
export async function learnSecrets(workspace: Workspace, stack: string): Promise<void> {
  const locked = lockedPaths(stack);
  if (locked.length === 0) return;
  // A secret that cannot be decrypted here cannot be shown here either. The operation itself reports why.
  const text = await pulumiOutput(workspace, ["config", "--json", "--show-secrets", "--stack", stack]).catch(
    () => "{}",
  );
  rawOf(shownIn(text), locked);
}

/** Key → text, and the paths of the secrets in it, which are masked from now on. */
function rawOf(
  shown: Readonly<Record<string, ShownKey>>,
  locked: readonly string[],
): { raw: Record<string, string>; secrets: string[] } {
  const own = Object.entries(shown).flatMap(([key, one]) =>
    key.startsWith(NAMESPACE) ? [{ key: key.slice(NAMESPACE.length), ...one }] : [],
  );
  const raw = Object.fromEntries(own.map(({ key, value, objectValue }) => [key, value ?? JSON.stringify(objectValue)]));
  const secrets = secretPaths(
    own.filter(({ secret }) => secret).map(({ key }) => key),
    locked,
  );
  for (const text of secretTexts(raw, secrets)) keepSecret(text, configWords);
  return { raw, secrets };
}

/**
 * The settings in an answer of `pulumi config --json --show-secrets`.
 * @param locked paths of the secrets in the stack's file. Pulumi marks only whole keys as secret; a marked key that
 * the file does not explain is secret as a whole.
 */
export function readShown(
  shown: Readonly<Record<string, ShownKey>>,
  stack: string,
  locked: readonly string[],
): Settings {
  const { raw, secrets } = rawOf(shown, locked);
  try {
    return parseConfig(raw, { stack, secrets });
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** Does not pass on the parser's message, which would quote the text that it could not read. */
function shownIn(text: string): Record<string, ShownKey> {
  try {
    return JSON.parse(text) as Record<string, ShownKey>;
  } catch {
    throw new UserError("What `pulumi config --json` printed is not JSON. Nothing has been changed.");
  }
}
