import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";

/** What a resource of a stack is about to go through, as the engine tells it. */
export interface Told {
  readonly op?: string;
  /** Of Pulumi: `kubernetes:networking.istio.io/v1:VirtualService`. */
  readonly type: string;
  readonly resource?: string;
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
  /** A component has no plugin. @default true */
  readonly custom?: boolean;
  readonly detailedDiff?: StepEventMetadata["detailedDiff"];
}

/** The events of a preview, in the engine's form, of a stack that answers at `address`. */
export function preview(stack: string, address: string | undefined, told: readonly Told[]): EngineEvent[] {
  const url = address && {
    INGRESS_HOST: address,
    GATEWAY_URL: `http://${address}:31380`,
    KIALI_URL: `http://${address}:31602`,
  };
  const root = { op: "same", type: "pulumi:pulumi:Stack", resource: `istio-lab-${stack}`, custom: false } as const;
  return [{ ...root, outputs: url }, ...told].map((one, sequence) => ({
    sequence,
    timestamp: 0,
    resourcePreEvent: { metadata: metadata(stack, one), planning: true },
  }));
}

function metadata(
  stack: string,
  {
    op = "update",
    type,
    resource = "it",
    before,
    after,
    custom = true,
    detailedDiff,
    ...more
  }: Told & { outputs?: unknown },
): StepEventMetadata {
  const urn = `urn:pulumi:${stack}::istio-lab::istio-lab:lessons:Blog$${type}::${resource}`;
  const state = (inputs: unknown) =>
    ({
      type,
      urn,
      custom,
      id: "",
      parent: "",
      inputs,
      outputs: "outputs" in more ? more.outputs : {},
      provider: "",
    }) as StepEventMetadata["old"];
  return {
    op: op as StepEventMetadata["op"],
    urn,
    type,
    provider: "",
    old: op === "create" ? undefined : state(before ?? {}),
    new: op === "delete" ? undefined : state(after ?? {}),
    detailedDiff,
  };
}

/** The share of each version of a service in a VirtualService, in that order. */
export function virtualService(
  service: string,
  shares: Readonly<Record<string, number>>,
  namespace = "default",
): Record<string, unknown> {
  const route = Object.entries(shares).map(([subset, weight]) => ({ destination: { host: service, subset }, weight }));
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: service, namespace },
    spec: { hosts: [service], http: [{ route }] },
  };
}

export const VIRTUAL_SERVICE = "kubernetes:networking.istio.io/v1:VirtualService";
