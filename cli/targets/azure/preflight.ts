import { onStack } from "../../../base/advice";
import type { AzureSettings } from "../../../components/cluster/azure/settings";
import { defaultK3s, EARLIER_K3S } from "../../../versions";
import { seatName } from "../../../components/cluster/azure/names";
import { az, AzError, type Az } from "./az";
import { machinesOf, type OwnMachine } from "./machines";
import { retailPrices, type PriceList } from "./price-list";
import { here, shutdownFinding, type Here } from "./shutdown";
import { costFinding } from "./cost";
import { quotaFindings, type Usage } from "./quota";
import { sizeFinding, type Sku } from "./size";
import { clockFinding } from "./clock";
import type { Finding, PreflightContext } from "../../preflight/finding";

const project = "istio-lab";

/**
 * Target azure's checks before anything is made. Names and ports need only the config. The rest asks the subscription
 * if `az` is logged in.
 */
export async function findings({ stack, settings, state }: PreflightContext): Promise<Finding[]> {
  return evaluate(settings.azure, stack, machinesOf(state), az, here(), retailPrices());
}

/** Like `findings`, for any subscription. `own` are the VMs that the stack already has; its quota counts them. */
export async function evaluate(
  settings: AzureSettings,
  stack: string,
  own: readonly OwnMachine[],
  azure: Az,
  at: Here = here(),
  prices?: PriceList,
): Promise<Finding[]> {
  const listed = await prices?.(settings);
  const offline = [
    nameFinding(settings, stack),
    ...portFindings(settings),
    k3sFinding(settings),
    shutdownFinding(settings.autoShutdown, at),
    costFinding(settings, listed),
    ...clockFinding(listed),
  ];
  try {
    const account = (await azure.ask(["account", "show"])) as Account;
    return [...offline, subscriptionFinding(account), ...(await subscriptionFindings(settings, stack, own, azure))];
  } catch (error) {
    return [...offline, notLookedAt(error, "providers, size, vCPUs, addresses, power")];
  }
}

/** A notice why the subscription could not be asked. @throws the error itself where it is not an AzError */
export function notLookedAt(error: unknown, what: string): Finding {
  if (!(error instanceof AzError)) throw error;
  const todo = {
    cli: "to have this checked, install it and log in: az login",
    login: "to have this checked: az login",
    answer: undefined,
  }[error.missing];
  return {
    name: "subscription",
    status: "notice",
    seen: `not checked (${what}): ${error.message}`,
    ...(todo !== undefined && { todo }),
  };
}

/** Output of `az account show`. */
export interface Account {
  readonly id: string;
  readonly name?: string;
  readonly user?: { readonly name?: string };
}

/** Names the subscription that pays. */
export function subscriptionFinding({ id, name, user }: Account): Finding {
  return {
    name: "subscription",
    status: "ok",
    seen: `${name === undefined ? id : `${name} (${id})`}${user?.name === undefined ? "" : `, by the login ${user.name}`}`,
  };
}

async function subscriptionFindings(
  settings: AzureSettings,
  stack: string,
  own: readonly OwnMachine[],
  azure: Az,
): Promise<Finding[]> {
  const { location, vmSize, dnsLabel } = settings;
  const ask = <T>(...args: string[]) => azure.ask(args) as Promise<T>;
  const providers = await ask<Registration[]>(
    "provider",
    "list",
    "--query",
    "[].{name: namespace, state: registrationState}",
  );
  const skus = await ask<Sku[]>(
    "vm",
    "list-skus",
    "--location",
    location,
    "--resource-type",
    "virtualMachines",
    "--size",
    vmSize,
    "--all",
  );
  const sku = skus.find(({ name }) => name === vmSize);
  const cores = await ask<Usage[]>("vm", "list-usage", "--location", location);
  const addresses = await ask<Usage[]>("network", "list-usages", "--location", location);
  return [
    providersFinding(providers),
    sizeFinding(settings, sku),
    ...quotaFindings(settings, sku, own.length, cores, addresses),
    ...(dnsLabel !== undefined && own.length === 0 ? [await labelFinding(location, dnsLabel, azure)] : []),
    ...(own.length > 0 ? [await powerFinding(stack, own, azure)] : []),
  ];
}

