import { WholeObject } from "../../../kube";
import { Bag, Json } from "../wire";
import { ReadinessRule } from "./rule";

/**
 * The rule for `pulumi.com/waitFor`: one condition or a JSON list of them. Each is `condition=Type[=Status]` or
 * `jsonpath={.path}[=value]`.
 *
 * @throws on anything else: a silent "ready" would hide the mistake.
 */
export function waitFor(text: string): ReadinessRule {
  const wishes = text.trim().startsWith("[") ? (JSON.parse(text) as string[]) : [text];
  const tests = wishes.map(parse);
  return {
    timeout: 600,
    look: (o) => {
      const open = wishes.filter((_, i) => !tests[i]?.(o));
      return {
        ready: open.length === 0,
        messages: open.map((w) => ["info", `Waiting for ${w}`]),
        problems: open.map((w) => `${w} was not met`),
      };
    },
  };
}

function parse(wish: string): (o: WholeObject) => boolean {
  const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(wish);
  if (condition) {
    const [, type = "", status = "True"] = condition;
    const equal = (a: Json, b: string): boolean => String(a).toLowerCase() === b.toLowerCase();
    return (o) => (o.status?.conditions ?? []).some((c: Bag) => equal(c.type, type) && equal(c.status, status));
  }
  const path = /^jsonpath=\{?\.?([^}=]+)\}?(?:=(.+))?$/.exec(wish);
  if (!path) throw new Error(`the annotation pulumi.com/waitFor is neither condition=… nor jsonpath=…: ${wish}`);
  const steps = path[1]!
    .split(/\.|\[|\]/)
    .filter(Boolean)
    .map((s) => s.replace(/^['"]|['"]$/g, ""));
  return (o) => {
    const found = steps.reduce((v: Json, step) => v?.[step], o);
    return path[2] === undefined ? found !== undefined : String(found) === path[2];
  };
}
