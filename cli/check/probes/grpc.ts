import { setTimeout as sleep } from "node:timers/promises";
import type { GrpcCheck } from "../../../components/lessons/checks/check";
import { parseLogLine } from "../access-log";
import type { LogLine } from "../result";
import { answered } from "./curl";
import { beginning, type Probe } from "./probe";

export interface GrpcSeen {
  /** The answer to the request that causes the call. */
  trigger: { status: number; error?: string };
  /** Lines in the called proxy's access log that came with it. */
  calls: LogLine[];
  /** A log line that is no JSON, where there was no other. */
  other?: string;
}

/** Envoy flushes its log at most every second, and the kubelet reads it afterwards. */
const LOG_WAIT_MS = 4000;

export const grpc: Probe<GrpcCheck, GrpcSeen> = {
  expected: ({ spiffe }) => `a gRPC call by HTTP/2, over mTLS from ${spiffe}`,
  async look({ path, app, about }, { seat }) {
    const read = () =>
      seat.logs(about.namespace, { labels: { app } }, "istio-proxy", { tailLines: 200, timestamps: true });
    const before = new Set((await read()).map(({ line }) => line));
    const got = await seat.http(path);
    const end = Date.now() + LOG_WAIT_MS;
    for (;;) {
      const fresh = (await read()).filter(({ line }) => !before.has(line));
      const calls = fresh
        .map(({ pod, line }) => parseLogLine(pod, withoutStamp(line)))
        .filter((line) => line !== undefined);
      if (calls.length > 0 || Date.now() > end)
        return {
          trigger: { status: got.status, error: got.error },
          calls,
          other: fresh[0] && withoutStamp(fresh[0].line),
        };
      await sleep(300);
    }
  },
  evaluate({ app, spiffe }, { trigger, calls, other }) {
    const evidence = { statuses: { [trigger.status]: 1 }, log: calls };
    const grpcCalls = calls.filter(({ method, path }) => method === "POST" && GRPC_PATH.test(path ?? ""));
    const call = grpcCalls.find((one) => isRight(one, spiffe)) ?? grpcCalls.at(-1) ?? calls.at(-1);
    if (!call) {
      const log = other
        ? `its access log is not JSON: "${beginning(other, 60)}"`
        : `the proxy of ${app} logged no call`;
      return { ok: false, seen: `the gateway answered ${answered(trigger)}; ${log}`, evidence };
    }
    const from = isPeer(call.downstream_peer)
      ? `over mTLS from ${call.downstream_peer}`
      : call.downstream_peer === undefined
        ? "its log names no caller"
        : "as plaintext";
    return {
      ok: grpcCalls.includes(call) && isRight(call, spiffe),
      seen: `${call.method} ${call.path} by ${call.protocol}, ${from}`,
      evidence,
    };
  },
};

/** `/package.Service/Method`, the path of every gRPC call. */
const GRPC_PATH = /^\/[\w.]+\/\w+$/;

function isRight({ protocol, downstream_peer }: LogLine, spiffe: string): boolean {
  return protocol === "HTTP/2" && downstream_peer === spiffe;
}

function isPeer(peer: string | null | undefined): boolean {
  return typeof peer === "string" && peer !== "-" && peer !== "";
}

function withoutStamp(line: string): string {
  return line.slice(line.indexOf(" ") + 1);
}
