import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../config";
import { problems } from "./problems";
import { istio as release } from "../../../versions";

const weight = "a weight is a whole number from 0 to 100";
const rangeOfFour =
  "an IPv4 range of four addresses, such as 10.231.0.8/30: four numbers from 0 to 255, the last a multiple of 4, and /30";
const keys =
  "target, lessons, canary, canaryPlan, mtls, gatewayApi, bookinfo, blog, addons, kiali, telemetry, storage, istio, azure, minikube, existing, embedded";
const targets = "minikube, azure, existing, embedded";
const lessons =
  "backend, bookinfo, temperature, blog, admission, or the folder of one's own such as ./lessons/payments";
const lessonList = '["backend","bookinfo","temperature","blog","admission"]';

describe("target", () => {
  test.each(["kind", "", "Embedded", "toString"])("%j", (target) => {
    expect(problems({ target })).toEqual([
      `istio-lab:target: ${JSON.stringify(target)} is not a target; valid: ${targets}`,
    ]);
  });

  test("not set", () => {
    expect(() => parseConfig({})).toThrow(`istio-lab:target: is not set; valid: ${targets}`);
  });
});

describe("lessons", () => {
  test.each([
    ['["backend","bookinfos"]', `lessons[1]: "bookinfos" is not a lesson; valid: ${lessons}`],
    ["[7]", `lessons[0]: 7 is not a lesson; valid: ${lessons}`],
    ["[null]", `lessons[0]: null is not a lesson; valid: ${lessons}`],
    ['["toString"]', `lessons[0]: "toString" is not a lesson; valid: ${lessons}`],
    ['["backend","bookinfo","backend"]', "lessons[2]: backend is named twice"],
    ["backend", `lessons: "backend" is not a list; valid is for instance ${lessonList}`],
    ['{"0":"backend"}', `lessons: {"0":"backend"} is not a list; valid is for instance ${lessonList}`],
  ])("%s", (lessons, text) => expect(problems({ lessons })).toEqual([`istio-lab:${text}`]));
});

describe("canary", () => {
  test.each([
    ['{"reviews":{"v1":80,"v3":10}}', "canary.reviews: v1 80 + v3 10 sum to 90; they must sum to 100"],
    ['{"reviews":{"v1":90}}', "canary.reviews: v1 90 makes 90; they must sum to 100"],
    ['{"reviews":{"v1":50,"v2":50,"v3":50}}', "canary.reviews: v1 50 + v2 50 + v3 50 sum to 150; they must sum to 100"],
    [
      '{"reviews":{"v1":110,"v3":-10}}',
      `canary.reviews.v1: 110 is more than 100; ${weight}`,
      `canary.reviews.v3: -10 is negative; ${weight}`,
    ],
    [
      '{"reviews":{"v1":99.5,"v3":0.5}}',
      `canary.reviews.v1: 99.5 is not whole; ${weight}`,
      `canary.reviews.v3: 0.5 is not whole; ${weight}`,
    ],
    [
      '{"reviews":{"v1":"99.5","v3":"0.5"}}',
      `canary.reviews.v1: 99.5 is not whole; ${weight}`,
      `canary.reviews.v3: 0.5 is not whole; ${weight}`,
    ],
    ['{"reviews":{"v1":"80","v3":"10"}}', "canary.reviews: v1 80 + v3 10 sum to 90; they must sum to 100"],
    ['{"reviews":{"v1":"half"}}', `canary.reviews.v1: "half" is text; ${weight}`],
    ['{"reviews":{"v1":"NaN"}}', `canary.reviews.v1: "NaN" is text; ${weight}`],
    ['{"reviews":{"v1":"100%"}}', `canary.reviews.v1: "100%" is text; ${weight}`],
    ['{"reviews":{"v1":""}}', `canary.reviews.v1: "" is text; ${weight}`],
    ['{"reviews":{"v1":null,"v3":100}}', `canary.reviews.v1: null is not a number; ${weight}`],
    ['{"reviews":{"v1":true}}', `canary.reviews.v1: true is not a number; ${weight}`],
    ['{"reviews":{"v4":100}}', "canary.reviews.v4: reviews has no version v4; valid: v1, v2, v3"],
    ['{"reviews":{"V1":100}}', "canary.reviews.V1: reviews has no version V1; valid: v1, v2, v3"],
    ['{"reviews":{}}', "canary.reviews: is an empty map; name weights that sum to 100, for instance {v1: 50, v3: 50}"],
    [
      '{"reviews":50}',
      "canary.reviews: 50 is not a map of versions to weights; valid is for instance {v1: 50, v3: 50}",
    ],
    [
      '{"reviews":[50,50]}',
      "canary.reviews: [50,50] is not a map of versions to weights; valid is for instance {v1: 50, v3: 50}",
    ],
    ['{"review":{"v1":100}}', 'canary.review: "review" is not a service with versions; valid: reviews, my-blog'],
    ['{"details":{"v1":100}}', 'canary.details: "details" is not a service with versions; valid: reviews, my-blog'],
    ['{"my-blog":{"v1":90,"v3":10}}', "canary.my-blog.v3: my-blog has no version v3; valid: v1, v2"],
    ['{"my-blog":{}}', "canary.my-blog: is an empty map; name weights that sum to 100, for instance {v1: 50, v2: 50}"],
    ["reviews", 'canary: "reviews" is not a map such as {"reviews": {"v1": 50, "v3": 50}}'],
    ["[]", 'canary: [] is not a map such as {"reviews": {"v1": 50, "v3": 50}}'],
  ])("%s", (canary, ...texts) => expect(problems({ canary })).toEqual(texts.map((text) => `istio-lab:${text}`)));
});

