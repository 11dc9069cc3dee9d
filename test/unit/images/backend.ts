import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A service that answers what a test wants, and remembers what it was asked. */
export class Backend {
  /** Path → JSON, or a status without one. Anything else is 404. */
  readonly answers = new Map<string, unknown>();
  readonly asked: { path: string; headers: IncomingHttpHeaders }[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      this.asked.push({ path: request.url!, headers: request.headers });
      const answer = this.answers.get(request.url!) ?? 404;
      response.writeHead(typeof answer === "number" ? answer : 200, { "content-type": "application/json" });
      response.end(typeof answer === "number" ? "" : JSON.stringify(answer));
    });
  }

  /** Listens on loopback and returns the environment that makes an app use it as these services. */
  async environment(...services: string[]): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const port = String((this.server.address() as AddressInfo).port);
    return Object.fromEntries(
      services.flatMap((name) => [
        [`${name}_HOSTNAME`, "127.0.0.1"],
        [`${name}_SERVICE_PORT`, port],
      ]),
    );
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Each header that a bookinfo service must pass on, with a value of its own. */
export const traced: Record<string, string> = Object.fromEntries(
  [
    "x-request-id",
    "traceparent",
    "tracestate",
    "b3",
    "x-b3-traceid",
    "x-b3-spanid",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-flags",
    "x-ot-span-context",
    "x-datadog-trace-id",
    "x-datadog-parent-id",
    "x-datadog-sampling-priority",
    "x-cloud-trace-context",
    "grpc-trace-bin",
    "sw8",
    "user-agent",
    "authorization",
    "jwt",
    "cookie",
  ].map((name) => [name, `${name}=of-the-caller`]),
);
