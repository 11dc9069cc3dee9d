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
   * The only calls that pods of the namespace answer.
   * @default all calls
   */
  allowed?: readonly AllowedCalls[];
}

/** A namespace whose pods get sidecars. `secure` gives it the lab's mTLS mode. */
export class LessonNamespace extends pulumi.ComponentResource {
  /** The namespace's name. */
  readonly namespace: pulumi.Output<string>;
  /** What must be there before a pod of the namespace, or it would run without a sidecar. */
  readonly beforePods: pulumi.Resource[];
  private readonly security: Pick<LessonNamespaceArgs, "mtls" | "allowed">;

  constructor(
    private readonly name: string,
    { namespace, mesh, ...security }: LessonNamespaceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("istio-lab:lessons:Namespace", name, {}, opts);
    const metadata = { name: namespace, labels: { "istio-injection": "enabled" } };
    // `default` is there before us and cannot be deleted: a Namespace resource would try to.
    const Kind = namespace === "default" ? k8s.core.v1.NamespacePatch : k8s.core.v1.Namespace;
    const labelled = new Kind(`${name}-injected`, { metadata }, { parent: this });
    this.namespace = labelled.metadata.name;
    this.beforePods = [mesh.injector, labelled];
    this.security = security;
    this.registerOutputs();
  }

  /** Makes its policies: after the gateway, by which the webhook that admits them answers. */
  secure(gateway: pulumi.Resource): void {
    new NamespaceSecurity(
      `${this.name}-security`,
      { namespace: this.namespace, gateway, ...this.security },
      { parent: this },
    );
  }
}
