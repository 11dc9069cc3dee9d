import { readYamlText } from "../../base/yaml";
import { isMap } from "../../base/values";
import { UserError } from "../../base/errors";

/** A stack file's config as Pulumi hands it to the program. */
export interface RawConfig {
  /** Key without namespace → text. A list or map is JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** Paths of the encrypted secrets, which are not in `config`. */
  readonly locked: readonly string[];
}

const NAMESPACE = "istio-lab:";

/** @param name of the file, for the error message. @throws UserError where the file cannot be read */
export function rawConfig(file: string, name?: string): RawConfig {
  const written = writtenIn(file, name);
  const locked: string[] = [];
  const own = Object.entries(written).filter(([key]) => key.startsWith(NAMESPACE));
  const config = own.flatMap(([key, value]) => {
    const name = key.slice(NAMESPACE.length);
    const open = unlocked(name, value, locked);
    return open === undefined ? [] : [[name, typeof open === "object" ? JSON.stringify(open) : String(open)]];
  });
  return { config: Object.fromEntries(config) as Record<string, string>, locked };
}

/** `config` of a stack's file. @throws UserError where the text cannot be read */
export function writtenIn(file: string, name = "the stack's file"): Record<string, unknown> {
  const { value, problems } = readYamlText(file);
  const grave = problems.filter(({ isStyle }) => !isStyle);
  if (grave.length > 0) throw new UserError(grave.map(({ line, text }) => `${name}: line ${line}: ${text}`).join("\n"));
  const config = isMap(value) ? value.config : undefined;
  return isMap(config) ? config : {};
}

/** The value without its encrypted parts. Each of those is a map `secure: …`. */
function unlocked(path: string, value: unknown, locked: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unlocked(`${path}[${index}]`, item, locked));
  if (!isMap(value)) return value;
  if (typeof value.secure === "string" && Object.keys(value).length === 1) {
    locked.push(path);
    return undefined;
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, unlocked(`${path}.${key}`, inner, locked)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
}
