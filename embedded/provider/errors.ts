import * as grpc from "@grpc/grpc-js";
import * as any from "google-protobuf/google/protobuf/any_pb";
import * as struct from "google-protobuf/google/protobuf/struct_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import * as statusproto from "@pulumi/pulumi/proto/status_pb";
import { Bag } from "./wire";

/** The API server does not know this kind, for example a custom resource before its definition. */
export class NoMatchError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
  }
}

/** The cluster did not answer. `message` reads like the official plugin's. */
export class UnreachableError extends Error {}

/** The object exists but did not become ready; `reasons` say why. */
export class NotReadyError extends Error {
  constructor(
    message: string,
    readonly reasons: string[],
  ) {
    super(message);
  }
}

/**
 * An operation that failed after it had changed something. The engine keeps `properties`, and the next `up` continues
 * from there.
 */
export class PartialError extends Error {
  constructor(
    readonly id: string,
    message: string,
    readonly reasons: string[],
    readonly properties: Bag,
    readonly inputs?: Bag,
  ) {
    super(message);
  }
}

const INIT_FAILED = "pulumirpc.ErrorResourceInitFailed";

/** Converts any error to gRPC's form. A PartialError becomes a detail of type ErrorResourceInitFailed. */
export function toGrpc(e: unknown): Partial<grpc.ServiceError> {
  const message = e instanceof Error ? e.message : String(e);
  if (!(e instanceof PartialError)) return { code: grpc.status.UNKNOWN, details: message };
  const failed = new provider.ErrorResourceInitFailed();
  failed.setId(e.id);
  failed.setProperties(struct.Struct.fromJavaScript(e.properties));
  failed.setReasonsList([message, ...e.reasons]);
  if (e.inputs) failed.setInputs(struct.Struct.fromJavaScript(e.inputs));
  const detail = new any.Any();
  detail.pack(failed.serializeBinary(), INIT_FAILED);
  const status = new statusproto.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

const DELETE_HINT =
  'If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';
export const readUnreachable = (): Error =>
  new Error(`failed to read resource state due to unreachable cluster. ${DELETE_HINT}`);
export const deleteUnreachable = (): Error => new Error(`configured Kubernetes cluster is unreachable. ${DELETE_HINT}`);
