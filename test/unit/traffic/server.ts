import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { TrafficTarget } from "../../../cli/traffic/request";

/** An HTTP server on this machine for one test. `requests` is when each came, in milliseconds, and by which connection. */
export async function server(
  answer: (response: http.ServerResponse, n: number) => void,
): Promise<{ url: string; requests: { at: number; port: number }[] }> {
  const requests: { at: number; port: number }[] = [];
  const listening = http.createServer((request, response) => {
    requests.push({ at: performance.now(), port: request.socket.remotePort! });
    answer(response, requests.length - 1);
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    listening.close();
    listening.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`, requests };
}

/** The whole body is the version. */
export function target(url: string): TrafficTarget {
  return { url, versionOf: (body) => /^v\d+$/.exec(body)?.[0] };
}
