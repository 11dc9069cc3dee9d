import { parseConfig, type Settings } from "../config";
import { UserError } from "./errors";
import { pulumiOutput, type Workspace } from "./workspace";

/** A stack's config as the program reads it. Values may be secrets: they stay in memory. @throws UserError that tells all problems of the config. */
export async function settingsOf(workspace: Workspace, stack: string): Promise<Settings> {
  const text = await pulumiOutput(workspace, ["config", "--json", "--show-secrets", "--stack", stack]);
  const config = JSON.parse(text) as Record<string, { value?: string; objectValue?: unknown }>;
  const own = Object.entries(config).filter(([key]) => key.startsWith("istio-lab:"));
  const raw = own.map(([key, { value, objectValue }]) => [key.slice("istio-lab:".length), value ?? JSON.stringify(objectValue)] as const);
  try {
    return parseConfig(Object.fromEntries(raw));
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}
