import * as http from "node:http";
import type { Duplex } from "node:stream";
import { USER_AGENT } from "./seat";

/** How long the other end may take to answer. */
const PATIENCE_MS = 10_000;

/**
 * Sends a GET over an open connection, by HTTP/1.1: Envoy refuses HTTP/1.0.
 * @throws Error where the answer is not 200, or does not come in time
 */
export function getOver(tunnel: Duplex, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(
      {
        createConnection: () => tunnel,
        path,
        headers: { host: "localhost", "user-agent": USER_AGENT, connection: "close" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => (body += text));
        response.on("error", reject);
        response.on("end", () =>
          response.statusCode === 200
            ? resolve(body)
            : reject(new Error(`it answered ${response.statusCode} ${response.statusMessage ?? ""}`.trim())),
        );
      },
    );
    request.on("error", (error) =>
      reject(error.name === "AbortError" ? new Error(`it did not answer within ${PATIENCE_MS / 1000} s`) : error),
    );
  });
}
