import * as pulumi from "@pulumi/pulumi";

/** A shorter text would be found in what is none. */
const SHORTEST = 6;

/**
 * Marks every input that has one of these texts in it as a secret. The state locks it then, and a preview shows `[secret]`. Pulumi hands the program its
 * config without that mark.
 * @param words texts that stand in inputs by right, such as names of the config's own
 */
export function keepSecrets(texts: readonly string[], words: ReadonlySet<string>): void {
  const kept = texts.filter((text) => text.length >= SHORTEST && !words.has(text));
  if (kept.length === 0) return;
  pulumi.runtime.registerStackTransformation(({ props, opts }) => ({
    props: marked(props, kept) as pulumi.Inputs,
    opts,
  }));
}

/** The value with each leaf that has one of the texts in it as a secret. */
export function marked(value: unknown, texts: readonly string[]): unknown {
  const isSecret = (text: string) => texts.some((secret) => text.includes(secret));
  if (typeof value === "string") return isSecret(value) ? pulumi.secret(value) : value;
  if (pulumi.Output.isInstance(value)) return value.apply((inner) => marked(inner, texts));
  if (value instanceof Promise) return value.then((inner) => marked(inner, texts));
  if (Array.isArray(value)) return value.map((item) => marked(item, texts));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value);
  // A key is no value that could be one: the whole map is.
  const whole = Object.fromEntries(entries.map(([key, inner]) => [key, marked(inner, texts)]));
  return entries.some(([key]) => isSecret(key)) ? pulumi.secret(whole) : whole;
}
