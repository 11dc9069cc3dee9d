import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Layout } from "./layout";
import { API_PORT } from "./plan";

/**
 * Whether the apiserver answers `question` with 200. The request uses the apiserver's own client certificate for
 * kubelets (group system:masters).
 */
export function answers(
  layout: Layout,
  address: string,
  question: string,
  agent: https.Agent | false = false,
): Promise<boolean> {
  const pki = (name: string) => fs.readFileSync(path.join(layout.pki, name));
  return new Promise((resolve) => {
    const request = https.get(
      {
        host: address,
        port: API_PORT,
        path: question,
        ca: pki("ca.crt"),
        cert: pki("apiserver-kubelet-client.crt"),
        key: pki("apiserver-kubelet-client.key"),
        timeout: 2000,
        agent,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on("error", () => resolve(false)).on("timeout", () => request.destroy());
  });
}

/**
 * Waits until the apiserver is ready, or answers another question with 200, for at most `patience` milliseconds.
 *
 * @returns whether it did
 */
export async function waitReady(
  layout: Layout,
  address: string,
  patience = 60_000,
  question = "/readyz",
): Promise<boolean> {
  // One connection serves all requests. A handshake costs both ends more than an answer, and the apiserver needs the
  // processor to start.
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(50)) {
      if (await answers(layout, address, question, agent)) return true;
    }
    return false;
  } finally {
    agent.destroy();
  }
}
