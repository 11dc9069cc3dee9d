/** The outcome of one request. Times are milliseconds since the first request was due. */
export interface Outcome {
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
