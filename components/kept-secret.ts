import * as pulumi from "@pulumi/pulumi";

/** Shorter texts would also match inputs that are not secret. */
const SHORTEST = 6;

/**
 * Marks every input that contains one of these texts as a secret. The state then encrypts it, and a preview shows
 * `[secret]`. This is needed because Pulumi hands the program its config without secret marks.
 * @param words texts that inputs may contain openly, such as names from the config's own vocabulary
 */
export function keepSecrets(texts: readonly string[], words: ReadonlySet<string>): void {
  const kept = texts.filter((text) => text.length >= SHORTEST && !words.has(text));
  if (kept.length === 0) return;
  pulumi.runtime.registerStackTransformation(({ props, opts }) => ({
    props: marked(props, kept) as pulumi.Inputs,
    opts,
  }));
}

/** Returns the value with each leaf that contains one of the texts marked as a secret. */
export function marked(value: unknown, texts: readonly string[]): unknown {
  const isSecret = (text: string) => texts.some((secret) => text.includes(secret));
  if (typeof value === "string") return isSecret(value) ? pulumi.secret(value) : value;
  if (pulumi.Output.isInstance(value)) return value.apply((inner) => marked(inner, texts));
  if (value instanceof Promise) return value.then((inner) => marked(inner, texts));
  if (Array.isArray(value)) return value.map((item) => marked(item, texts));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value);
  // A key cannot be marked as a secret, so the whole map is.
  const whole = Object.fromEntries(entries.map(([key, inner]) => [key, marked(inner, texts)]));
  return entries.some(([key]) => isSecret(key)) ? pulumi.secret(whole) : whole;
}
