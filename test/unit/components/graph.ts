import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state";
import { unpacked } from "./in-process";

/** One registration as the engine would get it, with the options that matter. References are told by the name of the resource. */
export interface Registered {
  type: string;
  name: string;
  custom: boolean;
  inputs: any;
  parent?: string;
  provider?: string;
  dependsOn: string[];
  deletedWith?: string;
  replacementTrigger?: unknown;
  /** Only where the program says it. */
  deleteBeforeReplace?: true;
  replaceOnChanges?: string[];
  customTimeouts?: { create: string; update: string; delete: string };
  protect: boolean;
  retainOnDelete: boolean;
  secretOutputs: string[];
  ignoreChanges: string[];
  /** Names it may have had, with that of its parent then. */
  aliases: string[];
}

/** Types the program may register, with the outputs a provider would compute; anything else fails the test. */
const outputs: Record<string, (inputs: any, name: string) => Record<string, unknown>> = {
  "pulumi:pulumi:Stack": () => ({}),
  "pulumi:providers:kubernetes": () => ({}),
  "pulumi-nodejs:dynamic/cluster:Generation": () => ({}),
  "pulumi-nodejs:dynamic/cluster:Machine": () => ({
    kubeconfig: "KUBECONFIG",
    address: "10.231.0.2",
    kubernetesVersion: "1.36.3",
  }),
  "pulumi-nodejs:dynamic/cluster:Power": () => ({}),
  "pulumi-nodejs:dynamic/cluster:Profile": () => ({ usedDriver: "docker" }),
  "pulumi-nodejs:dynamic/cluster:Endpoint": () => ({
    kubeconfig: "KUBECONFIG",
    kubernetesVersion: "1.33.1",
    host: "192.168.49.2",
    httpPort: 31380,
    httpsPort: 31390,
    kialiPort: 31602,
  }),
  "pulumi-nodejs:dynamic/cluster:Reachable": () => ({}),
  "pulumi-nodejs:dynamic/cluster:SeatId": () => ({}),
  "pulumi-nodejs:dynamic/cluster:Guard": () => ({ nodeAddress: "172.18.0.3", kubernetesVersion: "1.34.2" }),
  "random:index/randomString:RandomString": () => ({ result: "k4x9zq" }),
  "random:index/randomId:RandomId": () => ({ hex: "1a2b3c4d" }),
  "random:index/randomPassword:RandomPassword": (_, name) => ({ result: secret(`SECRET ${name}`) }),
  "tls:index/privateKey:PrivateKey": (_, name) => ({
    privateKeyPem: secret(`SECRET ${name}`),
    publicKeyOpenssh: `ssh-rsa ${name}\n`,
  }),
  "tls:index/selfSignedCert:SelfSignedCert": (_, name) => ({ certPem: `CERTIFICATE ${name}\n` }),
  "tls:index/certRequest:CertRequest": (_, name) => ({ certRequestPem: `REQUEST ${name}` }),
  "tls:index/locallySignedCert:LocallySignedCert": (_, name) => ({ certPem: `CERTIFICATE ${name}\n` }),
  "azure-native:resources:ResourceGroup": ({ resourceGroupName }) => ({ name: resourceGroupName }),
  "azure-native:network:NetworkSecurityGroup": () => ({}),
  "azure-native:network:VirtualNetwork": ({ virtualNetworkName }) => ({ name: virtualNetworkName }),
  "azure-native:network:Subnet": () => ({}),
  "azure-native:network:PublicIPAddress": () => ({}),
  "azure-native:network:NetworkInterface": () => ({}),
  "azure-native:compute:VirtualMachine": (_, name) => ({ vmId: `${name}-vm-id` }),
  "azure-native:compute:VirtualMachineRunCommandByVirtualMachine": () => ({}),
  "azure-native:devtestlab:GlobalSchedule": () => ({}),
  "pulumi-nodejs:dynamic/addons:SigningKey": () => ({ key: "SIGNING KEY" }),
  "pulumi-nodejs:dynamic/mesh:Certificate": () => ({
    certificate: "CERTIFICATE",
    key: "KEY",
    notAfter: "2027-11-21T00:00:00.000Z",
  }),
  "kubernetes:core/v1:Namespace": () => ({}),
  "kubernetes:core/v1:NamespacePatch": () => ({}),
  "kubernetes:core/v1:ServiceAccount": () => ({}),
  "kubernetes:core/v1:Service": ({ spec, metadata }) =>
    spec.type === "LoadBalancer" ? { status: { loadBalancer: { ingress: assigned(metadata) } } } : {},
  "kubernetes:core/v1:Secret": () => ({}),
  "kubernetes:core/v1:ConfigMap": () => ({}),
  "kubernetes:core/v1:PersistentVolumeClaim": () => ({}),
  "kubernetes:apps/v1:Deployment": () => ({}),
  "kubernetes:apps/v1:StatefulSet": () => ({}),
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": () => ({}),
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": () => ({}),
  "kubernetes:helm.sh/v3:Release": () => ({}),
  "kubernetes:networking.istio.io/v1:Gateway": () => ({}),
  "kubernetes:networking.istio.io/v1:VirtualService": () => ({}),
  "kubernetes:networking.istio.io/v1:DestinationRule": () => ({}),
  "kubernetes:networking.istio.io/v1:ServiceEntry": () => ({}),
  "kubernetes:networking.istio.io/v1:Sidecar": () => ({}),
  "kubernetes:security.istio.io/v1:PeerAuthentication": () => ({}),
  "kubernetes:security.istio.io/v1:RequestAuthentication": () => ({}),
  "kubernetes:security.istio.io/v1:AuthorizationPolicy": () => ({}),
  "kubernetes:telemetry.istio.io/v1:Telemetry": () => ({}),
  "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter": () => ({}),
  "kubernetes:gateway.networking.k8s.io/v1:Gateway": () => ({}),
  "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": () => ({}),
  "kubernetes:gateway.networking.k8s.io/v1:ListenerSet": () => ({}),
};

