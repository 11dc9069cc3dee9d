import * as z from "zod";
import { isMap } from "../../../base/values";
import { defaultK3s, EARLIER_K3S, istioMinor, kubernetesMinors, kubernetesRange } from "../../../versions";
import {
  choice,
  flag,
  isNot,
  list,
  map,
  mapOf,
  number,
  text,
  withRule,
  type Immutable,
  type ReportProblem,
} from "../../config-schema";
import { flagIn, shownOpenly } from "../../config-value";
import { cidrProblem, coverEverything } from "./cidr";
import { reservedWord } from "./names";
import { sizeProblem } from "./size";
import { knownZone, windowsZone } from "./zones";

/**
 * The valid settings of `azure`, with defaults filled in. Keys that an Azure seat requires are empty on other
 * targets.
 */
export type AzureSettings = Immutable<z.infer<typeof azure>>;
/** The time of each day at which the VMs are shut down. */
export type AutoShutdown = Exclude<AzureSettings["autoShutdown"], false>;
/** Prices that a user has looked up. */
export type Prices = NonNullable<AzureSettings["prices"]>;
/** Parts of a seat that can be opened to the world. */
export type OpenToWorld = (typeof openable)[number];

const openable = ["kiali", "gateway"] as const;

const NETWORK = "an IPv4 network such as 203.0.113.0/24";

const network = withRule(text(/^/, NETWORK), (cidr, report) => {
  const problem = cidrProblem(cidr);
  if (problem !== undefined) report([], `${shownOpenly(cidr)} ${problem}`, { valid: NETWORK });
});

/**
 * Networks that may reach a port. "Everybody" cannot be expressed here. The default is empty, because other targets
 * do not need the required keys.
 */
const networks = withRule(
  list(network, 'a list of IPv4 networks such as ["203.0.113.0/24", "198.51.100.7/32"]'),
  (cidrs, report) => {
    if (cidrs.length === 0) report([], () => "[] lets nobody in; name one network at least, such as 203.0.113.0/24");
    if (coverEverything(cidrs.filter((cidr) => typeof cidr === "string" && cidrProblem(cidr) === undefined)))
      report([], () => "these networks together are the whole internet");
  },
).default([]);

const VM_SIZE = "a size of a VM, such as Standard_D4s_v5";

/** The rule of Azure's Microsoft.Network/publicIPAddresses for domainNameLabel. */
const LABEL = "3 to 63 lower-case letters, digits and dashes, a letter first and no dash last";

const label = withRule(text(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/, LABEL), (label, report) => {
  const word = reservedWord(label);
  if (word !== undefined)
    report([], `${shownOpenly(label)} has "${word}" in it, which Azure keeps for itself`, { valid: LABEL });
});

const day = z.iso.date().meta({ says: isNot("a day, YYYY-MM-DD"), valid: "a day, YYYY-MM-DD" });

const ZONE =
  'a time zone by its IANA name, such as "America/New_York", or by its Windows name, such as "UTC" or "W. Europe Standard Time"';

const zone = withRule(text(/^/, ZONE), (name, report) => {
  if (windowsZone(name) !== undefined) return;
  report([], ({ shown }) =>
    knownZone(name) === undefined
      ? `${shown} is not ${ZONE}`
      : `${shown} has no Windows name in Unicode's table, and Azure takes no other: give that one (\`tzutil /l\` lists them)`,
  );
});

const SHUTDOWN = 'false, or a map such as {"time": "19:00", "timezone": "UTC"}';

