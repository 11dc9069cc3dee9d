import { pulumiOutput, type Workspace } from "../../stack/workspace";

const known = new WeakMap<Workspace, Promise<string>>();

/** The backend that the workspace's stacks are in, as Pulumi names it, without what may be a secret of its URL. Asked once. */
export function backendOf(workspace: Workspace): Promise<string> {
  const asked = known.get(workspace) ?? pulumiOutput(workspace, ["whoami", "--json"]).then((text) => plainUrl((JSON.parse(text) as { url: string }).url));
  known.set(workspace, asked);
  return asked;
}

/** A URL without user, password and query. */
export function plainUrl(url: string): string {
  return url.replace(/\?.*$/, "").replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}
