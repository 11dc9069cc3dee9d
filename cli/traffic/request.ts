import * as http from "node:http";

/** The outcome of one request. Times are milliseconds since the first request was due. */
export interface RequestOutcome {
  /** When the request was due. It was sent then, or as soon as this machine could. */
  readonly due: number;
  /**
   * From the due time to the last byte of the answer, so that it includes all the time a caller would have waited.
   */
  readonly latency: number;
  /** The version that answered; undefined when the request failed. */
  readonly version?: string;
  readonly failure?: Failed;
}

/** Why a request failed. */
export interface Failed {
  /** Failures are counted by this text: `status 503`, `ECONNRESET`, `no answer within 10 s`, … */
  readonly kind: string;
  /** The beginning of the answer, or the error's text. */
  readonly detail: string;
}

/** The request that is sent repeatedly. */
export interface TrafficTarget {
  /** Goes through the gateway. */
  readonly url: string;
  /** @default only Node's own headers */
  readonly headers?: Readonly<Record<string, string>>;
  /** Returns the version that sent an answer with status 200; undefined when the body is not from the lesson. */
  readonly versionOf: (body: string) => string | undefined;
}

/**
 * A version's answer, or a failure: status 503, a broken connection, a timeout, or an answer from elsewhere. Never an
 * exception.
 */
export type Answered = { readonly version: string } | { readonly failure: Failed };

/** Sends one GET on one of the agent's connections, and reads the whole answer. */
export function ask(
  target: TrafficTarget,
  agent: http.Agent,
  deadlineMs: number,
  cancel: AbortSignal,
): Promise<Answered | undefined> {
  return new Promise((resolve) => {
    const fail = (kind: string, detail: string) => end({ failure: { kind, detail: detail.trim().slice(0, 200) } });
    const request = http.get(target.url, { agent, headers: { ...target.headers } }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("error", (error) => fail(kindOf(error), error.message));
      response.on("end", () => {
        if (response.statusCode !== 200) return fail(`status ${response.statusCode}`, body);
        const version = target.versionOf(body);
        if (version === undefined) return fail("an answer without a version", body);
        end({ version });
      });
    });
    request.on("error", (error) => fail(kindOf(error), error.message));
    const clock = setTimeout(() => fail(`no answer within ${deadlineMs / 1000} s`, target.url), deadlineMs);
    const giveUp = () => end(undefined);
    cancel.addEventListener("abort", giveUp);

    function end(answered: Answered | undefined) {
      clearTimeout(clock);
      cancel.removeEventListener("abort", giveUp);
      resolve(answered);
      if (answered === undefined || "failure" in answered) request.destroy();
    }
  });
}

function kindOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