const autoShutdown = z
  .union([
    z.preprocess(flagIn, z.literal(false)),
    map({
      time: text(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day, HH:MM")
        .default("19:00")
        .describe("When the VMs are shut down each day."),
      timezone: zone.default("UTC").describe("The time zone of that time."),
    }),
  ])
  .default({ time: "19:00", timezone: "UTC" })
  .meta({ says: isNot(SHUTDOWN), valid: SHUTDOWN });

const sshKey = text(
  /^(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]{68,}={0,2}( [^\n]*)?\n?$/,
  "a public key in OpenSSH's form, on one line: ssh-ed25519 AAAA…",
);

const HASH = /^[0-9a-f]{64}$/;

/**
 * Returns the release of k3s. A hash without a version belongs to the earlier default release, from the time when
 * every config had to give a hash.
 */
function releaseOf({ version, sha256 }: { version?: unknown; sha256?: unknown }): string {
  if (typeof version === "string" && K3S_RELEASE.test(version)) return version;
  return typeof sha256 === "string" && HASH.test(sha256) && sha256 !== defaultK3s.sha256
    ? EARLIER_K3S
    : defaultK3s.version;
}

const K3S_RELEASE = new RegExp(`^v1\\.${kubernetesMinors}\\.(0|[1-9]\\d?)\\+k3s[1-9]$`);

const sha256 = withRule(
  text((hash) => hash === "" || HASH.test(hash), ""),
  (hash, report) => {
    if (hash === "") report([], (at) => `is empty, as after a failed download; valid is ${validHash(at.parent!)}`);
  },
).meta({ says: (at) => isNot(validHash(at.parent!)), valid: "64 hexadecimal digits" });

function validHash(k3s: { value: unknown; below(key: string): { isSecret: boolean } }): string {
  const release = k3s.below("version").isSecret
    ? "VERSION"
    : encodeURIComponent(releaseOf(isMap(k3s.value) ? k3s.value : {}));
  return `the 64 hexadecimal digits before "k3s" in sha256sum-amd64.txt, beside the release's k3s: https://github.com/k3s-io/k3s/releases/tag/${release}`;
}

const k3s = map(
  {
    version: text(
      K3S_RELEASE,
      `a release of k3s that Istio ${istioMinor} supports, Kubernetes ${kubernetesRange}, such as ${defaultK3s.version}`,
    )
      .optional()
      .describe("Release of k3s.")
      .meta({ otherwise: `\`${defaultK3s.version}\`` }),
    sha256: sha256
      .optional()
      .describe(
        "SHA-256 of that release's file `k3s`. Another release's has to be given: a hash is looked up, not guessed.",
      )
      .meta({ otherwise: "that of the default release" }),
  },
  "a map with version and sha256",
).transform((k3s) => ({ version: releaseOf(k3s), sha256: k3s.sha256 ?? defaultK3s.sha256 }));

const NEEDED = "required";

const prices = withRule(
  map(
    {
      asOf: day.describe("The day they were looked up."),
      currency: text(/^[A-Z]{3}$/, "a currency of three letters, such as EUR").describe("ISO 4217."),
      perHour: mapOf(
        number({ from: 0, to: 1000 }).describe("Price of an hour."),
        "SIZE",
        isNot('a map such as {"Standard_D4s_v5": 0.1}', "a map of VM size to price"),
      )
        .default({})
        .describe(
          "Prices by the size of a VM; for what a stopped VM keeps, by StandardSSD_LRS_64 (its disk) and address.",
        )
        .meta({ otherwise: NEEDED }),
    },
    "a map with asOf, currency and perHour",
  ),
  (_, report) => report(["perHour"], { missing: true }),
);

/** `istio-lab:azure`. */
export const azure = withRule(
  map(
    {
      location: text(/^[a-z][a-z0-9]+$/, "a region by its short name, such as westeurope")
        .default("")
        .describe("The region of everything that is made.")
        .meta({ otherwise: NEEDED }),
      vmSize: text(/^/, VM_SIZE).default("Standard_D4s_v5").describe("Size of each VM: x86-64, 4 vCPUs or more."),
      nodes: number({ from: 1, to: 10, whole: true })
        .default(1)
        .describe("VMs in all: one control plane, which takes pods as well, and agents."),
      adminCidrs: networks
        .describe(
          "IPv4 networks that reach the Kubernetes API at 6443, and SSH where that is on. The machine that runs `up` must be in one of them.",
        )
        .meta({ otherwise: NEEDED }),
      traineeCidrs: networks
        .describe("IPv4 networks that reach the gateway (80, 443) and Kiali (31602).")
        .meta({ otherwise: `${NEEDED}, unless openToWorld has both` }),
      openToWorld: list(choice("part of a seat", openable), '["kiali"], ["gateway"] or both')
        .default([])
        .describe("The parts that the whole internet may reach instead."),
      dnsLabel: label
        .optional()
        .describe("Name before .REGION.cloudapp.azure.com.")
        .meta({ otherwise: "made of project, stack and a random suffix" }),
      autoShutdown: autoShutdown.describe("When the VMs are shut down each day."),
      spot: flag().default(false).describe("VMs at a spot price, which Azure may take away at any time."),
      ssh: map(
        { publicKey: sshKey.transform((key) => key.trim()).describe("The only key that may log in.") },
        'a map such as {"publicKey": "ssh-ed25519 AAAA…"}',
      )
        .optional()
        .describe("Opens port 22 to adminCidrs, for this key alone.")
        .meta({ otherwise: "the port is shut and nobody has a key" }),
      k3s: k3s.prefault({}).describe("The Kubernetes that is installed; see docs/azure.md."),
      owner: text(/^[^\p{Cc}]{1,128}$/u, "a name of up to 128 characters")
        .optional()
        .describe("Tag: who answers for the seat."),
      expiry: day.optional().describe("Tag: the day after which nobody needs the seat. Nothing is deleted by it."),
      prices: prices
        .optional()
        .describe("What preflight reckons the costs by.")
        .meta({ otherwise: "costs are unknown" }),
    },
    "a map",
  ),
  ({ vmSize, spot }, report) => {
    const problem = typeof vmSize === "string" ? sizeProblem(vmSize, { spot: spot === true }) : undefined;
    if (problem !== undefined) report(["vmSize"], `${JSON.stringify(vmSize)} ${problem}`, { valid: VM_SIZE });
  },
)
  .prefault({})
  .describe("For target azure. location, adminCidrs and traineeCidrs have to be given there. See docs/azure.md.");

/** Reports required keys that are missing where the target is azure. */
export function reportMissingForAzure(azure: unknown, report: ReportProblem): void {
  const { openToWorld, k3s } = isMap(azure) ? azure : {};
  const needsTrainees = openable.some((part) => !Array.isArray(openToWorld) || !openToWorld.includes(part));
  const needsHash = isMap(k3s) && releaseOf(k3s) !== defaultK3s.version;
  const needed = [
    ["location"],
    ["adminCidrs"],
    ...(needsTrainees ? [["traineeCidrs"]] : []),
    ...(needsHash ? [["k3s", "sha256"]] : []),
  ];
  for (const path of needed) report(["azure", ...path], { missing: true });
}
