import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { readRoster } from "../../../../cli/class/roster/read";
import { anyClass, anyDialect, csvOf, yamlOf } from "./classes";
import { project, put } from "./project";

vi.mock("../../../../base/paths", async () => (await import("./project.js")).project);
const folder = project.projectRoot;

const seatsOf = (file: string) => readRoster(file).seats.map(({ at, ...seat }) => seat);

test("CSV in any dialect and YAML of the same class give the same roster", () => {
  fc.assert(
    fc.property(anyClass, anyDialect, fc.boolean(), (given, dialect, asMaps) => {
      const csv = seatsOf(put(folder, "any.csv", csvOf(given, dialect)));
      const yaml = seatsOf(put(folder, "any.yaml", yamlOf(given, asMaps)));
      expect(csv).toEqual(yaml);
      expect(csv.map(({ seat, trainee }) => [seat, trainee])).toEqual(
        given.seats.map(({ seat, trainee }) => [seat, trainee]),
      );
      csv.forEach(({ config }, index) => {
        const { canaryPlan, ...rest } = given.seats[index]!.config;
        expect(config).toEqual({
          ...rest,
          ...(canaryPlan !== undefined && { "canaryPlan.reviews": { to: "v3", steps: [10, 50] } }),
        });
      });
    }),
    { numRuns: 20 },
  );
});

test("a CSV of Excel: byte-order mark, semicolons, CRLF, empty lines at its end", () => {
  const text =
    "\ufeffseat;trainee;email;expires;canary.reviews;lessons\r\nk-01;Ελένη Παπαδοπούλου;eleni@example.gr;2026-12-01;{v1: 75, v3: 25};[bookinfo]\r\nk-02;王小明;;;;\r\n;;;;;\r\n";
  const roster = readRoster(put(folder, "course.csv", text));
  expect(roster).toEqual({
    name: "course",
    file: `${folder}/course.csv`,
    from: "embedded",
    config: {},
    seats: [
      {
        seat: "k-01",
        trainee: "Ελένη Παπαδοπούλου",
        email: "eleni@example.gr",
        expires: new Date("2026-12-01T23:59:59Z"),
        config: { "canary.reviews": { v1: 75, v3: 25 }, lessons: ["bookinfo"] },
        at: "line 2",
      },
      { seat: "k-02", trainee: "王小明", config: {}, at: "line 3" },
    ],
  });
});

test("YAML says what is of every seat, and may leave the seats to a CSV beside it", () => {
  put(folder, "people.csv", "seat,trainee,expires\nk-01,Ada,\nk-02,Bob,2026-12-24T12:00:00+01:00\n");
  const roster = readRoster(
    put(
      folder,
      "course.yaml",
      "from: dev\nexpires: 2026-12-01\nconfig: {mtls: PERMISSIVE, minikube: {cpus: 4, memory: 6000}}\nseats: people.csv\n",
    ),
  );
  expect(roster).toMatchObject({
    name: "course",
    from: "dev",
    config: { mtls: "PERMISSIVE", "minikube.cpus": 4, "minikube.memory": 6000 },
  });
  expect(roster.seats).toEqual([
    { seat: "k-01", trainee: "Ada", expires: new Date("2026-12-01T23:59:59Z"), config: {}, at: "people.csv line 2" },
    { seat: "k-02", trainee: "Bob", expires: new Date("2026-12-24T11:00:00Z"), config: {}, at: "people.csv line 3" },
  ]);
});

test("--from goes before the roster's own", () => {
  expect(
    readRoster(put(folder, "course.yaml", "from: dev\nseats: [{seat: k-01, trainee: Ada}]"), { from: "embedded" }).from,
  ).toBe("embedded");
});

test("the same name in two forms of Unicode is one: it is kept composed", () => {
  expect(readRoster(put(folder, "u.csv", "seat,trainee\nk-01,Zoe\u0301\n")).seats[0]!.trainee).toBe("Zo\u00e9");
});

test("YAML's unquoted names are read as written, whatever they look like", () => {
  const written = [
    "seats:",
    "  - {seat: 007, trainee: 1e3, email: ~}",
    "  - {seat: 0x1f, trainee: Null, expires: null}",
    "  - {seat: 010, trainee: true, expires: 2026-12-01}",
    "  - {seat: a-7, trainee: 12_000}",
  ];
  expect(seatsOf(put(folder, "names.yaml", written.join("\n")))).toEqual([
    { seat: "007", trainee: "1e3", config: {} },
    { seat: "0x1f", trainee: "Null", config: {} },
    { seat: "010", trainee: "true", expires: new Date("2026-12-01T23:59:59Z"), config: {} },
    { seat: "a-7", trainee: "12_000", config: {} },
  ]);
});

test.each([
  ["sep=;\nseat;trainee\nk-01;Ada\n", "a line that Excel writes"],
  ['\ufeff"sep=;"\r\nseat;trainee\r\nk-01;Ada\r\n', "quoted, after a byte-order mark"],
  ["SEP=|\nseat|trainee\nk-01|Ada\n", "another separator"],
  ["sep=\t\nseat\ttrainee\nk-01\tAda\n", "a tab"],
])("the line %j before the header names the separator: %s", (csv) => {
  const roster = readRoster(put(folder, "excel.csv", csv));
  expect(roster.seats).toEqual([{ seat: "k-01", trainee: "Ada", config: {}, at: "line 3" }]);
});

test("the separator of the first line does not hide what is wrong with the header", () => {
  expect(() => readRoster(put(folder, "excel.csv", "sep=;\nseat;name\nk-01;Ada\n"))).toThrow(
    /line 2: the header has no column trainee/,
  );
});
