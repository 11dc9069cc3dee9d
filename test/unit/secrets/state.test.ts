import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { expect, test } from "vitest";
import { marked } from "../../../components/kept-secret";
import { lockedPathsIn, secretPaths, secretTexts } from "../../../components/secret-texts";
import { configWith, place, shape } from "./places";
import { leakOf, secretText } from "./spellings";

/** What of a value the state would have in plain text. */
async function plain(value: unknown): Promise<unknown> {
  if (pulumi.Output.isInstance(value))
    return (await pulumi.isSecret(value))
      ? "[secret]"
      : plain(await (value as unknown as { promise(): Promise<unknown> }).promise());
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    await Promise.all(Object.entries(value).map(async ([key, inner]) => [key, await plain(inner)] as const)),
  );
}

test("whatever of a config came as a secret stays one in the inputs that it is put into", async () => {
  await fc.assert(
    fc.asyncProperty(secretText, place, shape, async (secret, path, shape) => {
      const { raw, secret: at } = configWith(path, shape(secret));
      const texts = secretTexts(raw, [at]);
      const inputs = {
        values: { a: [`--token=${secret}`], [secret]: 1 },
        output: pulumi.output({ deep: [secret] }),
        later: Promise.resolve(secret),
        other: "stays",
      };
      const state = (await plain(marked(inputs, texts))) as { other: string };
      expect(leakOf(secret, JSON.stringify(state))).toBeUndefined();
      expect(state.other).toBe("stays");
    }),
    { numRuns: 150 },
  );
});

test("the paths of a file's secrets, with the key where the file tells of none", () => {
  const file =
    'config:\n  istio-lab:existing: {kubeconfig: {secure: "v1:x"}, context: lab}\n  istio-lab:azure: {adminCidrs: [{secure: "v1:y"}]}\n  istio-lab:mtls: {secure: "v1:z"}\n  other:x: {secure: "v1:w"}\n';
  const locked = lockedPathsIn(file, "istio-lab");
  expect(locked).toEqual(["existing.kubeconfig", "azure.adminCidrs[0]", "mtls"]);
  expect(secretPaths(["existing", "blog"], locked)).toEqual(["existing.kubeconfig", "blog"]);
  expect(lockedPathsIn(`environment: [lab]\n${file}`, "istio-lab")).toEqual([]);
});