describe("mtls", () => {
  test.each([
    ["strict", '"strict" is not a mode; valid: STRICT, PERMISSIVE'],
    ["DISABLE", '"DISABLE" is not a mode; valid: STRICT, PERMISSIVE'],
  ])("%s", (mtls, text) => expect(problems({ mtls })).toEqual([`istio-lab:mtls: ${text}`]));
});

describe("istio", () => {
  test.each([
    ['{"version":"1.31"}', `istio.version: "1.31" is not an exact release such as ${release.version}`],
    ['{"version":"latest"}', `istio.version: "latest" is not an exact release such as ${release.version}`],
    ['{"version":1.31}', `istio.version: 1.31 is not an exact release such as ${release.version}`],
    [
      '{"chartRepository":"ftp://x"}',
      'istio.chartRepository: "ftp://x" is not an https:// or oci:// address, or a path relative to the project',
    ],
    [
      '{"chartRepository":""}',
      'istio.chartRepository: "" is not an https:// or oci:// address, or a path relative to the project',
    ],
    [
      '{"chartRepository":"~/charts"}',
      'istio.chartRepository: "~/charts" is not an https:// or oci:// address, or a path relative to the project',
    ],
    [
      '{"hub":"https://docker.io/istio"}',
      'istio.hub: "https://docker.io/istio" is not a registry with its folder, without https:// and without a slash at the end, such as docker.io/istio',
    ],
    [
      '{"hub":"docker.io/istio/"}',
      'istio.hub: "docker.io/istio/" is not a registry with its folder, without https:// and without a slash at the end, such as docker.io/istio',
    ],
    ['{"values":{"pilot":{}}}', "istio.values.pilot: is not a key; valid: base, istiod, gateway"],
    ['{"values":{"istiod":[1]}}', "istio.values.istiod: [1] is not a map of Helm values"],
    ['{"values":"x"}', 'istio.values: "x" is not a map with any of base, istiod, gateway'],
    [
      '{"chart":"x"}',
      "istio.chart: is not a key; valid: version, chartRepository, hub, values, objects, metricRelabelConfigs",
    ],
    ["1.31.1", 'istio: "1.31.1" is not a map'],
  ])("%s", (istio, text) => expect(problems({ istio })).toEqual([`istio-lab:${text}`]));
});

