import { quote } from "../../../embedded/node/scripts";
import { UserError } from "../../../base/errors";
import type { Class } from "../class";
import { commandWithoutId } from "../identity/same-command";
import { backendOf } from "./backend";
import { readFacts } from "./seat-facts";

/**
 * A line for each other backend in which this class noted that it made seats of the roster, with what works on them there: here nobody knows of them.
 * @param there the seats that have a stack in this backend
 */
export async function elsewhereLines(of: Class, there: ReadonlySet<string>): Promise<string[]> {
  const here = await backendOf(of.workspace);
  const byBackend = new Map<string, string[]>();
  for (const { seat } of of.roster.seats.filter((one) => !there.has(one.seat))) {
    const { noted } = readFacts(of, seat);
    if (noted?.class === of.id && noted.backend !== here) byBackend.set(noted.backend, [...(byBackend.get(noted.backend) ?? []), seat]);
  }
  return [...byBackend].map(([backend, seats]) => `The stacks of ${seats.join(", ")} are in backend ${backend}, and this is ${here}. ${commandFor(backend)}`);
}

/** Before `up`: a seat whose stack is in another backend would get a second one here. @throws UserError */
export async function requireHere(of: Class, there: ReadonlySet<string>): Promise<void> {
  const lines = await elsewhereLines(of, there);
  if (lines.length > 0) throw new UserError(["Nothing has been changed.", ...lines].join("\n"));
}

/** A backend is named by its URL; into Pulumi's service the user has to log in. */
function commandFor(backend: string): string {
  // `npm run -s pulumi -- login` would note it where this checkout keeps its own.
  if (/^https?:/.test(backend)) return `There the same is: npx pulumi login ${quote(backend)}, and then ${commandWithoutId()}`;
  if (!backend.startsWith("file:")) return `There the same is: PULUMI_BACKEND_URL=${quote(backend)} ${commandWithoutId()}`;
  return `There the same is: PULUMI_BACKEND_URL='${backend}?metadata=skip' ${commandWithoutId()}`;
}
