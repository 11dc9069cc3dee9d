import { checksOf } from "../../components/checks";
import type { Caller, CheckSpec } from "../../components/lessons/checks/check";
import { UserError } from "../../base/errors";
import { GUEST_NAMESPACE, type Guest, type Guests } from "./guests";
import type { CallerPod } from "./probes/probe";
import type { StackSeat } from "./stack-outputs";

/** The checks of the lessons that are asked for. @throws {UserError} where the stack has no such lesson */
export function chosen({ settings, stack }: Pick<StackSeat, "settings" | "stack">, lessons: readonly string[] | undefined): CheckSpec[] {
  const there: readonly string[] = [...settings.lessons, ...(settings.addons.length > 0 ? ["addons"] : [])];
  const unknown = (lessons ?? []).filter((lesson) => !there.includes(lesson));
  if (unknown.length > 0) {
    const valid = there.length > 0 ? there.join(", ") : "none: the list in the config is empty";
    throw new UserError(`--lesson ${unknown.join(", ")}: stack ${stack} has no such lesson; it has: ${valid}.`);
  }
  return checksOf(settings).filter(({ lesson }) => lessons === undefined || lessons.includes(lesson));
}

/** Lessons of the chosen checks, and addons, that the last `up` did not install. */
export function missingOf(specs: readonly CheckSpec[], { installed, addons, settings }: Pick<StackSeat, "installed" | "addons" | "settings">): string[] {
  const lessons = [...new Set(specs.map(({ lesson }) => lesson))];
  return lessons.flatMap((lesson): readonly string[] => (lesson === "addons" ? settings.addons.filter((name) => !addons.includes(name)) : installed.includes(lesson) ? [] : [lesson]));
}

/** Which of its own two pods these checks ask from. */
export function guestsOf(specs: readonly CheckSpec[]): Guest[] {
  const names = specs.flatMap((spec): Caller[] => {
    if (spec.notApplicable !== undefined) return [];
    if (spec.kind === "plaintext") return ["outsider"];
    if (spec.kind === "access") return spec.cases.map(({ from }) => from);
    if (spec.kind === "peer") return [spec.from];
    if (spec.kind === "fault") return spec.url === undefined ? [] : ["stranger"];
    return spec.kind === "proxy-route" && spec.proxy === "stranger" ? ["stranger"] : [];
  });
  return (["outsider", "stranger"] as const).filter((guest) => names.includes(guest));
}

/** The container that a caller asks from; of its own pods once they are ready. */
export async function podOf(caller: Caller, guests: Pick<Guests, "ready">): Promise<CallerPod> {
  if (typeof caller !== "string") return { namespace: caller.namespace, pod: { labels: { app: caller.app } }, container: caller.container };
  await guests.ready(caller);
  return { namespace: GUEST_NAMESPACE, pod: { name: caller }, container: "curl" };
}