function nameFinding({ dnsLabel, location }: AzureSettings, stack: string): Finding {
  const generated = seatName(project, stack, "??????");
  return {
    name: "names",
    status: "ok",
    seen: `resource group ${generated}, ${dnsLabel ?? generated}.${location}.cloudapp.azure.com (?: random, drawn once)`,
  };
}

function portFindings({ adminCidrs, traineeCidrs, openToWorld, ssh }: AzureSettings): Finding[] {
  const everybody = openToWorld.length > 0;
  const trainees = traineeCidrs.length > 0 ? traineeCidrs.join(", ") : "nobody by name";
  return [
    {
      name: "Kubernetes API",
      status: "ok",
      seen: `6443${ssh === undefined ? "" : " and SSH at 22"} from ${adminCidrs.join(", ")}`,
    },
    {
      name: "gateway, Kiali",
      status: everybody ? "notice" : "ok",
      seen: `80, 443 and 31602 from ${trainees}${everybody ? `; azure.openToWorld opens ${openToWorld.join(" and ")} to the whole internet` : ""}`,
    },
  ];
}

function k3sFinding({ k3s: { version, sha256 } }: AzureSettings): Finding {
  const [name, seen] = ["k3s", `${version}, SHA-256 ${sha256.slice(0, 12)}…`];
  if (version !== EARLIER_K3S)
    return { name, status: "ok", seen: `${seen}${sha256 === defaultK3s.sha256 ? "" : " of azure.k3s.sha256"}` };
  return {
    name,
    status: "notice",
    seen: `${seen}: the default of an earlier release, whose Kubernetes 1.34 is no longer supported`,
    todo: `azure.k3s.version ${defaultK3s.version}, without azure.k3s.sha256, makes a new, empty cluster`,
  };
}

export interface Registration {
  name: string;
  state: string;
}

/**
 * Azure's SDK registers missing providers at their first use: runtime/policy_register_rp.go of sdk/azcore/arm in
 * https://github.com/Azure/azure-sdk-for-go.
 */
export function providersFinding(registrations: readonly Registration[]): Finding {
  const name = "resource providers";
  const wanted = ["Microsoft.Compute", "Microsoft.Network", "Microsoft.DevTestLab"];
  const missing = wanted.filter(
    (one) =>
      !registrations.some(({ name, state }) => name.toLowerCase() === one.toLowerCase() && state === "Registered"),
  );
  if (missing.length === 0) return { name, status: "ok", seen: `${wanted.join(", ")} are registered` };
  const todo = `if this login may not register them: ${missing.map((one) => `az provider register --wait --namespace ${one}`).join(" && ")}`;
  return {
    name,
    status: "notice",
    seen: `not registered: ${missing.join(", ")}. The first run that makes something registers them, which takes some minutes`,
    todo,
  };
}

async function labelFinding(location: string, label: string, azure: Az): Promise<Finding> {
  const name = "DNS label";
  const url = `/subscriptions/{subscriptionId}/providers/Microsoft.Network/locations/${location}/CheckDnsNameAvailability?domainNameLabel=${label}&api-version=2024-05-01`;
  const { available } = (await azure.ask(["rest", "--method", "get", "--url", url])) as { available?: boolean };
  return available
    ? { name, status: "ok", seen: `${label} is free in ${location}` }
    : {
        name,
        status: "refused",
        seen: `${label} is taken in ${location}`,
        todo: "choose another azure.dnsLabel, or none",
      };
}

async function powerFinding(stack: string, own: readonly OwnMachine[], azure: Az): Promise<Finding> {
  const name = "power";
  const shown = (await azure.ask(["vm", "show", "--show-details", "--ids", ...own.map(({ id }) => id)])) as
    { name: string; powerState: string } | { name: string; powerState: string }[];
  const stopped = [shown].flat().filter(({ powerState }) => powerState !== "VM running");
  if (stopped.length === 0) return { name, status: "ok", seen: `${own.length} of ${own.length} VMs run` };
  return {
    name,
    status: "refused",
    seen: stopped.map(({ name, powerState }) => `${name}: ${powerState}`).join(", "),
    todo: onStack(stack, "npm run start"),
  };
}
