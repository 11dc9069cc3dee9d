/** CPU in millicores, memory in bytes. */
export interface Amount {
  readonly cpu: number;
  readonly memory: number;
}

/** The total requests of several pods. */
export interface Needs extends Amount {
  readonly pods: number;
}

const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Parses a Kubernetes quantity: `250m`, `1.5Gi`, `1e3`. Unreadable text counts as 0. */
export function quantity(text: string | undefined): number {
  const [, number, unit] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([numkKMGTPE]?i?)$/.exec(text ?? "") ?? [];
  const factor = units[unit ?? ""];
  return number === undefined || factor === undefined ? 0 : Number(number) * factor;
}

/** Parses the CPU and memory of a map of requests, or of a node's capacity. */
export function amount(quantities: Readonly<Record<string, string>> = {}): Amount {
  return { cpu: Math.round(quantity(quantities.cpu) * 1000), memory: quantity(quantities.memory) };
}