/** Loaded where it is needed: it brings the TypeScript compiler along. */
const sdkTypes = () => import("../../support/azure-types.js");

/** An annotation by which a test says, as JSON, what a cloud's load balancer assigns. */
export const ASSIGNED = "example.org/assigned";
const assigned = ({ annotations }: { annotations?: Record<string, string> }) =>
  annotations?.[ASSIGNED] === undefined ? [{ ip: "203.0.113.9" }] : JSON.parse(annotations[ASSIGNED]);

const isComponent = (type: string) => type.startsWith("istio-lab:");

/** What a program did: all it registered, which resources it called complete, and how it ended. */
export interface Run<T> {
  resources: Registered[];
  completed: string[];
  result?: T;
  error?: unknown;
}

/** Not in the SDK's types: its settings of a program. */
interface Store {
  readonly settings: { readonly options: { cacheDynamicProviders?: boolean } };
}

/** What the stack's state has before the program runs, by URN. */
export type State = Readonly<Record<string, { readonly type: string; readonly outputs: object }>>;

/** Runs `program` against mocks as a stack's program, until all of it is settled. */
export async function register<T>(program: () => T | Promise<T>, before: State = {}): Promise<Run<T>> {
  const resources: Registered[] = [];
  const completed: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        const computed = outputs[type];
        if (computed === undefined && !isComponent(type))
          throw new Error(`the program registered a resource of unknown type ${type}`);
        const problems = /^(azure-native|random|tls):/.test(type) ? (await sdkTypes()).inputProblems(type, inputs) : [];
        if (problems.length > 0) throw new Error(problems.join("\n"));
        return { id: `${name}-id`, state: { ...inputs, ...computed?.(inputs, name) } };
      },
      call: ({ token, inputs }) => {
        if (token === "pulumi:pulumi:readStackResourceOutputs" && inputs.stackName === "organization/istio-lab/seat7")
          return { outputs: before };
        throw new Error(`the program called ${token}`);
      },
    },
    "istio-lab",
    "seat7",
    false,
    "organization",
  );
  // As in a real program, where it is the default: a quarter of a run was the text of the same few providers.
  (state as unknown as { getStore(): Store }).getStore().settings.options.cacheDynamicProviders = true;
  record(pulumi.runtime.getMonitor() as any, resources, completed);
  const end: Pick<Run<T>, "result" | "error"> = {};
  await unpacked(async () => {
    await pulumi.runtime.runInPulumiStack(async () => {
      await Promise.resolve()
        .then(program)
        .then(
          (result) => (end.result = result),
          (error) => (end.error = error),
        );
      return {};
    });
    // Not in its types: resolves once every registration has been answered.
    await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
  });
  return { resources: resources.filter(({ type }) => type !== "pulumi:pulumi:Stack"), completed, ...end };
}

