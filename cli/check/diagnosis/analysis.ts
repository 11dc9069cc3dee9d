import { type AnalysisMessage, messageText, originOf } from "../analysis";
import type { Failure, Hint } from "../result";
import { firstOf, foreign, nameOf, namespaceOf, remove } from "./objects";
import { kinds, type RuleFinding, type Snapshot, type SnapshotKind } from "./snapshot";

/** How many messages a cause names. */
const NAMED = 3;

/**
 * The hint for messages of istioctl. It adds what a rule says of a message's object. Otherwise it deletes an object that
 * nobody made, or adds what else is wrong in the namespace. Undefined where nothing is known.
 * @param related findings that may explain the check, the best first
 */
export function analysisHint(
  { check, evidence }: Failure,
  related: readonly RuleFinding[],
  snapshot: Snapshot,
): Hint | undefined {
  const messages = evidence.analysis!;
  const said = messagesText(messages);
  const names = messages.flatMap(({ origin }) => origin ?? []);
  const named = related.find(({ cause }) => names.some((name) => isNamedIn(cause, name)));
  const [removal] = messages.flatMap((message) => removalOf(message, snapshot));
  if (named === undefined && removal !== undefined) return { cause: said, look: check.lookAt, fix: removal };
  const found = named ?? related[0];
  return found && { cause: `${said} ${found.cause}`, look: found.look, fix: found.fix };
}

/** The hint for messages of istioctl about whose objects nothing is known. */
export function bareAnalysisHint({ check, evidence }: Failure, { repairCommand }: Snapshot): Hint {
  return { cause: messagesText(evidence.analysis!), look: check.lookAt, fix: repairCommand };
}

/** What istioctl says of a check's namespaces, as a sentence for a check whose cause is unknown. */
export function saidOf({ about }: Failure["check"], messages: readonly AnalysisMessage[]): string | undefined {
  const here = messages.filter((message) => {
    const { kind, namespace, name } = originOf(message) ?? {};
    return [about.namespace, ...(about.beyond ?? [])].includes((kind === "Namespace" ? name : namespace) ?? "");
  });
  return here.length === 0 ? undefined : messagesText(here);
}

function messagesText(messages: readonly AnalysisMessage[]): string {
  return `istioctl analyze says: ${firstOf(messages.map(messageText), NAMED)}.`;
}

/** `VirtualService blog/my-blog` is not named in a text about `VirtualService blog/my-blog-2`. */
function isNamedIn(text: string, name: string): boolean {
  const behind = text.split(name).slice(1);
  return behind.some((rest) => !/^[\w.-]*\w/.test(rest));
}

/** The command that deletes a message's object, where neither the program nor a chart made it. */
function removalOf(message: AnalysisMessage, snapshot: Snapshot): string[] {
  const { kind, namespace, name } = originOf(message) ?? {};
  const known = (Object.keys(kinds) as SnapshotKind[]).find((one) => one === kind);
  if (known === undefined) return [];
  return foreign(snapshot, known)
    .filter((object) => nameOf(object) === name && namespaceOf(object) === namespace)
    .map((object) => remove(known, object));
}
