import * as path from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { addonNames } from "../../../../components/addons/catalog";
import { checksOf } from "../../../../components/checks";
import type { CheckSpec } from "../../../../components/lessons/checks/check";
import { settingsWith } from "../settings";

/** A config in which every kind of check has what it may have. */
const everything = {
  addons: addonNames.filter((name) => name !== "zipkin"),
  canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 90, v2: 10 } },
  blog: { https: true, replicasFollowWeights: true },
  bookinfo: {
    reviews: {
      users: { jason: "v2", mary: "v3" },
      timeout: "10s",
      retries: { attempts: 2, perTryTimeout: "2s", retryOn: "5xx,reset" },
    },
    details: { fault: { abort: { httpStatus: 503, percentage: 10 }, user: "jason" }, timeout: "3s" },
    ratings: { loadBalancer: "RANDOM", fault: { delay: { fixedDelay: "1s", percentage: 25 } } },
  },
};

/** Configs of which each takes a check another way. */
const variants: Record<string, Record<string, unknown>> = {
  "the defaults of a seat": {},
  "the Gateway API": { ...everything, bookinfo: { reviews: { timeout: "10s" } }, gatewayApi: true },
  "PERMISSIVE mTLS": { ...everything, mtls: "PERMISSIVE" },
  "a fault of the page itself": {
    ...everything,
    bookinfo: { productpage: { fault: { abort: { httpStatus: 500, percentage: 50 } } } },
  },
  "a fault of every call of reviews, and slow ratings": {
    ...everything,
    bookinfo: {
      reviews: { timeout: "1s", fault: { abort: { httpStatus: 500, percentage: 100 } } },
      ratings: { fault: { delay: { fixedDelay: "2s", percentage: 100 } } },
    },
  },
  "a fault of details": {
    ...everything,
    bookinfo: { details: { fault: { abort: { httpStatus: 500, percentage: 100 } } } },
  },
  "Zipkin, and one trace in ten": { ...everything, addons: ["zipkin"], telemetry: { sampling: 10 } },
  "Kiali with a token, and rights to write": { ...everything, kiali: { auth: "token", viewOnly: false } },
  "a blog of one version": { ...everything, canary: { "my-blog": { v1: 0, v2: 100 } } },
};

const text = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
const byName = (config: Record<string, unknown>) =>
  new Map(checksOf(settingsWith(config)).map((spec): [string, CheckSpec] => [spec.name, spec]));

/**
 * What the checks ask, of whom, and what is right: to be read in a review. What the answers mean is asserted beside the probes.
 * After a change that is meant: `npx vitest run --project unit test/unit/check/golden -u`.
 */
test("the checks of a seat that has everything", async () => {
  const specs = checksOf(settingsWith(everything));
  expect(new Set(specs.map(({ lesson }) => lesson)).size).toBe(7);
  await expect(specs.map((spec) => text({ [spec.name]: spec })).join("")).toMatchFileSnapshot(
    path.join(__dirname, "checks.yaml"),
  );
});

test("what another config changes of them", async () => {
  const before = byName(everything);
  const differences = Object.entries(variants).map(([name, config]) => {
    const after = byName(config);
    const changed = [...after].filter(([key, spec]) => JSON.stringify(spec) !== JSON.stringify(before.get(key)));
    expect(changed.length + before.size - after.size, name).not.toBe(0);
    const fields = (spec: CheckSpec) => {
      const [was, is] = [{ ...before.get(spec.name) }, spec] as unknown as Record<string, unknown>[];
      return Object.fromEntries(
        [...new Set([...Object.keys(was!), ...Object.keys(is!)])]
          .filter((key) => JSON.stringify(is![key]) !== JSON.stringify(was![key]))
          .map((key) => [key, is![key] ?? null]),
      );
    };
    return {
      [name]: {
        gone: [...before.keys()].filter((key) => !after.has(key)),
        changed: Object.fromEntries(changed.map(([key, spec]) => [key, fields(spec)])),
      },
    };
  });
  await expect(differences.map(text).join("")).toMatchFileSnapshot(path.join(__dirname, "variants.yaml"));
});
