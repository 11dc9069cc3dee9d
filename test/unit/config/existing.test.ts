import { expect, test } from "vitest";
import { parseConfig } from "../../../config";
import { problems } from "./problems";

test.each([
  ['{"kubeconfig":""}', "existing.kubeconfig: a text of 0 characters is not the path of a kubeconfig file, or the file's text"],
  ['{"kubeconfig":{"clusters":[]}}', "existing.kubeconfig: a map is not the path of a kubeconfig file, or the file's text"],
  ['{"context":""}', 'existing.context: "" is not the name of a context of the kubeconfig'],
  ['{"context":" kind-lab"}', 'existing.context: " kind-lab" is not the name of a context of the kubeconfig'],
  ['{"serviceType":"ClusterIP"}', 'existing.serviceType: "ClusterIP" is no type of the gateway\'s Service; valid: NodePort, LoadBalancer'],
  ['{"namespace":"x"}', "existing.namespace: is no key; valid: kubeconfig, context, serviceType"],
  ["kind-lab", 'existing: "kind-lab" is not a map'],
])("%s", (existing, text) => expect(problems({ existing })).toEqual([`istio-lab:${text}`]));

test("nothing has to be given", () => {
  expect(parseConfig({ target: "existing" }).existing).toEqual({ serviceType: "NodePort" });
});
