import { describe, expect, test } from "vitest";
import { checkObject } from "../../../embedded/provider/check";
import { checkRelease } from "../../../embedded/provider/helm/values";
import { checkpoint } from "../../../embedded/provider/state";
import { isSecret, UNKNOWN } from "../../../base/pulumi-marks";
import { Bag, hasSecret, plain, secret } from "../../../embedded/provider/wire";

/** A secret of the program is a secret in the checked inputs and in the state, wherever it stands. */
describe("secrets", () => {
  const seed = new Uint8Array(32);
  const release = (news: Bag) =>
    checkRelease({
      urn: "urn:pulumi:s::p::kubernetes:helm.sh/v3:Release::r",
      olds: {},
      news,
      randomSeed: seed,
      defaultNamespace: "default",
      chartVersion: async () => "1.0.0",
    });

  test("in a release's values", async () => {
    const { inputs } = await release({ chart: "c", values: { auth: { user: "u", password: secret("p") } } });
    expect(isSecret(inputs.values.auth.password)).toBe(true);
    expect(hasSecret(inputs.values.auth.user)).toBe(false);
    expect((plain(inputs) as Bag).values).toEqual({ auth: { user: "u", password: "p" } });
  });
  test("in a release whose values are secret as a whole", async () => {
    expect(isSecret((await release({ chart: "c", values: secret({ a: 1 }) })).inputs.values)).toBe(true);
  });
  test("in a release with something unknown, and in one without a chart", async () => {
    expect(isSecret((await release({ chart: "c", values: { a: UNKNOWN, b: secret("p") } })).inputs.values.b)).toBe(
      true,
    );
    const missing = await checkRelease({
      urn: "urn:pulumi:s::p::kubernetes:helm.sh/v3:Release::r",
      olds: {},
      news: { chart: "c", values: { b: secret("p") } },
      randomSeed: seed,
      defaultNamespace: "default",
      chartVersion: () => Promise.reject(new Error("no chart")),
    });
    expect(missing.failures).toHaveLength(1);
    expect(isSecret(missing.inputs.values.b)).toBe(true);
  });
  test("in an object: a nested one, one within a list (the whole list), and a Secret's data always", async () => {
    const check = (news: Bag, type: string) =>
      checkObject({
        urn: `urn:pulumi:s::p::kubernetes:${type}::r`,
        olds: {},
        news,
        randomSeed: seed,
        defaultNamespace: "default",
        namespaced: async () => true,
      });
    const map = (
      await check(
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "n" }, data: { a: "1", b: secret("2") } },
        "core/v1:ConfigMap",
      )
    ).inputs;
    expect([isSecret(map.data.a), isSecret(map.data.b)]).toEqual([false, true]);
    const cr = (
      await check(
        { apiVersion: "x/v1", kind: "X", metadata: { name: "n" }, spec: { list: [{ a: secret("1") }, { a: "2" }] } },
        "x/v1:X",
      )
    ).inputs;
    expect(isSecret(cr.spec.list)).toBe(true);
    const opaque = (
      await check(
        { apiVersion: "v1", kind: "Secret", metadata: { name: "n" }, stringData: { a: "1" } },
        "core/v1:Secret",
      )
    ).inputs;
    expect(opaque.data).toEqual(secret({ a: "MQ==" }));
  });
  test("in the state: the live object and the inputs", () => {
    const inputs = { apiVersion: "x/v1", kind: "X", metadata: { name: "n" }, spec: { a: "1", b: "2" } };
    const state = checkpoint(
      inputs,
      { ...inputs, spec: { ...inputs.spec, c: "3" } },
      { spec: { a: secret("1"), b: "2" } },
      "x/v1",
      "m",
    );
    expect([isSecret(state.spec.a), isSecret(state.__inputs.spec.a), isSecret(state.spec.c)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
