import { type AnalysisMessage, messageText, originOf } from "../analysis";
import type { Failure, Hint } from "../result";
import { foreign, nameOf, namespaceOf, remove } from "./objects";
import { kinds, type RuleFinding, type Snapshot, type SnapshotKind } from "./snapshot";

/** How many messages a cause names. */
const NAMED = 3;

/**
 * The hint for messages of istioctl: the messages, and what the rules found about their objects. Undefined where the
 * rules found nothing.
 * @param related findings that may explain the check, the best first
 */
export function analysisHint(messages: readonly AnalysisMessage[], related: readonly RuleFinding[]): Hint | undefined {
  const names = messages.flatMap(({ origin }) => origin ?? []);
  const found = related.find(({ cause }) => names.some((name) => isNamedIn(cause, name))) ?? related[0];
  return found && { cause: `${messagesText(messages)} ${found.cause}`, look: found.look, fix: found.fix };
}

/** The hint for messages of istioctl about which no rule knows anything. */
export function bareAnalysisHint({ check, evidence }: Pick<Failure, "check" | "evidence">, snapshot: Snapshot): Hint {
  const messages = evidence.analysis!;
  const [added] = messages.flatMap((message) => removalOf(message, snapshot));
  return { cause: messagesText(messages), look: check.lookAt, fix: added ?? snapshot.repairCommand };
}

/** What istioctl says of a check's namespaces, as a sentence for a check whose cause is unknown. */
export function saidOf({ about }: Failure["check"], messages: readonly AnalysisMessage[]): string | undefined {
  const here = messages.filter((message) => {
    const { kind, namespace, name } = originOf(message) ?? {};
    return [about.namespace, ...(about.beyond ?? [])].includes((kind === "Namespace" ? name : namespace) ?? "");
  });
  return here.length === 0 ? undefined : messagesText(here);
}

export function messagesText(messages: readonly AnalysisMessage[]): string {
  const more = messages.length - NAMED;
  const named = [...messages.slice(0, NAMED).map(messageText), ...(more > 0 ? [`and ${more} more`] : [])];
  return `istioctl analyze says: ${named.join("; ")}.`;
}

/** `VirtualService blog/my-blog` is not named in a text about `VirtualService blog/my-blog-2`. */
function isNamedIn(text: string, name: string): boolean {
  const at = text.indexOf(name);
  return at >= 0 && !/^[\w.-]*\w/.test(text.slice(at + name.length));
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
