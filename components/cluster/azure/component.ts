import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Cluster } from "../cluster";
import { kialiNodePort, nodePorts, type Ingress } from "../ingress";
import { ownedProvider } from "../owned-provider";
import { attemptsOf } from "./attempts";
import { joinToken, makeCredentials, makeLoginKey, type Credentials, kubeconfigOf } from "./credentials";
import { keepersOf } from "./machine";
import { hostOf, nodeNames, seatName, SUFFIX_LENGTH, tagsOf } from "./names";
import { addressOf, makeGroup, makeInterface, makeNetwork } from "./network";
import { makeNode, type ReadyCommand } from "./node";
import { Reachable } from "./reachable";
import { apiPort, gatewayPorts, openWarning } from "./rules";
import type { AzureSettings } from "./settings";
import type { TargetSettings } from "../target";

export interface AzureClusterArgs extends AzureSettings {
  readonly project: string;
  readonly stack: string;
}

/** Azure VMs with k3s, in their own resource group: a control plane and, with several nodes, agents. */
export class AzureCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly kubeconfig: pulumi.Output<string>;
  readonly generation: pulumi.CustomResource;
  readonly ingress: Ingress;

  constructor(name: string, args: AzureClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:cluster:Azure", name, args, opts);
    const warning = openWarning(args);
    if (warning !== undefined) void pulumi.log.warn(warning, this);
    const parent = { parent: this };
    const keepers = keepersOf(args);

    // Nothing can be kept when the region changes, not even the name. The new suffix lets the new seat be created
    // beside the old one.
    const suffix = new random.RandomString(
      `${name}-suffix`,
      { length: SUFFIX_LENGTH, special: false, upper: false, keepers: { location: args.location } },
      parent,
    );
    const groupName = suffix.result.apply((text) => seatName(args.project, args.stack, text));
    const label = args.dnsLabel === undefined ? groupName : pulumi.output(args.dnsLabel);
    const host = label.apply((text) => hostOf(text, args.location));
    const attempts = attemptsOf(suffix.result, this);

    const generation = new random.RandomId(`${name}-generation`, { byteLength: 4, keepers: { ...keepers } }, parent);
    const ofGeneration = { ...parent, replacementTrigger: generation.id };
    const credentials = makeCredentials(name, ofGeneration);
    const sshKey = args.ssh?.publicKey ?? makeLoginKey(name, ofGeneration);

    const group = makeGroup(name, groupName, args.location, tagsOf(args), parent);
    // group.name is not used here: an update of the group's tags would make it unknown in a preview, which would show
    // everything as replaced.
    const place = { resourceGroupName: groupName, location: args.location, tags: tagsOf(args) };
    const inGroup = { ...parent, dependsOn: group, deletedWith: group };
    const subnet = makeNetwork(name, place, args, inGroup);
    const nodes = nodeNames(args.nodes).map((node, index) => {
      const [isServer, address] = [index === 0, addressOf(index)];
      const nic = makeInterface(
        `${name}-${node}`,
        place,
        { subnet: subnet.id, address, ...(isServer && { label }) },
        inGroup,
      );
      const command = isServer ? serverCommand(host, credentials) : agentCommand(credentials);
      const { vmSize, autoShutdown } = args;
      return makeNode(
        `${name}-${node}`,
        place,
        { keepers, generation: generation.hex, nic: nic.id, vmSize, sshKey, autoShutdown, command, attempts },
        inGroup,
      );
    });
    const server = nodes[0]!;
    const reachable = new Reachable(
      `${name}-reachable`,
      {
        host,
        port: apiPort,
        authority: credentials.serverCa.certificate,
        adminCidrs: args.adminCidrs,
        generation: generation.id,
        vmId: server.machine.vmId,
      },
      { ...parent, dependsOn: [server.ready, subnet] },
    );

    this.generation = generation;
    this.kubeconfig = pulumi.secret(
      pulumi
        .all([host, credentials.serverCa.certificate, credentials.admin.certificate, credentials.admin.key])
        .apply(([host, authority, certificate, key]) =>
          kubeconfigOf({ host, port: apiPort, authority, certificate, key }),
        ),
    );
    this.provider = ownedProvider(`${name}-kubernetes`, this, { ...parent, dependsOn: reachable });
    this.ingress = ingress(host);
    this.registerOutputs({ kubeconfig: this.kubeconfig, host });
  }
}

/** Creates the component for this stack's config. */
export function createAzure(name: string, { azure }: TargetSettings): AzureCluster {
  return new AzureCluster(name, { ...azure, project: pulumi.getProject(), stack: pulumi.getStack() });
}

function serverCommand(host: pulumi.Output<string>, { serverCa, clientCa, tokens }: Credentials): ReadyCommand {
  const base64 = (text: pulumi.Output<string>) => text.apply((pem) => Buffer.from(pem).toString("base64"));
  return {
    script: "server.sh",
    parameters: { DNS_NAME: host },
    protected: {
      SERVER_CA_CERT: base64(serverCa.certificate),
      SERVER_CA_KEY: base64(serverCa.key),
      CLIENT_CA_CERT: base64(clientCa.certificate),
      CLIENT_CA_KEY: base64(clientCa.key),
      SERVER_TOKEN: tokens.server,
      AGENT_TOKEN: tokens.agent,
    },
  };
}

function agentCommand({ serverCa, tokens }: Credentials): ReadyCommand {
  const token = pulumi
    .all([serverCa.certificate, tokens.agent])
    .apply(([authority, token]) => joinToken(authority, token));
  return { script: "agent.sh", parameters: { SERVER_ADDRESS: addressOf(0) }, protected: { JOIN_TOKEN: token } };
}

/**
 * Uses the seat's DNS name and never the Service's status, because ServiceLB writes the node's private address there.
 */
function ingress(host: pulumi.Output<string>): Ingress {
  const [httpPort, httpsPort, kialiPort] = [gatewayPorts.http, gatewayPorts.https, kialiNodePort].map((port) =>
    pulumi.output(port),
  );
  return {
    serviceType: "LoadBalancer",
    nodePorts,
    host,
    httpPort: httpPort!,
    httpsPort: httpsPort!,
    kialiPort: kialiPort!,
  };
}
