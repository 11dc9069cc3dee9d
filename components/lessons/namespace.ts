import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { MtlsMode } from "../../config";
import type { Istio } from "../mesh/istio";
import { NamespaceSecurity, type AllowedCalls } from "../mesh/security";

export interface LessonNamespaceArgs {
  namespace: string;
  mtls: MtlsMode;
  mesh: Istio;
  /**
   * The only calls that the namespace's pods answer.
   * @default all calls
   */
  allowed?: readonly AllowedCalls[];
}

/** A namespace whose pods get sidecars. `secure` creates its mTLS and authorization policies. */
export class LessonNamespace extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** Resources that must exist before the namespace's pods. Otherwise these would run without sidecars. */
  readonly beforePods: pulumi.Resource[];
  private readonly security: Pick<LessonNamespaceArgs, "mtls" | "allowed">;

  constructor(
    private readonly name: string,
    { namespace, mesh, ...security }: LessonNamespaceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("istio-lab:lessons:Namespace", name, {}, opts);
    const metadata = { name: namespace, labels: { "istio-injection": "enabled" } };
    // `default` already exists and cannot be deleted, which a Namespace resource would try.
    const Kind = namespace === "default" ? k8s.core.v1.NamespacePatch : k8s.core.v1.Namespace;
    const labelled = new Kind(`${name}-injected`, { metadata }, { parent: this });
    this.namespace = labelled.metadata.name;
    this.beforePods = [mesh.injector, labelled];
    this.security = security;
    this.registerOutputs();
  }

  /** Creates its policies after the gateway: the webhook that admits them answers by then. */
  secure(gateway: pulumi.Resource): void {
    new NamespaceSecurity(
      `${this.name}-security`,
      { namespace: this.namespace, gateway, ...this.security },
      { parent: this },
    );
  }
}
