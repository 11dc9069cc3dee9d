import * as pulumi from "@pulumi/pulumi";
import type { MtlsMode } from "../../config";
import { principal } from "./identity";
import { meshObject, type MeshObjectArgs } from "./object";

export interface NamespaceSecurityArgs {
  namespace: pulumi.Input<string>;
  /** STRICT: pods of the namespace refuse plaintext. PERMISSIVE: they accept both. */
  mtls: MtlsMode;
  /**
   * The only calls that pods of the namespace answer.
   * @default all calls
   */
  allowed?: readonly AllowedCalls[];
  /** What `makeGateway` gave. */
  gateway: pulumi.Resource;
}

/** Calls that are allowed where nothing else is. */
export interface AllowedCalls {
  /** The AuthorizationPolicy's name. */
  name: string;
  /** The app that answers, by its label. */
  to: string;
  /** Who calls: a service account, or all of a namespace. Both are proved by the caller's certificate. */
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
      // After the exceptions to it: alone, it would refuse everything for a moment.
      policy(denyAll.name, denyAll, ...allowed);
    }
    this.registerOutputs();
  }
}

type Policy = Pick<MeshObjectArgs, "kind" | "name" | "spec">;

function peerAuthentication(mode: MtlsMode): Policy {
  // The name that Istio gives to the policy of a whole namespace.
  return { kind: "security.istio.io/v1 PeerAuthentication", name: "default", spec: { mtls: { mode } } };
}

/** A policy that allows nothing denies, to every pod of its namespace, what no other policy allows. */
const denyAll: Policy = { kind: "security.istio.io/v1 AuthorizationPolicy", name: "deny-all", spec: {} };

function authorization({ name, to, from, methods }: AllowedCalls): Policy {
  const source =
    from.serviceAccount === undefined
      ? { namespaces: [from.namespace] }
      : { principals: [principal(from.namespace, from.serviceAccount)] };
  const rule = { from: [{ source }], ...(methods && { to: [{ operation: { methods: [...methods] } }] }) };
  return { kind: denyAll.kind, name, spec: { selector: { matchLabels: { app: to } }, action: "ALLOW", rules: [rule] } };
}