/** Listens in on the requests themselves: Pulumi's mocks are told inputs, but no options. */
function record(monitor: any, resources: Registered[], completed: string[]): void {
  const registerResource = monitor.registerResource.bind(monitor);
  const registerResourceOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResource = (req: any, callback: any) => {
    const trigger = req.getReplacementTrigger()?.toJavaScript();
    resources.push({
      type: req.getType(),
      name: req.getName(),
      custom: req.getCustom(),
      inputs: plain(req.getObject().toJavaScript()),
      ...some("parent", nameOf(req.getParent())),
      ...some("provider", nameOf(req.getProvider())),
      dependsOn: req.getDependenciesList().map(nameOf).sort(),
      ...some("deletedWith", nameOf(req.getDeletedwith())),
      ...some("replacementTrigger", trigger),
      ...some("deleteBeforeReplace", req.getDeletebeforereplace() || undefined),
      ...some("replaceOnChanges", req.getReplaceonchangesList().length > 0 ? req.getReplaceonchangesList() : undefined),
      ...some("customTimeouts", timeoutsOf(req.getCustomtimeouts()?.toObject())),
      protect: req.getProtect(),
      retainOnDelete: req.getRetainondelete(),
      secretOutputs: req.getAdditionalsecretoutputsList(),
      ignoreChanges: req.getIgnorechangesList(),
      // Those without a name are the Kubernetes SDK's own, for other versions of a kind.
      aliases: req
        .getAliasesList()
        .map((alias: any) => alias.getSpec())
        .filter((spec: any) => spec?.getName())
        .map((spec: any) => `${nameOf(spec.getParenturn())}/${spec.getName()}`),
    });
    return registerResource(req, callback);
  };
  monitor.registerResourceOutputs = (req: any, callback: any) => {
    completed.push(nameOf(req.getUrn())!);
    return registerResourceOutputs(req, callback);
  };
}

/** The resource's name in a URN, or in a provider reference, which is a URN with an id behind it. */
function nameOf(urn: string): string | undefined {
  return urn === "" ? undefined : urn.split("::")[3];
}

function timeoutsOf(timeouts: { create: string; update: string; pb_delete: string } | undefined): object | undefined {
  const given = Object.entries({
    create: timeouts?.create,
    update: timeouts?.update,
    delete: timeouts?.pb_delete,
  }).filter(([, time]) => time);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

function some(key: string, value: unknown): object {
  return value === undefined ? {} : { [key]: value };
}

/** A secret on the wire. */
const SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

function secret(value: string): object {
  return { ...SIGNATURE, value };
}

function plain(value: any): any {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const [[key, signature]] = Object.entries(SIGNATURE) as [[string, string]];
  if (value[key] === signature) return { secret: plain(value.value) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** The only resource of that name. */
export function named(resources: readonly Registered[], name: string): Registered {
  const found = resources.filter((resource) => resource.name === name);
  if (found.length !== 1)
    throw new Error(
      `${found.length} resources are named ${name}; there are ${resources.map((resource) => resource.name).join(", ")}`,
    );
  return found[0]!;
}

/** How many resources there are of each type. */
export function counts(resources: readonly Registered[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { type } of resources) total[type] = (total[type] ?? 0) + 1;
  return total;
}
