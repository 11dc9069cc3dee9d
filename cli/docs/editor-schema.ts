import * as z from "zod";

/** What only this program reads of a schema's metadata. Editors would show it. */
const ours = ["says", "valid", "keyName", "unknownKey", "concealed", "otherwise"];

/** Formats the JSON Schema of a file that users write, for editors. */
export function editorSchema(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, {
    io: "input",
    override: ({ jsonSchema }) => {
      for (const key of ours) delete (jsonSchema as Record<string, unknown>)[key];
    },
  });
  return `${JSON.stringify(json, null, 2)}\n`;
}
