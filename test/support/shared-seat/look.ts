import * as fs from "node:fs";
import * as path from "node:path";
import { until } from "../http";
import type { Checkout } from "../checkout";
import { Api, type ListedKind } from "./api";
import { objectsOf, resourcesOf, type CheckpointResource, type LiveObject, type Snapshot } from "./snapshot";

/** Kinds whose objects come and go by themselves. Pods are checked separately, because new pods get new names. */
const BY_THEMSELVES =
  /^(pods|events|events\.events\.k8s\.io|leases\.|endpoints|endpointslices\.|replicasets\.|controllerrevisions\.|componentstatuses|nodes|csinodes\.|podtemplates|servicecidrs\.|ipaddresses\.|certificatesigningrequests\.|apiservices\.)/;

/** Kinds that a test is most likely to change. The other kinds are checked when a file hands the seat back. */
const EACH_TEST = new Set([
  "namespaces", "deployments.apps", "statefulsets.apps", "services", "configmaps", "secrets", "persistentvolumeclaims", "virtualservices.networking.istio.io",
  "destinationrules.networking.istio.io", "gateways.networking.istio.io", "peerauthentications.security.istio.io", "authorizationpolicies.security.istio.io",
  "telemetries.telemetry.istio.io",
]); // prettier-ignore

/** Reads a seat: its objects, its stack's state, and its stack's file. */
export class Look {
  private constructor(
    private readonly lab: Checkout,
    private readonly api: Api,
    private readonly kinds: readonly ListedKind[],
  ) {}

  static async at(lab: Checkout): Promise<Look> {
    const api = await Api.of(path.join(lab.seatFolder(), "kubeconfig"));
    return new Look(
      lab,
      api,
      (await api.kinds()).filter(({ name }) => !BY_THEMSELVES.test(name)),
    );
  }

  /** Reads every kind, except those that change by themselves. */
  whole(): Promise<Snapshot> {
    return this.snapshot(this.kinds);
  }

  /** Reads the kinds that a test is most likely to change. */
  quick(): Promise<Snapshot> {
    return this.snapshot(this.kinds.filter(({ name }) => EACH_TEST.has(name)));
  }

  private async snapshot(kinds: readonly ListedKind[]): Promise<Snapshot> {
    return {
      objects: objectsOf(await this.api.list(kinds)),
      resources: resourcesOf(checkpoint(this.lab)),
      files: filesOf(this.lab),
    };
  }

  /** Waits until every pod is ready and none is terminating. */
  async allReady(seconds = 180): Promise<void> {
    const busy = async () =>
      ((await this.api.list([{ name: "pods", kind: "Pod", path: "/api/v1/pods" }])) as Pod[])
        .filter((pod) => !isReady(pod))
        .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    await until("every pod ready", seconds, busy, (names) => names.length === 0);
  }

  close(): void {
    this.api.close();
  }
}

/**
 * Reads the local state's file; asking the engine would take a second after each test. @throws where an operation is
 * pending
 */
function checkpoint(lab: Checkout): CheckpointResource[] {
  const file = path.join(stacksFolder(lab), "embedded.json");
  const { checkpoint } = JSON.parse(fs.readFileSync(file, "utf8")) as {
    checkpoint: { latest: { resources: CheckpointResource[]; pending_operations?: unknown[] } };
  };
  const open = checkpoint.latest.pending_operations ?? [];
  if (open.length > 0) throw new Error(`${open.length} operations are open in the state`);
  return checkpoint.latest.resources;
}

function stacksFolder(lab: Checkout): string {
  return path.join(lab.root, ".lab", "state", ".pulumi", "stacks", "istio-lab");
}

function filesOf(lab: Checkout): Record<string, string> {
  const stacks = fs
    .readdirSync(stacksFolder(lab))
    .filter((name) => name.endsWith(".json"))
    .sort();
  return {
    "Pulumi.embedded.yaml": fs.readFileSync(path.join(lab.root, "Pulumi.embedded.yaml"), "utf8"),
    "the list of stacks": stacks.join(" "),
  };
}

interface Pod extends LiveObject {
  status: { phase: string; conditions?: { type: string; status: string }[] };
}

function isReady({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true
  );
}
