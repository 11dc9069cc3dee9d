import { describe, expect, test } from "vitest";
import { validateConfig, parseConfig } from "../../../config";
import { problems } from "./problems";

const folder = "test/unit/config/files";
const istio = (key: string, file: unknown) => ({ istio: JSON.stringify({ [key]: file }) });
const path = (valid: string) => `the path in this project of a YAML file with ${valid}`;
const [objects, rules] = [
  path("an object of Istio's, or a List of them"),
  path("a list of Prometheus' metric_relabel_configs"),
];

describe.each([
  ["objects", objects],
  ["metricRelabelConfigs", rules],
])("istio.%s", (key, valid) => {
  test.each([
    [3, `3 is not ${valid}`],
    [["a.yaml"], `["a.yaml"] is not ${valid}`],
    ["/etc/passwd.yaml", `"/etc/passwd.yaml" is not ${valid}`],
    ["../other/a.yaml", `"../other/a.yaml" is not ${valid}`],
    ["a/../../a.yaml", `"a/../../a.yaml" is not ${valid}`],
    ["~/a.yaml", `"~/a.yaml" is not ${valid}`],
    [".lab/passphrase", `".lab/passphrase" is not ${valid}`],
    ["missing.yaml", `"missing.yaml" does not exist; valid is ${valid}`],
    [`${folder}/broken.yaml`, expect.stringMatching(/"test\/unit\/config\/files\/broken\.yaml" line \d: /)],
    [
      `${folder}/empty.yaml`,
      `"${folder}/empty.yaml" is empty; valid is ${valid.slice("the path in this project of ".length)}`,
    ],
  ])("%j", (file, text) =>
    expect(problems(istio(key, file)).slice(0, 1)).toEqual([
      typeof text === "string" ? `istio-lab:istio.${key}: ${text}` : text,
    ]),
  );

  test("what was set as a secret is not shown, nor anything of the file", () => {
    for (const file of [`${folder}/objects.yaml`, `${folder}/rules.yaml`, "missing-hunter2.yaml"]) {
      const said = validateConfig({ target: "embedded", ...istio(key, file) }, { secrets: [`istio.${key}`] })
        .problems.map(({ text }) => text)
        .join("\n");
      if (said !== "") expect(said).not.toMatch(/hunter2|admin|same|hashmod \d|files\//);
      expect(said === "").toBe(false);
    }
  });
});

test("every problem of a file with objects is told: other groups' kinds, other namespaces, names twice", () => {
  const file = `istio.objects: "${folder}/objects.yaml"`;
  expect(problems(istio("objects", `${folder}/objects.yaml`))).toEqual(
    [
      'items[0]: apiVersion "rbac.authorization.k8s.io/v1" is not one of Istio\'s; valid is for instance networking.istio.io/v1',
      "items[0]: spec (not set) is not a map",
      'items[0]: it has "rules"; valid: apiVersion, kind, metadata, spec',
      'items[1]: kind "telemetry" is not a kind; valid is for instance EnvoyFilter',
      'items[1]: metadata.name "Upper" is not a name of lower-case letters, digits and dashes',
      'items[1]: metadata.namespace "default" is not Istio\'s own; valid: istio-system',
      'items[1]: metadata has "labels"; valid: name, namespace',
      "items[1]: spec [] is not a map",
      'items[4]: "text" is not an object of Istio\'s',
      "has EnvoyFilter same twice",
    ].map((text) => `istio-lab:${file} ${text}`),
  );
  expect(problems(istio("objects", `${folder}/no-list.yaml`))).toEqual([
    `istio-lab:istio.objects: "${folder}/no-list.yaml" is a List with items 3; valid is a list of objects`,
  ]);
});

test("every problem of a file with rules is told: Prometheus would not start with one", () => {
  const keys = "source_labels, separator, regex, modulus, target_label, replacement, action";
  const actions =
    "replace, hashmod, lowercase, uppercase, keepequal, dropequal, keep, drop, labelmap, labeldrop, labelkeep";
  expect(problems(istio("metricRelabelConfigs", `${folder}/rules.yaml`))).toEqual(
    [
      '[1]: source_labels "a" is not valid; valid: a list of labels',
      '[1]: regex "(?!x)" is not valid; valid: a regular expression of RE2',
      '[1]: target_label "1b" is not valid; valid: a label',
      '[2]: regex "(" is not valid; valid: a regular expression of RE2',
      `[2]: action "dropp" is not valid; valid: ${actions}`,
      `[3]: "target" is not a key; valid: ${keys}`,
      "[3]: action hashmod needs target_label",
      "[3]: action hashmod needs modulus",
      "[4]: modulus 0 is not valid; valid: a whole number above 0",
      '[4]: regex "(a)\\\\1" is not valid; valid: a regular expression of RE2',
      '[5]: "text" is not a map',
    ].map((text) => `istio-lab:istio.metricRelabelConfigs: "${folder}/rules.yaml" ${text}`),
  );
});

test("the embedded seat's own files are valid, and all that they hold is read", () => {
  const { istio: read } = parseConfig({
    target: "embedded",
    istio: '{"objects":"embedded/metrics/envoyfilter.yaml","metricRelabelConfigs":"embedded/metrics/prometheus.yaml"}',
  });
  expect(read.objects).toMatchObject([
    {
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      name: "mesh-metrics",
      spec: { configPatches: expect.any(Array) },
    },
  ]);
  expect(read.metricRelabelConfigs.length).toBeGreaterThan(50);
});
