import { withoutUnset, type Given } from "../../given";
import { defaultK3s, EARLIER_K3S, istioMinor, kubernetesMinors, kubernetesRange } from "../../../versions";
import { readCidrs } from "./read-cidrs";
import { readAutoShutdown, readDate, readList, readPrices, type AutoShutdown, type Prices } from "./read-parts";
import { reservedWord } from "./names";
import { sizeProblem } from "./size";

/** What can be opened to the world, in so many words. */
export type OpenToWorld = "kiali" | "gateway";

/** What `azure` of the config says, complete and valid. What is required of an Azure seat is empty on other targets. */
export interface AzureSettings {
  /** Region, such as westeurope. */
  readonly location: string;
  /** Size of each VM: x86-64, 4 vCPUs or more. @default "Standard_D4s_v5" (4 vCPUs, 16 GB) */
  readonly vmSize: string;
  /** VMs in all: one control plane, which takes pods as well, and agents. 1 to 10. @default 1 */
  readonly nodes: number;
  /** IPv4 networks that reach the Kubernetes API at 6443, and SSH where that is on. The machine that runs `up` must be in one of them. */
  readonly adminCidrs: readonly string[];
  /** IPv4 networks that reach the gateway (80, 443) and Kiali (31602). */
  readonly traineeCidrs: readonly string[];
  /** What is reached from everywhere instead. @default nothing */
  readonly openToWorld: readonly OpenToWorld[];
  /** Name before .REGION.cloudapp.azure.com. @default one of project, stack and a random suffix */
  readonly dnsLabel?: string;
  /** When the VMs are shut down each day. @default 19:00 UTC */
  readonly autoShutdown: AutoShutdown | false;
  /** VMs at a spot price, which Azure may take away at any time. @default false */
  readonly spot: boolean;
  /** Opens port 22 to adminCidrs, for this key alone. @default the port is shut and nobody has a key */
  readonly ssh?: { readonly publicKey: string };
  readonly k3s: {
    /** Release of k3s. @default that of versions.ts */
    readonly version: string;
    /** SHA-256 of that release's file `k3s`. @default that of the default release; another release's has to be given */
    readonly sha256: string;
  };
  /** Tag: who answers for the seat. */
  readonly owner?: string;
  /** Tag: the day after which nobody needs the seat, YYYY-MM-DD. Nothing is deleted by it. */
  readonly expiry?: string;
  /** What preflight reckons the costs by. @default costs are unknown */
  readonly prices?: Prices;
}

const keys = [
  "location", "vmSize", "nodes", "adminCidrs", "traineeCidrs", "openToWorld", "dnsLabel",
  "autoShutdown", "spot", "ssh", "k3s", "owner", "expiry", "prices",
] as const; // prettier-ignore

const openable: readonly OpenToWorld[] = ["kiali", "gateway"];

/** Reads `azure`; what has no default has to be given where `used`, which is when the target is azure. What is given is always validated. */
export function readAzure(given: Given, used: boolean): AzureSettings {
  const key = given.fields(keys, "a map");
  const required = (one: Given): Given<any> => (used ? one.needed : one);
  const openToWorld = readList(key.openToWorld, '["kiali"], ["gateway"] or both', (item) => item.needed.choice("part of a seat", openable)) ?? [];
  const needsTrainees = openable.some((part) => !openToWorld.includes(part));
  const spot = key.spot.flag() ?? false;
  return withoutUnset<AzureSettings>({
    location: required(key.location).text(/^[a-z][a-z0-9]+$/, "a region by its short name, such as westeurope") ?? "",
    vmSize: readSize(key.vmSize, spot),
    nodes: key.nodes.number({ from: 1, to: 10, whole: true }) ?? 1,
    adminCidrs: readCidrs(required(key.adminCidrs)),
    traineeCidrs: readCidrs(needsTrainees ? required(key.traineeCidrs) : key.traineeCidrs),
    openToWorld,
    dnsLabel: readLabel(key.dnsLabel),
    autoShutdown: readAutoShutdown(key.autoShutdown),
    spot,
    ssh: readSsh(key.ssh),
    k3s: readK3s(key.k3s, used),
    owner: key.owner.text(/^[^\p{Cc}]{1,128}$/u, "a name of up to 128 characters"),
    expiry: readDate(key.expiry),
    prices: readPrices(key.prices),
  });
}

function readSize(given: Given, spot: boolean): string {
  const size = given.text(/^/, "a size of a VM, such as Standard_D4s_v5") ?? "Standard_D4s_v5";
  const problem = sizeProblem(size, { spot });
  if (problem !== undefined) given.refuse(`${JSON.stringify(size)} ${problem}`, "a size of a VM, such as Standard_D4s_v5");
  return size;
}

/** The rule of Azure's Microsoft.Network/publicIPAddresses for domainNameLabel. */
function readLabel(given: Given): string | undefined {
  const valid = "3 to 63 lower-case letters, digits and dashes, a letter first and no dash last";
  const label = given.text(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/, valid);
  const word = label === undefined ? undefined : reservedWord(label);
  return word === undefined ? label : given.refuse(`${given.shown} has "${word}" in it, which Azure keeps for itself`, valid);
}

function readSsh(given: Given): AzureSettings["ssh"] {
  const { publicKey } = given.fields(["publicKey"], 'a map such as {"publicKey": "ssh-ed25519 AAAA…"}');
  if (!given.isSet) return undefined;
  const text = publicKey.needed.text(/^(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]{68,}={0,2}( [^\n]*)?\n?$/, "a public key in OpenSSH's form, on one line: ssh-ed25519 AAAA…");
  return { publicKey: text?.trim() };
}

const HASH = /^[0-9a-f]{64}$/;

function readK3s(given: Given, used: boolean): AzureSettings["k3s"] {
  const { version, sha256 } = given.fields(["version", "sha256"], "a map with version and sha256");
  const release = version.text(new RegExp(`^v1\\.${kubernetesMinors}\\.(0|[1-9]\\d?)\\+k3s[1-9]$`), `a release of k3s that Istio ${istioMinor} supports, Kubernetes ${kubernetesRange}, such as ${defaultK3s.version}`);
  const isOther = HASH.test(String(sha256.value)) && sha256.value !== defaultK3s.sha256;
  const own = release ?? (isOther ? EARLIER_K3S : defaultK3s.version);
  // Of another release there is no default: a hash is looked up, not guessed.
  const hash = used && own !== defaultK3s.version ? sha256.needed : sha256;
  const valid = `the 64 hexadecimal digits before "k3s" in sha256sum-amd64.txt, beside the release's k3s: https://github.com/k3s-io/k3s/releases/tag/${version.isSecret ? "VERSION" : encodeURIComponent(own)}`;
  if (sha256.value === "") hash.refuse(`is empty, as what a failed download leaves; valid is ${valid}`, valid);
  return { version: own, sha256: (sha256.value === "" ? undefined : hash.text(HASH, valid)) ?? defaultK3s.sha256 };
}
