import { expect, test } from "vitest";
import type { StateResource } from "../../../cli/stack/stack";
import { outputsIn } from "../../../cli/stack/outputs";

const locked = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:SECRET" };
const resource = (
  type: string,
  outputs: Record<string, unknown>,
  more: Partial<StateResource> = {},
): StateResource => ({ urn: `urn:${type}`, type, outputs, ...more });

test("a stack's outputs are those of its state, and no secret is among them, however deep it lies", () => {
  const outputs = {
    GATEWAY_URL: "http://10.0.0.2:31380",
    INGRESS_PORT: 80,
    kubeconfig: locked,
    lessons: { blog: "http://10.0.0.2:31380/", token: locked },
    list: ["a", locked],
    none: null,
  };
  const shown = outputsIn({
    resources: [
      resource("kubernetes:core/v1:Service", { GATEWAY_URL: "another" }),
      resource("pulumi:pulumi:Stack", { GATEWAY_URL: "old" }, { delete: true }),
      resource("pulumi:pulumi:Stack", outputs),
    ],
  });
  expect(shown).toEqual({
    ...outputs,
    kubeconfig: "[secret]",
    lessons: { blog: "http://10.0.0.2:31380/", token: "[secret]" },
    list: ["a", "[secret]"],
  });
  expect(JSON.stringify(shown)).not.toContain('SECRET"');
});

test("a stack without resources has none", () => {
  expect(outputsIn({ resources: [] })).toEqual({});
  expect(outputsIn({ resources: [{ urn: "urn:stack", type: "pulumi:pulumi:Stack" }] })).toEqual({});
});
