import { onStack } from "../../base/advice";
import { quote } from "../../base/quote";
import { isMap } from "../../base/values";
import { readYamlText } from "../../base/yaml";
import { valueOf } from "../../components/secret-texts";

/**
 * The keys of a stack's file that have a list or map as one text, as `pulumi config set KEY '["a","b"]'` writes it, with
 * the command that sets the same as a list or map. Pulumi refuses such a text before it starts the program.
 * @param project the text of Pulumi.yaml, which declares the keys' types
 */
export function textProblems(stack: string, written: Readonly<Record<string, unknown>>, project: string): string[] {
  const { config } = (readYamlText(project).value ?? {}) as { config?: Record<string, { type?: string } | undefined> };
  return Object.entries(written).flatMap(([key, text]) => {
    const type = config?.[key]?.type;
    if (typeof text !== "string" || (type !== "array" && type !== "object")) return [];
    const value = valueOf(text);
    const wanted = type === "array" ? "list" : "map";
    // The schema's own message says what is wrong with any other text.
    if (!(wanted === "list" ? Array.isArray(value) : isMap(value))) return [];
    const json = JSON.stringify({ [key]: { value: JSON.stringify(value), objectValue: value } });
    const command = onStack(stack, `npm run -s pulumi -- config set-all --json ${quote(json)}`);
    return [`${key}: is one text, and Pulumi takes only a ${wanted}. Set it as one: \`${command}\``];
  });
}
