import * as pulumi from "@pulumi/pulumi";
import { AzureCluster } from "../../../components/cluster/azure/component";
import { parseConfig } from "../../../config";
import { plain } from "../../../embedded/provider/wire";
import { tls } from "../azure/plugin/tls";
import type { Cloud } from "../azure/cloud";

/** What the program gives a seat's VMs, with real keys and certificates. */
export interface Seat {
  host: string;
  userData: string;
  /** Script and environment of the run commands. */
  server: Command;
  agent: Command;
  kubeconfig: string;
}

export interface Command {
  script: string;
  env: Record<string, string>;
}

/** Registers the component against mocks whose tls resources are made by the stand-in for that plugin. */
export async function makeSeat(k3s: { version: string; sha256: string }): Promise<Seat> {
  const inputs: Record<string, any> = {};
  const keys = tls({ keepSecret: () => {} } as unknown as Cloud);
  await pulumi.runtime.setMocks(
    {
      newResource: async (args) => {
        const { type, name } = args;
        inputs[name] = plain(args.inputs);
        if (type.startsWith("tls:")) return { id: name, state: (await keys.create(type, args.inputs)).outputs };
        const made: Record<string, object> = {
          "random:index/randomString:RandomString": { result: "k4x9zq" },
          "random:index/randomId:RandomId": { hex: "1a2b3c4d" },
          "random:index/randomPassword:RandomPassword": { result: `token-of-${name}` },
          "azure-native:compute:VirtualMachine": { vmId: name },
        };
        return { id: `${name}-id`, state: { ...args.inputs, ...made[type] } };
      },
      call: () => ({}),
    },
    "istio-lab",
    "seat7",
    false,
    "organization",
  );
  const azure = {
    location: "westeurope",
    adminCidrs: ["198.51.100.7/32"],
    traineeCidrs: ["203.0.113.0/24"],
    nodes: 2,
    k3s,
  };
  let kubeconfig = "";
  await pulumi.runtime.runInPulumiStack(async () => {
    const cluster = new AzureCluster("seat", {
      ...parseConfig({ target: "azure", azure: JSON.stringify(azure) }).azure,
      project: "istio-lab",
      stack: "seat7",
    });
    cluster.kubeconfig.apply((text) => (kubeconfig = text));
    return {};
  });
  await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
  const command = (name: string): Command => ({
    script: inputs[name].source.script,
    env: Object.fromEntries(
      [...inputs[name].parameters, ...inputs[name].protectedParameters].map((one: { name: string; value: string }) => [
        one.name,
        one.value,
      ]),
    ),
  });
  const userData = Buffer.from(inputs["seat-server"].osProfile.customData, "base64").toString();
  return {
    host: inputs["seat-reachable"].host,
    userData,
    server: command("seat-server-ready"),
    agent: command("seat-agent-1-ready"),
    kubeconfig,
  };
}
