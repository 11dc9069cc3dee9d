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

/** A namespace whose pods get sidecars, with the lab's mTLS mode. */
export class LessonNamespace extends pulumi.ComponentResource {
  /** The namespace's name. */
  readonly namespace: pulumi.Output<string>;
  /** What must be there before a pod of the namespace, or it would run without a sidecar. */
  readonly beforePods: pulumi.Resource[];

  constructor(name: string, args: LessonNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Namespace", name, {}, opts);
    const metadata = { name: args.namespace, labels: { "istio-injection": "enabled" } };
    // `default` is there before us and cannot be deleted: a Namespace resource would try to.
    const Kind = args.namespace === "default" ? k8s.core.v1.NamespacePatch : k8s.core.v1.Namespace;
    const namespace = new Kind(`${name}-injected`, { metadata }, { parent: this });
    const { mtls, allowed, mesh } = args;
    new NamespaceSecurity(`${name}-security`, { namespace: namespace.metadata.name, mtls, allowed, admission: mesh.admission }, { parent: this });

    this.namespace = namespace.metadata.name;
    this.beforePods = [args.mesh.injector, namespace];
    this.registerOutputs();
  }
}
