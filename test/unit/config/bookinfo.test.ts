import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadBalancers, milliseconds } from "../../../components/mesh/traffic-policy";
import { parseConfig } from "../../../config";
import { problems } from "./problems";

const parsed = (bookinfo: unknown, gatewayApi = false) =>
  parseConfig({ target: "embedded", bookinfo: JSON.stringify(bookinfo), gatewayApi: String(gatewayApi) }).bookinfo;
const refusals = (bookinfo: unknown, gatewayApi = false) =>
  problems({ bookinfo: JSON.stringify(bookinfo), gatewayApi: String(gatewayApi) });

const services = ["productpage", "details", "ratings", "reviews"];
const duration = "a duration such as 500ms, 0.5s or 10s, in whole milliseconds from 1ms to 1h";
const policyKeys = "timeout, retries, fault, loadBalancer";

const anyDuration = fc.oneof(
  fc.integer({ min: 1, max: 3_600_000 }).map((amount) => `${amount}ms`),
  fc
    .integer({ min: 1, max: 3_600_000 })
    .map((amount) => `${amount / 1000}s`)
    .filter((text) => !text.includes("e")),
  fc.integer({ min: 1, max: 60 }).map((amount) => `${amount}m`),
  fc.constant("1h"),
);
const anyPercentage = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(0.1, 12.5, 99.99));
/** YAML's reader refuses these wherever they are keys. */
const refusedKeys = ["__proto__", "<<"];
const anyUser = fc.stringMatching(/^[A-Za-z0-9._@-]{1,63}$/).filter((user) => !refusedKeys.includes(user));
const anyDelay = fc.record({ fixedDelay: anyDuration, percentage: anyPercentage });
const anyAbort = fc.record({ httpStatus: fc.integer({ min: 200, max: 599 }), percentage: anyPercentage });
const anyRetries = fc.oneof(
  fc.record(
    {
      attempts: fc.integer({ min: 1, max: 10 }),
      perTryTimeout: anyDuration,
      retryOn: fc.constantFrom("5xx", "connect-failure,503", "unavailable"),
    },
    { requiredKeys: ["attempts"] },
  ),
  fc.constant({ attempts: 0 }),
);
const anyFault = fc.oneof(
  fc.record({ delay: anyDelay, abort: anyAbort, user: anyUser }, { requiredKeys: ["delay"] }),
  fc.record({ abort: anyAbort, user: anyUser }, { requiredKeys: ["abort"] }),
);
const anyPolicy = fc.record(
  { timeout: anyDuration, retries: anyRetries, fault: anyFault, loadBalancer: fc.constantFrom(...loadBalancers) },
  { requiredKeys: [] },
);
const anyUsers = fc.dictionary(anyUser, fc.constantFrom("v1", "v2", "v3"));

test("any right policy of any service is read back as it was written", () => {
  const anyBookinfo = fc.record(
    {
      productpage: anyPolicy,
      details: anyPolicy,
      ratings: anyPolicy,
      reviews: fc.tuple(anyPolicy, anyUsers).map(([policy, users]) => ({ ...policy, users })),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(anyBookinfo, (bookinfo) => void expect(parsed(bookinfo)).toEqual(JSON.parse(JSON.stringify(bookinfo)))),
  );
});

test("what HTTPRoute can say is read with gatewayApi just the same", () => {
  const policy = fc.record({ timeout: anyDuration, users: anyUsers }, { requiredKeys: [] });
  fc.assert(
    fc.property(
      policy,
      (reviews) => void expect(parsed({ reviews }, true)).toEqual(JSON.parse(JSON.stringify({ reviews }))),
    ),
  );
});

test("milliseconds of any duration", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3_600_000 }),
      (amount) => void expect(milliseconds(`${amount}ms`)).toBe(amount),
    ),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3_600_000 }),
      (amount) => void expect(milliseconds(`${(amount / 1000).toFixed(3)}s`)).toBe(amount),
    ),
  );
  expect([milliseconds("0.5s"), milliseconds("1.5m"), milliseconds("1h")]).toEqual([500, 90_000, 3_600_000]);
});

test("what is not set is not there, not even as undefined", () => {
  expect(Object.keys(parsed({ details: {} }).details!)).toEqual([]);
  expect(Object.keys(parsed({ details: { retries: { attempts: 3 } } }).details!.retries!)).toEqual(["attempts"]);
});

