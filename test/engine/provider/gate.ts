import * as net from "node:net";
import type { AddressInfo } from "node:net";

/** A door to an API server that can be shut: a shut one refuses connections, as a server that is down does. */
export class Gate {
  private server?: net.Server;
  private readonly sockets = new Set<net.Socket>();
  private port = 0;

  constructor(
    private readonly host: string,
    private readonly to: number,
  ) {}

  /** Opens on the port it had before, and returns it. */
  async open(): Promise<number> {
    this.server = net.createServer((client) => {
      const upstream = net.connect(this.to, this.host);
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise<void>((resolve, reject) =>
      this.server!.once("error", reject).listen(this.port, "127.0.0.1", resolve),
    );
    return (this.port = (this.server.address() as AddressInfo).port);
  }

  async shut(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
