import * as pulumi from "@pulumi/pulumi";
import type { MtlsMode } from "../../config";
import { principal } from "./identity";
import { meshObject, type MeshObjectArgs } from "./object";

export interface NamespaceSecurityArgs {
  namespace: pulumi.Input<string>;
  /** STRICT: the namespace's pods refuse plaintext. PERMISSIVE: they accept both. */
  mtls: MtlsMode;
  /**
   * The only calls that the namespace's pods answer.
   * @default all calls
   */
  allowed?: readonly AllowedCalls[];
  /** The result of `makeGateway`. */
  gateway: pulumi.Resource;
}

/** Calls that are allowed where everything else is denied. */
export interface AllowedCalls {
  /** Name of the AuthorizationPolicy. */
  name: string;
  /** The app that answers, by its label. */
  to: string;
  /** The caller: one service account, or a whole namespace. Its certificate proves both. */
  from: { namespace: string; serviceAccount?: string };
  /**
   * HTTP methods.
   * @default all
   */
  methods?: readonly string[];
}

/** Who may talk to the pods of a namespace, and how. */
export class NamespaceSecurity extends pulumi.ComponentResource {
  constructor(name: string, args: NamespaceSecurityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:NamespaceSecurity", name, {}, opts);
    const policy = (suffix: string, object: Policy, ...before: pulumi.Resource[]) =>
      meshObject(
        `${name}-${suffix}`,
        { namespace: args.namespace, ...object },
        { parent: this, dependsOn: [args.gateway, ...before] },
      );

    policy("mtls", peerAuthentication(args.mtls));
    if (args.allowed !== undefined) {
      const allowed = args.allowed.map((calls) => policy(calls.name, authorization(calls)));
      // It comes after its exceptions: alone, it would refuse everything for a moment.
      policy(denyAll.name, denyAll, ...allowed);
    }
    this.registerOutputs();
  }
}

type Policy = Pick<MeshObjectArgs, "kind" | "name" | "spec">;

function peerAuthentication(mode: MtlsMode): Policy {
  // Istio's name for the policy of a whole namespace.
  return { kind: "security.istio.io/v1 PeerAuthentication", name: "default", spec: { mtls: { mode } } };
}

/** Denies all calls to the namespace's pods that no other policy allows, because it allows none itself. */
const denyAll: Policy = { kind: "security.istio.io/v1 AuthorizationPolicy", name: "deny-all", spec: {} };

function authorization({ name, to, from, methods }: AllowedCalls): Policy {
  const source =
    from.serviceAccount === undefined
      ? { namespaces: [from.namespace] }
      : { principals: [principal(from.namespace, from.serviceAccount)] };
  const rule = { from: [{ source }], ...(methods && { to: [{ operation: { methods: [...methods] } }] }) };
  return { kind: denyAll.kind, name, spec: { selector: { matchLabels: { app: to } }, action: "ALLOW", rules: [rule] } };
}
