import { expect, test } from "vitest";
import { parseConfig } from "../../../config";
import { problems } from "./problems";

test.each([
  [
    '{"kubeconfig":""}',
    "existing.kubeconfig: a text of 0 characters is not the path of a kubeconfig file, or the file's text",
  ],
  [
    '{"kubeconfig":{"clusters":[]}}',
    "existing.kubeconfig: a map is not the path of a kubeconfig file, or the file's text",
  ],
  ['{"context":""}', "existing.context: a text of 0 characters is not the name of a context of the kubeconfig"],
  [
    '{"context":" kind-lab"}',
    "existing.context: a text of 9 characters is not the name of a context of the kubeconfig",
  ],
  [
    '{"serviceType":"ClusterIP"}',
    "existing.serviceType: a text of 9 characters is not a type of the gateway's Service; valid: NodePort, LoadBalancer",
  ],
  [
    '{"namespace":"x"}',
    "existing.namespace: is not a key; valid: kubeconfig, context, serviceType, serviceAnnotations, host, ports",
  ],
  [
    '{"host":"http://localhost"}',
    "existing.host: a text of 16 characters is not a name or an address, without a port, such as localhost or 203.0.113.7",
  ],
  [
    '{"host":"[fd00:10::5]"}',
    "existing.host: a text of 12 characters is not a name or an address, without a port, such as localhost or 203.0.113.7",
  ],
  [
    '{"host":"localhost:8080"}',
    "existing.host: a text of 14 characters is not a name or an address, without a port, such as localhost or 203.0.113.7",
  ],
  ['{"ports":{"http":0}}', "existing.ports.http: a number is not a whole number from 1 to 65535"],
  ['{"ports":{"status":31021}}', "existing.ports.status: is not a key; valid: http, https, kiali"],
  [
    '{"serviceType":"LoadBalancer","ports":{"https":8443,"kiali":20001}}',
    "existing.ports.https: has no effect with serviceType LoadBalancer: the gateway is reached at its own ports there",
  ],
  [
    "kind-lab",
    "existing: a text of 8 characters is not a map with any of kubeconfig, context, serviceType, serviceAnnotations, host, ports. The text of a kubeconfig file is set at its path, from the file: " +
      "npm run -s pulumi -- config set --stack NAME --secret --path istio-lab:existing.kubeconfig < KUBECONFIG",
  ],
  ["[]", "existing: a list is not a map"],
])("%s", (existing, text) => expect(problems({ existing })).toEqual([`istio-lab:${text}`]));

test.each(["localhost", "lab.example.org", "203.0.113.7", "fd00:10::5", "a"])("users may reach it at %s", (host) => {
  const ports = { http: 8080, kiali: 20001 };
  expect(parseConfig({ target: "existing", existing: JSON.stringify({ host, ports }) }).existing).toEqual({
    serviceType: "NodePort",
    host,
    ports,
  });
});

test.each([
  ['["x"]', 'existing.serviceAnnotations: ["x"] is not a map of annotations, each a text'],
  ['{"example.org/name":["x"]}', 'existing.serviceAnnotations.example.org/name: ["x"] is not a text'],
  ['{"a b":"x"}', "existing.serviceAnnotations.a b: is not the name of an annotation, such as example.org/name"],
  [
    '{"pulumi.com/skipAwait":"true"}',
    "existing.serviceAnnotations.pulumi.com/skipAwait: is one of Pulumi's own annotations, which the program sets",
  ],
])("annotations of the gateway's Service: %s", (serviceAnnotations, text) =>
  expect(problems({ existing: `{"serviceAnnotations":${serviceAnnotations}}` })).toEqual([`istio-lab:${text}`]),
);

test("true and a number that an annotation has are texts", () => {
  const serviceAnnotations = {
    "service.beta.kubernetes.io/azure-load-balancer-internal": true,
    "example.org/port": 80,
  };
  expect(parseConfig({ target: "existing", existing: JSON.stringify({ serviceAnnotations }) }).existing).toEqual({
    serviceType: "NodePort",
    serviceAnnotations: { "service.beta.kubernetes.io/azure-load-balancer-internal": "true", "example.org/port": "80" },
  });
});

test("nothing has to be given", () => {
  expect(parseConfig({ target: "existing" }).existing).toEqual({ serviceType: "NodePort" });
});