describe("a wrong value is refused by its own key", () => {
  test.each<[unknown, ...string[]]>([
    [{ ratings: { timeout: "soon" } }, `ratings.timeout: "soon" is not ${duration}`],
    [{ ratings: { timeout: 5 } }, `ratings.timeout: 5 is not ${duration}`],
    [{ ratings: { timeout: "5" } }, `ratings.timeout: "5" is not ${duration}`],
    [{ ratings: { timeout: "0s" } }, `ratings.timeout: "0s" is not ${duration}`],
    [{ ratings: { timeout: "-1s" } }, `ratings.timeout: "-1s" is not ${duration}`],
    [{ ratings: { timeout: "1m30s" } }, `ratings.timeout: "1m30s" is not ${duration}`],
    [{ ratings: { timeout: "0.0005s" } }, `ratings.timeout: "0.0005s" is not ${duration}`],
    [{ ratings: { timeout: "2h" } }, `ratings.timeout: "2h" is not ${duration}`],
    [{ ratings: { retries: {} } }, "ratings.retries.attempts: is not set; valid is a whole number from 0 to 10"],
    [{ ratings: { retries: { attempts: 11 } } }, "ratings.retries.attempts: 11 is not a whole number from 0 to 10"],
    [
      { ratings: { retries: { attempts: "three" } } },
      'ratings.retries.attempts: "three" is not a whole number from 0 to 10',
    ],
    [{ ratings: { retries: { attempts: 1.5 } } }, "ratings.retries.attempts: 1.5 is not a whole number from 0 to 10"],
    [
      { ratings: { retries: { attempts: 2, perTryTimeout: "2" } } },
      `ratings.retries.perTryTimeout: "2" is not ${duration}`,
    ],
    [
      { ratings: { retries: { attempts: 0, retryOn: "5xx" } } },
      "ratings.retries: attempts 0 turns retries off: perTryTimeout and retryOn have no meaning beside it",
    ],
    [
      { ratings: { retries: { attempt: 2 } } },
      "ratings.retries.attempt: is not a key; valid: attempts, perTryTimeout, retryOn",
      "ratings.retries.attempts: is not set; valid is a whole number from 0 to 10",
    ],
    [
      { ratings: { retries: 3 } },
      "ratings.retries: 3 is not a map such as {attempts: 3, perTryTimeout: 2s, retryOn: 5xx}",
    ],
    [
      { ratings: { fault: {} } },
      "ratings.fault: has neither delay nor abort; valid is a map such as {delay: {fixedDelay: 7s, percentage: 100}, user: jason}",
    ],
    [
      { ratings: { fault: { delay: { fixedDelay: "7s" } } } },
      "ratings.fault.delay.percentage: is not set; valid is a number from 0 to 100",
    ],
    [
      { ratings: { fault: { delay: { percentage: 100 } } } },
      `ratings.fault.delay.fixedDelay: is not set; valid is ${duration}`,
    ],
    [
      { ratings: { fault: { abort: { httpStatus: 600, percentage: 101 } } } },
      "ratings.fault.abort.httpStatus: 600 is not a whole number from 200 to 599",
      "ratings.fault.abort.percentage: 101 is not a number from 0 to 100",
    ],
    [
      { ratings: { fault: { abort: { httpStatus: 199, percentage: -1 } } } },
      "ratings.fault.abort.httpStatus: 199 is not a whole number from 200 to 599",
      "ratings.fault.abort.percentage: -1 is not a number from 0 to 100",
    ],
    [
      { ratings: { fault: { abort: { httpStatus: 500, percentage: 10 }, user: "two words" } } },
      'ratings.fault.user: "two words" is not a user\'s name of 1 to 63 letters, digits and signs, without blanks',
    ],
    [
      { ratings: { loadBalancer: "PASSTHROUGH" } },
      'ratings.loadBalancer: "PASSTHROUGH" is not a load balancer; valid: ROUND_ROBIN, LEAST_REQUEST, RANDOM',
    ],
    [{ ratings: { users: { jason: "v1" } } }, `ratings.users: is not a key; valid: ${policyKeys}`],
    [
      { reviews: { users: { jason: "v4" } } },
      'reviews.users.jason: "v4" is not a version of reviews; valid: v1, v2, v3',
    ],
    [
      { reviews: { users: { "a b": "v2" } } },
      'reviews.users.a b: "a b" is not a user\'s name of 1 to 63 letters, digits and signs, without blanks',
    ],
    [
      { reviews: { users: ["jason"] } },
      'reviews.users: ["jason"] is not a map of users to versions such as {jason: v2}',
    ],
    [{ reviews: { header: "x" } }, `reviews.header: is not a key; valid: ${policyKeys}, users`],
    [{ reviews: "v2" }, `reviews: "v2" is not a map with any of ${policyKeys}, users`],
    [{ review: {} }, "review: is not a key; valid: productpage, details, ratings, reviews"],
  ])("%j", (bookinfo, ...texts) =>
    expect(refusals(bookinfo)).toEqual(texts.map((text) => `istio-lab:bookinfo.${text}`)),
  );

  test.each(["5xx, reset", "5XX", "499", "200", "gateway"])("retryOn %j", (retryOn) => {
    expect(refusals({ ratings: { retries: { attempts: 1, retryOn } } })).toEqual([
      expect.stringMatching(
        /^istio-lab:bookinfo\.ratings\.retries\.retryOn: ".*" is not a condition of Envoy's; valid, by comma and without spaces: 5xx, /,
      ),
    ]);
  });

  test.each(refusedKeys)("%s as a key", (key) => {
    expect(problems({ bookinfo: `{"reviews":{"users":{"${key}":"v1"}}}` })[0]).toMatch(
      new RegExp(`^istio-lab:bookinfo: .*"${key}" is no`),
    );
  });

  test.each(["x", "[]", "3"])("bookinfo %s", (bookinfo) => {
    expect(problems({ bookinfo })).toEqual([
      expect.stringMatching(/^istio-lab:bookinfo: .* is not a map with any of productpage, details, ratings, reviews$/),
    ]);
  });

  test("any wrong value anywhere in a right policy", () => {
    const leaves = [
      "timeout",
      "retries.attempts",
      "retries.perTryTimeout",
      "retries.retryOn",
      "fault.delay.fixedDelay",
      "fault.delay.percentage",
      "fault.abort.httpStatus",
      "fault.abort.percentage",
      "fault.user",
      "loadBalancer",
    ];
    const whole = {
      timeout: "1s",
      retries: { attempts: 1, perTryTimeout: "1s", retryOn: "5xx" },
      fault: { delay: { fixedDelay: "1s", percentage: 1 }, abort: { httpStatus: 500, percentage: 1 }, user: "jason" },
      loadBalancer: "RANDOM",
    };
    const wrong = fc.oneof(
      fc.constantFrom(-1, 1000, 0.25e-9, true, null),
      fc.array(fc.integer()),
      fc.dictionary(
        fc.string().filter((key) => !refusedKeys.includes(key)),
        fc.integer(),
      ),
      fc.constantFrom("", " ", "no way"),
    );
    fc.assert(
      fc.property(fc.constantFrom(...services), fc.constantFrom(...leaves), wrong, (service, leaf, value) => {
        // Small fractions are right where any number is.
        fc.pre(!(leaf.endsWith("percentage") && value === 0.25e-9));
        const policy: any = structuredClone(whole);
        const path = leaf.split(".");
        path.slice(0, -1).reduce((at, key) => at[key], policy)[path.at(-1)!] = value;
        expect(refusals({ [service]: policy })).toEqual([
          expect.stringContaining(`istio-lab:bookinfo.${service}.${leaf}: ${JSON.stringify(value)} `.trimEnd()),
        ]);
      }),
    );
  });
});

