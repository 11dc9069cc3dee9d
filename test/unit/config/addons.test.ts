import { describe, expect, test } from "vitest";
import { problems } from "./problems";

const names = "prometheus, jaeger, zipkin, loki, grafana, kiali";
const list = '["kiali","prometheus","grafana","jaeger"]';
const both =
  "jaeger and zipkin exclude each other, because both own the Services zipkin and tracing that the proxies send to; name one of them";

describe("addons", () => {
  test.each([
    ['["kiali","jager"]', `addons[1]: "jager" is not an addon; valid: ${names}`],
    ['["toString"]', `addons[0]: "toString" is not an addon; valid: ${names}`],
    ["[null]", `addons[0]: null is not an addon; valid: ${names}`],
    ['["kiali","loki","kiali"]', "addons[2]: kiali is named twice"],
    ["kiali", `addons: "kiali" is not a list; valid is for instance ${list}`],
    ["true", `addons: true is not a list; valid is for instance ${list}`],
    ['["jaeger","zipkin"]', `addons: ${both}`],
    ['["zipkin","kiali","jaeger"]', `addons: ${both}`],
  ])("%s", (addons, text) => expect(problems({ addons })).toEqual([`istio-lab:${text}`]));
});

describe("kiali", () => {
  const openDoor =
    "false with auth anonymous would let anyone who reaches Kiali's port change the mesh; set auth to token, or leave viewOnly true";
  test.each([
    ['{"viewOnly":false}', `kiali.viewOnly: ${openDoor}`],
    ['{"auth":"anonymous","viewOnly":"false"}', `kiali.viewOnly: ${openDoor}`],
    ['{"auth":"openid"}', 'kiali.auth: "openid" is not a way to sign in; valid: anonymous, token'],
    ['{"viewOnly":"no"}', 'kiali.viewOnly: "no" is not true or false'],
    ['{"strategy":"token"}', "kiali.strategy: is not a key; valid: auth, viewOnly"],
    ['"token"', 'kiali: "token" is not a map'],
  ])("%s", (kiali, text) => expect(problems({ kiali })).toEqual([`istio-lab:${text}`]));
});

describe("telemetry", () => {
  const valid = "is not a number from 0 to 100";
  test.each([
    ['{"sampling":101}', `telemetry.sampling: 101 ${valid}`],
    ['{"sampling":-1}', `telemetry.sampling: -1 ${valid}`],
    ['{"sampling":"all"}', `telemetry.sampling: "all" ${valid}`],
    ['{"traces":1}', "telemetry.traces: is not a key; valid: sampling"],
  ])("%s", (telemetry, text) => expect(problems({ telemetry })).toEqual([`istio-lab:${text}`]));
});

describe("storage", () => {
  test.each([
    ['{"prometheus":"0Gi"}', 'storage.prometheus: "0Gi" is not a size such as 5Gi'],
    ['{"loki":5}', "storage.loki: 5 is not a size such as 5Gi"],
    ['{"grafana":"5GB"}', 'storage.grafana: "5GB" is not a size such as 5Gi'],
    ['{"kiali":"5Gi"}', "storage.kiali: is not a key; valid: prometheus, grafana, jaeger, loki"],
    ["5Gi", 'storage: "5Gi" is not a map with any of prometheus, grafana, jaeger, loki'],
  ])("%s", (storage, text) => expect(problems({ storage })).toEqual([`istio-lab:${text}`]));
});

test("all problems of the addons are told at once", () => {
  expect(
    problems({
      addons: '["jaeger","zipkin","kiali","kiali"]',
      kiali: '{"viewOnly":false,"x":1}',
      telemetry: '{"sampling":200}',
      storage: '{"zipkin":"1Gi"}',
    }).map((line) => line.split(": ")[0]),
  ).toEqual(
    ["addons[3]", "addons", "kiali.x", "kiali.viewOnly", "telemetry.sampling", "storage.zipkin"].map(
      (key) => `istio-lab:${key}`,
    ),
  );
});
