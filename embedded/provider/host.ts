import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export type Severity = "info" | "warning" | "error";
const severities = { info: LogSeverity.INFO, warning: LogSeverity.WARNING, error: LogSeverity.ERROR };

/** Where messages go: to the engine, which shows them beside the resource. */
export interface Host {
  /** A diagnostic that stays in the output. */
  log(severity: Severity, urn: string, message: string): void;
  /** A message on the resource's progress line. The next one replaces it, and an empty one clears it. */
  status(severity: Severity, urn: string, message: string): void;
  /** Resolves when the engine has received all messages so far: a result must not overtake its last message. */
  flush(): Promise<unknown>;
}

export function engineHost(address: string): Host {
  const engine = new EngineClient(address, grpc.credentials.createInsecure());
  let sent: Promise<unknown> = Promise.resolve();
  const send = (severity: Severity, urn: string, message: string, ephemeral: boolean): void => {
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    // Send one after the other, so that they arrive in order. Ignore errors: the engine may already be gone, and a
    // lost message is not a failure.
    sent = sent.then(() => new Promise<void>((taken) => engine.log(request, () => taken())));
  };
  return {
    log: (severity, urn, message) => send(severity, urn, message, false),
    status: (severity, urn, message) => send(severity, urn, message, true),
    flush: () => sent,
  };
}
