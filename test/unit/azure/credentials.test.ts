import { KubeConfig } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { joinToken, kubeconfigOf } from "../../../components/cluster/azure/credentials";

test("the kubeconfig has name, authority and the admin's pair, as a client reads it", () => {
  const config = new KubeConfig();
  config.loadFromString(
    kubeconfigOf({
      host: "lab.westeurope.cloudapp.azure.com",
      port: 6443,
      authority: "AUTHORITY\n",
      certificate: "CERTIFICATE\n",
      key: "KEY\n",
    }),
  );
  const pem = (data?: string) => Buffer.from(data!, "base64").toString();
  const [cluster, user] = [config.getCurrentCluster()!, config.getCurrentUser()!];
  expect(cluster.server).toBe("https://lab.westeurope.cloudapp.azure.com:6443");
  expect([pem(cluster.caData), pem(user.certData), pem(user.keyData)]).toEqual([
    "AUTHORITY\n",
    "CERTIFICATE\n",
    "KEY\n",
  ]);
});

test("an agent joins with the hash of the authority's file, byte by byte", () => {
  // `printf 'AUTHORITY\n' | sha256sum`
  expect(joinToken("AUTHORITY\n", "secret")).toBe(
    "K107e2034fa79d33bc0f0fc6f3b70a732d2c6b09203ba8241e208a16d453760a43c::node:secret",
  );
});
