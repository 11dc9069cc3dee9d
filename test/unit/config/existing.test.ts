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
    "existing.serviceType: a text of 9 characters is no type of the gateway's Service; valid: NodePort, LoadBalancer",
  ],
  ['{"namespace":"x"}', "existing.namespace: is no key; valid: kubeconfig, context, serviceType"],
  [
    "kind-lab",
    "existing: a text of 8 characters is not a map with any of kubeconfig, context, serviceType. The text of a kubeconfig file is set at its path, from the file: " +
      "npm run -s pulumi -- config set --stack NAME --secret --path istio-lab:existing.kubeconfig < KUBECONFIG",
  ],
  ["[]", "existing: a list is not a map"],
])("%s", (existing, text) => expect(problems({ existing })).toEqual([`istio-lab:${text}`]));

test("nothing has to be given", () => {
  expect(parseConfig({ target: "existing" }).existing).toEqual({ serviceType: "NodePort" });
});
