import { keepSecret } from "../../base/secret-mask";
import { secretPaths, secretTexts } from "../../components/secret-texts";
import { configWords, parseConfig, type Settings } from "../../config";
import { UserError } from "../../base/errors";
import { lockedPaths } from "./stack";
import { pulumiOutput, type Workspace } from "./workspace";

/** What `pulumi config --json` says of a key. */
export interface ShownKey {
  readonly value?: string;
  readonly objectValue?: unknown;
  /** Whether any of it came as a secret. */
  readonly secret?: boolean;
}

const NAMESPACE = "istio-lab:";

/** A stack's config as the program reads it. Values may be secrets: they stay in memory. @throws UserError that tells all problems of the config, and shows no secret. */
export async function settingsOf(workspace: Workspace, stack: string): Promise<Settings> {
  const text = await pulumiOutput(workspace, ["config", "--json", "--show-secrets", "--stack", stack]);
  return readShown(shownIn(text), stack, lockedPaths(stack));
}

/**
 * Has the secrets of the stack's file masked in whatever is written of it. Pulumi masks them in its own words as they are, and not as JSON or base64.
 * Nothing is asked where the file has none.
 */
export async function learnSecrets(workspace: Workspace, stack: string): Promise<void> {
  const locked = lockedPaths(stack);
  if (locked.length === 0) return;
  // What cannot be unlocked here cannot be shown here either; the operation itself says why.
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
 * The settings that an answer of `pulumi config --json --show-secrets` holds.
 * @param locked paths of the secrets in the stack's file. Pulumi says only of a whole key that it has one; what the file does not tell is secret whole.
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

/** The parser's own message would quote what it could not read. */
function shownIn(text: string): Record<string, ShownKey> {
  try {
    return JSON.parse(text) as Record<string, ShownKey>;
  } catch {
    throw new UserError("What `pulumi config --json` printed cannot be read: it is no JSON. Nothing has been changed.");
  }
}
