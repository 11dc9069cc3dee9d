import { isMap } from "../../check/diagnosis/json";

/** What an unknown value is written as before `up` has made what it comes from; a constant of Pulumi's wire format. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

/** What is one seat's alone: its name, and where it answers. */
export interface Own {
  readonly seat: string;
  /** Of the stack's outputs: `10.231.0.2`, `http://10.231.0.2:31602`. */
  readonly addresses: readonly string[];
}

/**
 * An object's inputs as they would be in any seat: without the seat's address, in `named` ones without its name, and without what nobody should or could
 * read (secrets, serialised code, hashes of a config that is told as well). The name goes where the program writes it, by itself and behind the project's:
 * a seat may be called `v1` or `reviews`, and these are words of the lessons as well.
 */
export function common(value: unknown, own: Own, named: boolean): unknown {
  const addresses = [...own.addresses].sort((a, b) => b.length - a.length).map(wholeWord);
  const project = wholeWord(`istio-lab-${own.seat}`);
  return clean(value, (text) => {
    if (named && text === own.seat) return "<seat>";
    const anywhere = addresses.reduce((inner, address) => inner.replace(address, "<address>"), text);
    return named ? anywhere.replace(project, "istio-lab-<seat>") : anywhere;
  });
}

function clean(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === "string") return value === UNKNOWN ? "(not known yet)" : replace(value.replaceAll(UNKNOWN, "(not known yet)"));
  if (Array.isArray(value)) return value.map((item) => clean(item, replace));
  if (!isMap(value)) return value;
  if (SECRET_KEY in value) return "[secret]";
  const isSecret = value.kind === "Secret" && value.apiVersion === "v1";
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "__provider") return [key, "[code]"];
      if (key.startsWith("checksum/")) return [key, "[hash]"];
      if (isSecret && (key === "data" || key === "stringData")) return [key, hidden(inner)];
      return [key, clean(inner, replace)];
    }),
  );
}

/** Whoever wrote the program may have forgotten to mark it; the kind says it. */
function hidden(data: unknown): unknown {
  return isMap(data) ? Object.fromEntries(Object.keys(data).map((key) => [key, "[secret]"])) : "[secret]";
}

/** The word, and not where it is a part of another one: 10.0.0.2 is not in 10.0.0.20. */
function wholeWord(word: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![A-Za-z0-9])`, "g");
}
