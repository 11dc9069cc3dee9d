import fc from "fast-check";
import { stringify } from "yaml";
import { anySplit } from "../../components/splits";

/** A class as a test makes it up: what its roster says, in whatever format. */
export interface AnyClass {
  seats: { seat: string; trainee: string; email?: string; expires?: string; config: Record<string, unknown> }[];
}

const someone = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .map((name) =>
    name
      .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "")
      .trim()
      .normalize("NFC"),
  )
  .filter((name) => name !== "" && [...name].length <= 100);
/** Texts that look like something else: all of them are to stay texts. */
const text = fc.oneof(
  fc.constantFrom(
    "007",
    "true",
    "1.0",
    "#1",
    "null",
    "~",
    "a: b",
    "[x",
    "{",
    "- x",
    "*x",
    "yes",
    "0x1F",
    '"quoted"',
    "it's",
    "a, b; c",
  ),
  someone,
);
const config = fc
  .record(
    {
      "canary.reviews": anySplit(["v1", "v2", "v3"]),
      canaryPlan: fc.constant({ reviews: { to: "v3", steps: [10, 50] } }),
      lessons: fc.uniqueArray(fc.constantFrom("backend", "bookinfo", "temperature", "blog", "admission")),
      mtls: fc.constantFrom("STRICT", "PERMISSIVE"),
      gatewayApi: fc.boolean(),
      "telemetry.sampling": fc.double({ min: 0, max: 100, noNaN: true }),
      "azure.owner": text.filter((owner) => owner.length <= 100),
      "azure.traineeCidrs": fc.constant(["203.0.113.0/24", "198.51.100.7/32"]),
    },
    { requiredKeys: [] },
  )
  .map((given) => given as Record<string, unknown>);
const expires = fc.constantFrom("2026-12-01", "2027-01-31T18:00:00+01:00", "2030-06-01T08:30Z");

export const anyClass: fc.Arbitrary<AnyClass> = fc
  .array(
    fc.record(
      { trainee: someone, email: fc.constantFrom("ada@example.org", "g.k@example.gr"), expires, config },
      { requiredKeys: ["trainee", "config"] },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((people) => ({ seats: people.map((person, index) => ({ seat: `test-seat-${index + 1}`, ...person })) }));

/** How somebody's program writes a CSV. */
export const anyDialect = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t"),
  newline: fc.constantFrom("\n", "\r\n"),
  bom: fc.boolean(),
  quotesAll: fc.boolean(),
});

export function csvOf(
  { seats }: AnyClass,
  { delimiter, newline, bom, quotesAll }: { delimiter: string; newline: string; bom: boolean; quotesAll: boolean },
): string {
  const paths = [...new Set(seats.flatMap(({ config }) => Object.keys(config)))];
  const quoted = (cell: string) =>
    quotesAll || /[,;\t"\n\r]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  // A text goes in quotes of its own where it would be read as something else.
  const cell = (value: unknown) =>
    value === undefined ? "" : typeof value === "string" && /^[A-Z]+$/.test(value) ? value : JSON.stringify(value);
  const rows = [
    ["seat", "trainee", "email", "expires", ...paths],
    ...seats.map(({ seat, trainee, email, expires, config }) => [
      seat,
      trainee,
      email ?? "",
      expires ?? "",
      ...paths.map((path) => cell(config[path])),
    ]),
  ];
  return (bom ? "\ufeff" : "") + rows.map((row) => row.map(quoted).join(delimiter)).join(newline) + newline;
}

/** The same in YAML, with paths, or with maps as a stack file has them. */
export function yamlOf({ seats }: AnyClass, asMaps: boolean): string {
  const nested = (config: Record<string, unknown>) => {
    const whole: Record<string, unknown> = {};
    for (const [path, value] of Object.entries(config)) {
      const [key, inner] = path.split(".") as [string, string?];
      whole[key] = inner === undefined ? value : { ...(whole[key] as object | undefined), [inner]: value };
    }
    return whole;
  };
  return stringify({
    seats: seats.map(({ config, ...seat }) => ({ ...seat, config: asMaps ? nested(config) : config })),
  });
}
