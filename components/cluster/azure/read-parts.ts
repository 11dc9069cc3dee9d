import type { Given } from "../../given";
import { knownZone, windowsZone } from "./zones";

/** When the VMs are shut down, each day. */
export interface AutoShutdown {
  /** HH:MM. */
  readonly time: string;
  /** A time zone by IANA's name or by Windows': America/New_York, UTC, W. Europe Standard Time. */
  readonly timezone: string;
}

/** Prices that somebody has looked up. */
export interface Prices {
  /** The day they were looked up, YYYY-MM-DD. */
  readonly asOf: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Size of a VM → price of an hour. */
  readonly perHour: Readonly<Record<string, number>>;
}

/** A list, each item read by `read`; undefined when it is not given, and refused, where that is right. */
export function readList<T>(given: Given<any>, valid: string, read: (item: Given) => T): T[] | undefined {
  if (!given.isSet) return given.text(/^/, valid); // refuses what is needed
  if (!Array.isArray(given.value)) return given.refuse((shown) => `${shown} is not ${valid}`);
  return given.value.map((_, index) => read(given.item(index)));
}

/** A day that exists. */
export function readDate(given: Given<any>): string | undefined {
  const valid = "a day, YYYY-MM-DD";
  const text = given.text(/^\d{4}-\d{2}-\d{2}$/, valid);
  if (text === undefined) return undefined;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : given.refuse((shown) => `${shown} is not ${valid}`);
}

export function readAutoShutdown(given: Given): AutoShutdown | false {
  if (given.value === false || given.value === "false") return false;
  const { time, timezone } = given.fields(["time", "timezone"], 'false, or a map such as {"time": "19:00", "timezone": "UTC"}');
  return {
    time: time.text(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day, HH:MM") ?? "19:00",
    timezone: readZone(timezone) ?? "UTC",
  };
}

function readZone(given: Given): string | undefined {
  const valid = 'a time zone by its IANA name, such as "America/New_York", or by its Windows name, such as "UTC" or "W. Europe Standard Time"';
  const name = given.text(/^/, valid);
  if (name === undefined || windowsZone(name) !== undefined) return name;
  return given.refuse((shown) => (knownZone(name) === undefined ? `${shown} is not ${valid}` : `${shown} has no Windows name in Unicode's table, and Azure takes no other: give that one (\`tzutil /l\` lists them)`));
}

export function readPrices(given: Given): Prices | undefined {
  const { asOf, currency, perHour } = given.fields(["asOf", "currency", "perHour"], "a map with asOf, currency and perHour");
  if (!given.isSet) return undefined;
  if (!perHour.isSet) perHour.refuse(() => "is not set; valid is a map of VM size to price");
  return {
    asOf: readDate(asOf.needed)!,
    currency: currency.needed.text(/^[A-Z]{3}$/, "a currency of three letters, such as EUR"),
    perHour: perHour.entries('a map such as {"Standard_D4s_v5": 0.1}', (_, price) => price.needed.number({ from: 0, to: 1000 })),
  };
}
