import { isWithin } from "../components/given";
import { parseConfig, type Settings } from "../config";
import { UserError } from "./errors";
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
  return readShown(JSON.parse(text) as Record<string, ShownKey>, stack, lockedPaths(stack));
}

/**
 * The settings that an answer of `pulumi config --json --show-secrets` holds.
 * @param locked paths of the secrets in the stack's file. Pulumi says only of a whole key that it has one; what the file does not tell is secret whole.
 */
export function readShown(shown: Readonly<Record<string, ShownKey>>, stack: string, locked: readonly string[]): Settings {
  const own = Object.entries(shown).flatMap(([key, one]) => (key.startsWith(NAMESPACE) ? [{ key: key.slice(NAMESPACE.length), ...one }] : []));
  const raw = Object.fromEntries(own.map(({ key, value, objectValue }) => [key, value ?? JSON.stringify(objectValue)]));
  const secrets = own.filter(({ secret }) => secret).flatMap(({ key }) => {
    const paths = locked.filter((path) => isWithin(path, key));
    return paths.length > 0 ? paths : [key];
  });
  try {
    return parseConfig(raw, { stack, secrets });
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}
