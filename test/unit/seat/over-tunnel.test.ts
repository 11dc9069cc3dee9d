import * as http from "node:http";
import * as net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { getOver } from "../../../cli/seat/over-tunnel";

/** A server as Envoy's administration: it refuses HTTP/1.0, and answers in chunks. */
let server: http.Server | undefined;
afterEach(() => void server?.close());

async function answer(path: string): Promise<string> {
  server = http.createServer((request, response) => {
    if (request.httpVersion === "1.0") return void response.writeHead(426).end("Upgrade Required");
    if (request.url !== "/certs") return void response.writeHead(404, "Not Found").end("nothing here");
    response.write('{"certificates": ');
    setImmediate(() => response.end("[]}"));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return getOver(net.connect((server.address() as net.AddressInfo).port, "127.0.0.1"), path);
}

describe("a request over a tunnel", () => {
  it("gets an answer in chunks whole, from a server that refuses HTTP/1.0", async () =>
    expect(JSON.parse(await answer("/certs"))).toEqual({ certificates: [] }));

  it("fails with the status where that is not 200", async () =>
    await expect(answer("/other")).rejects.toThrow("it answered 404 Not Found"));

  it("fails where the other end hangs up", async () => {
    const dead = net.createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => dead.listen(0, "127.0.0.1", resolve));
    const tunnel = net.connect((dead.address() as net.AddressInfo).port, "127.0.0.1");
    await expect(getOver(tunnel, "/certs")).rejects.toThrow(/hang up|ECONNRESET|EPIPE/);
    dead.close();
  });
});
