import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../../base/paths";
import { textProblems } from "../../../cli/stack/structured";

const project = readFileSync(path.join(projectRoot, "Pulumi.yaml"), "utf8");

test.each([
  ["addons", '["kiali","loki"]', "list", ["kiali", "loki"]],
  ["lessons", "[]", "list", []],
  ["canary", '{"reviews":{"v1":90,"v3":10}}', "map", { reviews: { v1: 90, v3: 10 } }],
  ["istio", '{"values":{"istiod":{"pod":"it\'s"}}}', "map", { values: { istiod: { pod: "it's" } } }],
])("%s as the text %s is refused with the command that sets a %s", (name, text, wanted, value) => {
  const [problem, ...more] = textProblems("seat2", { [`istio-lab:${name}`]: text }, project);
  expect(more).toEqual([]);
  const [, command] = new RegExp(
    `^istio-lab:${name}: is one text, and Pulumi takes only a ${wanted}\\. Set it as one: \`(.*)\`$`,
  ).exec(problem!)!;
  const [, json] = /^npm run -s pulumi -- config set-all --stack seat2 --json '(.*)'$/.exec(command!)!;
  expect(JSON.parse(json!.replaceAll("'\\''", "'"))).toEqual({
    [`istio-lab:${name}`]: { value: JSON.stringify(value), objectValue: value },
  });
});

test.each([
  ["a list", { "istio-lab:addons": ["kiali"] }],
  ["a text that is no list, for which the schema has a message", { "istio-lab:addons": "kiali" }],
  ["a map where a list belongs", { "istio-lab:addons": "{}" }],
  ["a key that is a text anyway", { "istio-lab:target": "[]" }],
  ["a boolean", { "istio-lab:gatewayApi": "true" }],
  ["a locked value", { "istio-lab:istio": { secure: "v1:abc" } }],
  ["another program's key", { "other:addons": "[]" }],
])("nothing is refused of %s", (_, written) => expect(textProblems("seat2", written, project)).toEqual([]));