describe("embedded", () => {
  test.each(["10.231.0.0/24", "10.231.0.1/30", "10.231.256.0/30", "10.231.0/30", "fd00::/30", "10.231.0.4"])(
    "address range %s",
    (addressRange) => {
      expect(problems({ embedded: JSON.stringify({ addressRange }) })).toEqual([
        `istio-lab:embedded.addressRange: "${addressRange}" is not ${rangeOfFour}`,
      ]);
    },
  );

  test("another key", () =>
    expect(problems({ embedded: '{"name":"x"}' })).toEqual([
      "istio-lab:embedded.name: is not a key; valid: addressRange, serviceType",
    ]));
});

test.each(["LoadBalancer", "nodeport", 1])("embedded service type %j", (serviceType) => {
  const text = `embedded.serviceType: ${JSON.stringify(serviceType)} is not a type of the gateway's Service; valid: NodePort, ClusterIP`;
  expect(problems({ embedded: JSON.stringify({ serviceType }) })).toEqual([`istio-lab:${text}`]);
});

test.each(["yes", "1", "null", "[]"])("gatewayApi %s", (gatewayApi) => {
  expect(problems({ gatewayApi })).toEqual([expect.stringMatching(/^istio-lab:gatewayApi: .* is not true or false$/)]);
});

describe("other keys", () => {
  test.each(["lesson", "Target", "toString"])("%s is unknown", (key) => {
    expect(problems({ [key]: "x" })).toEqual([`istio-lab:${key}: is not a key; valid: ${keys}`]);
  });
});

test("all problems of a config are told at once, each with its key", () => {
  const lines = problems({
    target: "kind",
    lessons: '["blogs","backend","backend"]',
    canary: '{"reviews":{"v1":80,"v3":10},"nobody":{"v1":100}}',
    mtls: "off",
    gatewayApi: "maybe",
    bookinfo: '{"details":{"timeout":"soon","retries":{"attempts":-1}},"review":{}}',
    blog: '{"https":"no","replicas":3}',
    istio: '{"version":"1","x":1}',
    existing: '{"kubeconfig":7,"serviceType":"ClusterIP"}',
    embedded: '{"addressRange":"any","serviceType":"any"}',
    addons: '["kiali","lens"]',
    kiali: '{"viewOnly":false}',
    telemetry: '{"sampling":101}',
    storage: '{"kiali":"1Gi"}',
    nothing: "x",
  });
  expect(lines.map((line) => line.slice(0, line.indexOf(": ")))).toEqual([
    "istio-lab:nothing",
    "istio-lab:target",
    "istio-lab:lessons[0]",
    "istio-lab:lessons[2]",
    "istio-lab:canary.nobody",
    "istio-lab:canary.reviews",
    "istio-lab:mtls",
    "istio-lab:gatewayApi",
    "istio-lab:bookinfo.review",
    "istio-lab:bookinfo.details.timeout",
    "istio-lab:bookinfo.details.retries.attempts",
    "istio-lab:blog.replicas",
    "istio-lab:blog.https",
    "istio-lab:addons[1]",
    "istio-lab:kiali.viewOnly",
    "istio-lab:telemetry.sampling",
    "istio-lab:storage.kiali",
    "istio-lab:istio.x",
    "istio-lab:istio.version",
    "istio-lab:existing.kubeconfig",
    "istio-lab:existing.serviceType",
    "istio-lab:embedded.addressRange",
    "istio-lab:embedded.serviceType",
  ]);
});

test("the head line counts the problems; a single one stands alone", () => {
  expect(() => parseConfig({ target: "kind", mtls: "off" })).toThrow(
    /^2 problems in the config of this stack:\n {2}istio-lab:target/,
  );
  expect(() => parseConfig({ target: "kind" })).toThrow(
    /^istio-lab:target: "kind" is not a target; valid: minikube, azure, existing, embedded$/,
  );
});
