/** CPU in thousandths of one, memory in bytes. */
export interface Amount {
  readonly cpu: number;
  readonly memory: number;
}

/** What pods request together. */
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

/** Kubernetes' way of writing an amount: `250m`, `1.5Gi`, `1e3`. What cannot be read counts as nothing. */
export function quantity(text: string | undefined): number {
  const [, number, unit] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([numkKMGTPE]?i?)$/.exec(text ?? "") ?? [];
  const factor = units[unit ?? ""];
  return number === undefined || factor === undefined ? 0 : Number(number) * factor;
}

/** Of a map of requests, or of what a node has. */
export function amount(quantities: Readonly<Record<string, string>> = {}): Amount {
  return { cpu: Math.round(quantity(quantities.cpu) * 1000), memory: quantity(quantities.memory) };
}
