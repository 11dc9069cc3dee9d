import * as net from "node:net";
import { Writable } from "node:stream";
import { PortForward } from "@kubernetes/client-node";
import type { Api, KubeConfig, KubeObject } from "../../kube";
import { apiOf } from "../seat/api";
import { isReady } from "../seat/live-seat";

/** A Service in the cluster that is forwarded to a local port. */
interface ForwardTarget {
  readonly namespace: string;
  readonly service: string;
  /** The Service's port. */
  readonly port: number;
  /** The local port, if it is free. */
  readonly localPort: number;
}

export interface Forward {
  /** The local port in use. */
  readonly localPort: number;
  /** Closes every connection and stops listening. */
  close(): Promise<void>;
}

/** A pod behind a Service, and the pod's port that the Service uses. */
interface Backend {
  pod: string;
  port: number;
}

/**
 * Forwards a Service to 127.0.0.1 through the API server. Each connection picks a pod that is ready at that moment. A
 * restarted pod therefore breaks only its own open connections.
 * @param problem called for each connection that could not be made
 */
export async function forward(
  kubeconfig: KubeConfig,
  target: ForwardTarget,
  problem: (text: string) => void,
): Promise<Forward> {
  const api = apiOf(kubeconfig);
  const open = new Set<net.Socket>();
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    // A browser resets its connections when it closes.
    socket.on("error", () => undefined);
    const refuse = (why: string) => {
      problem(`${target.namespace}/${target.service}: ${why}`);
      socket.destroy();
    };
    connect(kubeconfig, api, target, socket, refuse).catch((error: unknown) => refuse(messageOf(error)));
  });
  const localPort = await listen(server, target.localPort);
  return {
    localPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

async function connect(
  kubeconfig: KubeConfig,
  api: Api,
  target: ForwardTarget,
  socket: net.Socket,
  refuse: (why: string) => void,
): Promise<void> {
  const { pod, port } = await backendOf(api, target);
  const refused = new Said();
  const channel = await new PortForward(kubeconfig).portForward(target.namespace, pod, [port], socket, refused, socket);
  if (typeof channel === "function") throw new Error("unexpected: a restartable port-forward");
  channel.on("close", () => (refused.text ? refuse(refused.text.trim()) : socket.end()));
  channel.on("error", () => socket.destroy());
  socket.on("close", () => channel.close());
  if (socket.destroyed) channel.close();
  socket.resume();
}

/** Returns a pod of the Service that is ready now. */
export async function backendOf(
  api: Pick<Api, "request">,
  { namespace, service, port }: ForwardTarget,
): Promise<Backend> {
  const found = await api.request<KubeObject>("GET", `/api/v1/namespaces/${namespace}/services/${service}`);
  const labelSelector = Object.entries((found.spec?.selector ?? {}) as Record<string, string>)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
  const { items } = await api.request<{ items: KubeObject[] }>("GET", `/api/v1/namespaces/${namespace}/pods`, {
    query: { labelSelector },
  });
  const pod = items.find((one) => isReady(one) && !one.metadata.deletionTimestamp);
  if (!pod) throw new Error("none of its pods is ready");
  return { pod: pod.metadata.name, port: podPort(found, pod, port) };
}

interface ServicePort {
  port: number;
  targetPort?: number | string;
}

/**
 * Returns the pod's port for a Service's port. A Service may name its target port, and the pod gives that name a
 * number.
 */
export function podPort(service: KubeObject, pod: KubeObject, port: number): number {
  const { targetPort = port } = ((service.spec?.ports ?? []) as ServicePort[]).find((one) => one.port === port) ?? {};
  if (typeof targetPort === "number") return targetPort;
  const containers = (pod.spec?.containers ?? []) as { ports?: { name?: string; containerPort: number }[] }[];
  const named = containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === targetPort);
  if (!named) throw new Error(`pod ${pod.metadata.name} has no port ${targetPort}`);
  return named.containerPort;
}

/** WebSocket libraries reject with events, not errors. */
function messageOf(error: unknown): string {
  return String((error as { message?: unknown } | undefined)?.message ?? error);
}

/** Collects the kubelet's message when it cannot connect to the pod's port. */
class Said extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

/** How many ports after the wanted one are tried. */
const TRIED = 50;

/** Listens on the wanted port of 127.0.0.1, or on the next free one. Only this machine can connect. */
export async function listen(server: net.Server, wanted: number): Promise<number> {
  for (let port = wanted; ; port += 1) {
    const error = await tried(server, port);
    if (error === undefined) return port;
    if (!["EADDRINUSE", "EACCES"].includes(error.code ?? "") || port >= wanted + TRIED) throw error;
  }
}

function tried(server: net.Server, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error);
    server.once("error", failed);
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
      server.off("error", failed);
      resolve(undefined);
    });
  });
}
