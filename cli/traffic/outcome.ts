/** What became of one request. Times are milliseconds since the first request was due. */
export interface Outcome {
  /** When the request was due; it was sent then, or as soon after as this machine came to it. */
  readonly due: number;
  /** From when it was due to the last byte of the answer, so that nothing a caller would have waited for is left out. */
  readonly latency: number;
  /** The version that answered; undefined when the request failed. */
  readonly version?: string;
  readonly failure?: Failed;
}

/** Why a request failed. */
export interface Failed {
  /** What failures are counted by: `status 503`, `ECONNRESET`, `no answer within 10 s`, … */
  readonly kind: string;
  /** The beginning of the answer or the error's text. */
  readonly detail: string;
}
