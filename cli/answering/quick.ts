import * as http from "node:http";

/** Whether anything answers at a URL, by one request on a connection of its own. It needs no library of Kubernetes, which takes half a second to load. */
export function answers(url: string, milliseconds = 5000): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = http.request(url, { agent: false, timeout: milliseconds }, (response) => {
      response.resume();
      resolve(true);
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(false));
    sent.on("close", () => resolve(false));
    sent.end();
  });
}

/** GATEWAY_URL is this machine's own while somebody forwards a port: it is asked through the API server. */
export function isForwarded(gatewayUrl: string): boolean {
  return new URL(gatewayUrl).hostname === "localhost";
}