describe("with gatewayApi, what HTTPRoute cannot say is refused by name", () => {
  const abort = { httpStatus: 500, percentage: 10 };
  test.each([
    [
      { ratings: { retries: { attempts: 1 } } },
      "ratings.retries: HTTPRoute knows nothing of retries; remove it, or set gatewayApi to false",
    ],
    [
      { details: { fault: { abort } } },
      "details.fault: HTTPRoute knows nothing of fault injection; remove it, or set gatewayApi to false",
    ],
    [
      { productpage: { loadBalancer: "RANDOM" } },
      "productpage.loadBalancer: HTTPRoute knows nothing of a load balancer's policy; remove it, or set gatewayApi to false",
    ],
  ])("%j", (bookinfo, text) => {
    expect(refusals(bookinfo, true)).toEqual([`istio-lab:bookinfo.${text}`]);
    expect(parsed(bookinfo)).toEqual(bookinfo);
  });

  test("all of them at once, beside what is wrong in any API", () => {
    const reviews = {
      timeout: "x",
      retries: { attempts: 1 },
      fault: { abort },
      loadBalancer: "RANDOM",
      users: { jason: "v9" },
    };
    expect(refusals({ reviews }, true).map((line) => line.slice(0, line.indexOf(": ")))).toEqual(
      ["timeout", "retries", "fault", "loadBalancer", "users.jason"].map((key) => `istio-lab:bookinfo.reviews.${key}`),
    );
  });
});
