import { UserError } from "../../../base/errors";
import { quote } from "../../../base/quote";
import { pulumiOutput, type Workspace } from "../../stack/workspace";
import type { Class } from "../model";
import { commandWithoutId } from "../identity/marks";
import { readFacts } from "./seat-facts";

const known = new WeakMap<Workspace, Promise<string>>();

/** Returns the backend of the workspace's stacks as Pulumi names it, without secrets in its URL. Asks Pulumi once. */
export function backendOf(workspace: Workspace): Promise<string> {
  const asked =
    known.get(workspace) ??
    pulumiOutput(workspace, ["whoami", "--json"]).then((text) => plainUrl((JSON.parse(text) as { url: string }).url));
  known.set(workspace, asked);
  return asked;
}

/** Removes user, password and query from a URL. */
export function plainUrl(url: string): string {
  return url.replace(/\?.*$/, "").replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}

/**
 * Returns a line for each other backend in which this class noted seats of the roster. The line gives the command that
 * works on them there, because nothing here knows of them.
 * @param there the seats that have a stack in this backend
 */
export async function elsewhereLines(cls: Class, there: ReadonlySet<string>): Promise<string[]> {
  const here = await backendOf(cls.workspace);
  const byBackend = new Map<string, string[]>();
  for (const { seat } of cls.roster.seats.filter((one) => !there.has(one.seat))) {
    const { noted } = readFacts(cls, seat);
    if (noted?.class === cls.id && noted.backend !== here)
      byBackend.set(noted.backend, [...(byBackend.get(noted.backend) ?? []), seat]);
  }
  return [...byBackend].map(
    ([backend, seats]) =>
      `The stacks of ${seats.join(", ")} are in backend ${backend}, and this is ${here}. ${commandFor(backend)}`,
  );
}

/** `up` calls this first: a seat whose stack is in another backend would get a second stack here. @throws UserError */
export async function requireHere(cls: Class, there: ReadonlySet<string>): Promise<void> {
  const lines = await elsewhereLines(cls, there);
  if (lines.length > 0) throw new UserError(["Nothing has been changed.", ...lines].join("\n"));
}

/** A URL selects the backend, but Pulumi's service needs a login. */
function commandFor(backend: string): string {
  // `npm run -s pulumi -- login` would write the login where this checkout keeps its own.
  if (/^https?:/.test(backend))
    return `The same command there: npx pulumi login ${quote(backend)}, and then ${commandWithoutId()}`;
  if (!backend.startsWith("file:"))
    return `The same command there: PULUMI_BACKEND_URL=${quote(backend)} ${commandWithoutId()}`;
  return `The same command there: PULUMI_BACKEND_URL='${backend}?metadata=skip' ${commandWithoutId()}`;
}
