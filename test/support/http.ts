import * as http from "node:http";

/** An HTTP answer as a test reads it. */
export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/**
 * The lesson temperature answers this request with 423.15. It is the smallest app that shows that a seat works, two
 * hops behind the gateway.
 */
export const conversion = "/?from=Celsius&to=Kelvin&temperature=150";

/** Sends one GET on its own connection, so that each request is routed anew. It fails after ten seconds. */
export function get(url: string, headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false, timeout: 10_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.on("timeout", () => request.destroy(new Error(`${url}: no answer within 10 s`)));
    request.on("error", reject);
  });
}

/** Asks until `good` accepts the answer. After `seconds` it fails with the last answer in the error. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T>,
  good: (value: T) => boolean,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await ask().catch((error: unknown) => error as T);
    if (!(value instanceof Error) && good(value)) return value;
    if (Date.now() > end)
      throw new Error(
        `${what}: not within ${seconds} s; last seen: ${JSON.stringify(value instanceof Error ? value.message : value).slice(0, 500)}`,
      );
    await new Promise((wait) => setTimeout(wait, 250));
  }
}
