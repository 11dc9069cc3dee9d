import type { Class } from "../class";
import type { ManyOptions } from "../options";
import { concurrencyOf } from "./concurrency";
import type { OverSeatsOptions } from "./over-seats";

/** What the command line says about how a verb goes over the seats. @throws UserError */
export function runOptionsOf(of: Pick<Class, "roster">, { concurrency, failFast, html }: ManyOptions & { html?: string }): Omit<OverSeatsOptions, "verb"> {
  return { concurrency: concurrencyOf(of, concurrency), failFast: failFast === true, ...(html !== undefined && { html }) };
}
