import * as http from "node:http";

/**
 * Whether anything answers at a URL. Sends one request on a new connection, without the Kubernetes library, which
 * takes half a second to load.
 */
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
