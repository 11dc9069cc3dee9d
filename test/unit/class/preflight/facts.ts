import type { PreflightSeat } from "../../../../cli/class/preflight/facts";
import { parseConfig } from "../../../../config";

/** A seat of a class, as the preflight knows it. */
export function seat(
  name: string,
  config: Record<string, string>,
  changes: Partial<PreflightSeat> & { email?: string; expires?: Date } = {},
): PreflightSeat {
  const { email, expires, ...facts } = changes;
  return {
    seat: {
      seat: name,
      trainee: "Ada",
      ...(email && { email }),
      ...(expires && { expires }),
      config: {},
      at: "line 2",
    },
    settings: parseConfig({ target: "embedded", ...config }),
    locked: [],
    there: false,
    machines: [],
    own: { namespaces: [] },
    ...facts,
  };
}

export const seats = (number: number, config: Record<string, string>, changes?: Partial<PreflightSeat>) =>
  Array.from({ length: number }, (_, index) => seat(`s-${index + 1}`, config, changes));
