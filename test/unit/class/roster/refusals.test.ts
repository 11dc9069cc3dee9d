import { describe, expect, test, vi } from "vitest";
import { readRoster } from "../../../../cli/class/roster/read";
import { project, put } from "./project";

vi.mock("../../../../base/paths", async () => (await import("./project.js")).project);

/** What a roster is refused with, a line each, without the file's name. */
function refusal(name: string, text: string | Buffer, options: { from?: string } = {}): string[] {
  try {
    readRoster(put(project.projectRoot, name, text), options);
  } catch (error) {
    if ((error as Error).name !== "UserError") throw error;
    const [first, ...more] = (error as Error).message.split("\n");
    return more.length === 0 ? [first!.replace(/^\S+: /, "")] : more.map((line) => line.replace(/^- /, ""));
  }
  throw new Error("the roster was taken");
}
const csv = (text: string) => refusal("course.csv", text);
const yaml = (text: string) => refusal("course.yaml", text);

test("all problems of all seats at once, in the order of the lines, each with its key, its value and what is valid", () => {
  const text = `seat,trainee,email,expires,canary.reviews,lessons,azure.traineeCidrs,foo
k-01,Ada,ada@@x,2026-02-30,"{v1: 75, v3: 20}",[blogs],,
K-01,Bob,,,,,[10.0.0.0/4],x
../k,,,,,,,
embedded,Eve,,,,,,
k-01,Eve,,,,,,,,
`;
  expect(csv(text)).toEqual([
    'line 2: email: "ada@@x" is not an e-mail address, such as ada@example.org',
    'line 2: expires: "2026-02-30" is not a day such as 2026-12-01 (until its end, UTC), or a time with its zone such as 2026-12-01T18:00:00+01:00',
    'line 2, k-01: istio-lab:lessons[0]: "blogs" is not a lesson; valid: backend, bookinfo, temperature, blog, admission, or the folder of one\'s own such as ./lessons/payments',
    "line 2, k-01: istio-lab:canary.reviews: v1 75 + v3 20 sum to 95; they must sum to 100",
    expect.stringMatching(/^line 3, K-01: istio-lab:foo: is not a key; valid: target, lessons, canary, /),
    expect.stringMatching(
      /^line 3, K-01: istio-lab:azure\.traineeCidrs\[0\]: "10\.0\.0\.0\/4" is a part of the internet, not a network/,
    ),
    expect.stringMatching(
      /^line 3: seat K-01: the embedded seat has its stack's name\. Such a name has lower-case letters/,
    ),
    "line 3: seat K-01: line 2 has it already, as k-01; seats need different names",
    "line 4: trainee: is missing; valid is any name",
    expect.stringMatching(/^line 4: seat \.\.\/k: a stack's name has letters, digits/),
    "line 5: seat embedded: new seats start from the stack of that name; give the seat another name, such as embedded-01",
    'line 6: has 10 cells, and the header 8: quote a cell that contains a separator, such as "{v1: 75, v3: 25}"',
    "line 6: seat k-01: line 2 has it already; seats need different names",
  ]);
});

describe("a CSV", () => {
  test("without its columns, with two of a name, or with none", () => {
    const header = "the header is seat,trainee[,email][,expires][,<config path>…], such as seat,trainee,canary.reviews";
    expect(csv("name,Trainee\nk,Ada\n")).toEqual([
      `line 1: the header has no column seat and no trainee, but "name", "Trainee"; ${header}`,
    ]);
    expect(csv("seat,trainee,mtls,mtls,\nk,Ada,,,\n")).toEqual([
      `line 1: column 5 has no name; ${header}`,
      `line 1: there are two columns mtls; ${header}`,
    ]);
  });

  test("without seats, that is none, or is in another character set", () => {
    expect(csv("seat,trainee\n")).toEqual([
      "has no seats; a seat is a line of the CSV, or an entry of `seats` in YAML",
    ]);
    expect(csv("")).toEqual(["has no seats; a seat is a line of the CSV, or an entry of `seats` in YAML"]);
    expect(csv('seat,trainee\nk,"Ada\n')).toEqual([expect.stringMatching(/^is not a CSV file: Quote Not Closed/)]);
    expect(refusal("course.csv", Buffer.from("seat,trainee\nk,Zo\xeb\n", "latin1"))).toEqual([
      expect.stringContaining('is not in UTF-8: save it as "CSV UTF-8" (Excel)'),
    ]);
  });
});

test("the file itself: its name is the class', its ending says what it is", () => {
  expect(refusal("my class.csv", "seat,trainee\nk,Ada\n")).toEqual([
    expect.stringContaining("names the class. A class's name has letters, digits"),
  ]);
  expect(refusal("course.txt", "")).toEqual([expect.stringMatching(/a roster is a \.csv, \.yaml or \.yml file\.$/)]);
  expect(() => readRoster("/nowhere/course.csv")).toThrow("--roster /nowhere/course.csv: the file does not exist.");
  expect(refusal("course.csv", "seat,trainee\nk,Ada\n", { from: "nope" })).toEqual([
    "--from nope: there is no Pulumi.nope.yaml that new seats could start from",
  ]);
});

describe("YAML", () => {
  test("that is none, with what no roster has, or no seats", () => {
    expect(yaml("seats: [{seat: k\nx: 1}")).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(line \d: )?is not YAML: /)]),
    );
    expect(yaml("- seat: k")).toContain("is not a roster: a roster is a map with any of from, expires, config, seats");
    expect(yaml("form: x\nseats:\n  - {seat: k, trainee: Ada, lessons: [blog]}\n  - 7\n")).toEqual([
      "line 1: form is not a key of a roster; valid: from, expires, config, seats",
      "line 3: lessons is not a key of a seat; valid: seat, trainee, email, expires, config; keys of the stack go under config",
      "line 4: 7 is not a seat; valid is for example {seat: seat-01, trainee: Ada Lovelace}",
    ]);
    expect(yaml("expires: 2026-12-01")).toContain(
      "seats is not given; valid is a list of {seat, trainee}, or the path of a CSV",
    );
    expect(yaml("seats: gone.csv")).toContain("seats: gone.csv does not exist");
    expect(yaml("seats: [{seat: k, trainee: Ada}]\nseats: []")).toEqual([
      "line 2: is not YAML: Map keys must be unique",
    ]);
  });

  test("that sets a path twice, or one that is none", () => {
    expect(
      yaml(
        "config: {canary.reviews: {v1: 100}, canary: {reviews: {v1: 100}}}\nseats: [{seat: k, trainee: Ada, config: {azure.prices: {}, azure.prices.asOf: x, 'a b': 1, 'pulumi:x': 1}}]",
      ),
    ).toEqual([
      "config path canary.reviews is set twice",
      expect.stringMatching(/^line 2: config path a b: valid are names joined by dots/),
      "line 2: config path pulumi:x: only keys of istio-lab are allowed here, without a namespace",
      "line 2: config paths azure.prices and azure.prices.asOf set the same; give one of them",
      ...["asOf", "currency", "perHour"].map(
        (key) => expect.stringContaining(`istio-lab:azure.prices.${key}: `) as string,
      ),
    ]);
  });
});

test("a seat without a name, and a `config` that says nothing", () => {
  expect(csv("seat,trainee,mtls\n,Ada,STRICT\n")).toEqual(["line 2: seat: is missing; valid is for example seat-01"]);
  expect(yaml("config:\nseats: [{trainee: Ada, config: }]")).toEqual([
    "line 2: seat: is missing; valid is for example seat-01",
  ]);
});

test("a name that could not be printed", () => {
  const turned = "Ada\u202egnp";
  expect(csv(`seat,trainee\nk,${turned}\n`)).toEqual([
    `line 2: trainee: ${JSON.stringify(turned)} has characters that cannot be printed; valid is any name of up to 100 characters`,
  ]);
  expect(csv(`seat,trainee\nk,${"ж".repeat(101)}\n`)).toEqual([
    expect.stringContaining("has 101 characters; valid is any name of up to 100"),
  ]);
});

describe("a secret", () => {
  const key = "-----BEGIN PRIVATE KEY-----\nMIIsecretsecret\n-----END PRIVATE KEY-----\n";
  test.each([
    ["blog: {https: {certificate: x, key: hunter2}}", "blog.https.key"],
    ["blog.https.key: hunter2", "blog.https.key"],
    [`azure: {ssh: {publicKey: ${JSON.stringify(key)}}}`, "azure.ssh.publicKey"],
    [`existing: {kubeconfig: ${JSON.stringify("apiVersion: v1\nusers: [hunter2]")}}`, "existing.kubeconfig"],
    ["kiali: {auth: {secure: hunter2}}", "kiali.auth"],
  ])("%s is refused, and not shown", (config, path) => {
    const lines = yaml(`config: {${config}}\nseats: [{seat: k, trainee: Ada}]`);
    expect(lines).toContain(
      `istio-lab:${path}: is a secret, and a roster must not hold one. After \`class up\` has made the seat's own stack, set it there: npm run -s pulumi -- config set --secret --path istio-lab:${path} --stack SEAT < FILE`,
    );
    const own = yaml(`seats: [{seat: k, trainee: Ada}, {seat: l, trainee: Bob, config: {${config}}}]`);
    expect(own).toContainEqual(
      expect.stringContaining(`istio-lab:${path}: is a secret, and a roster must not hold one.`),
    );
    expect([...lines, ...own].join()).not.toMatch(/hunter2|secretsecret/);
  });

  test("of the stack that new seats would begin with", () => {
    put(
      project.projectRoot,
      "Pulumi.locked.yaml",
      'encryptionsalt: v1:x\nconfig:\n  istio-lab:target: embedded\n  istio-lab:blog: {https: {certificate: x, key: {secure: "v1:y"}}}\n',
    );
    expect(yaml("from: locked\nseats: [{seat: k, trainee: Ada}]")).toEqual([
      expect.stringContaining(
        "from locked: Pulumi.locked.yaml has secrets that only stack locked can read (istio-lab:blog.https.key). So a new stack cannot be a copy of it.",
      ),
    ]);
  });

  test("of the seat's own stack is the program's to judge", () => {
    put(
      project.projectRoot,
      "Pulumi.k-09.yaml",
      'encryptionsalt: v1:x\nconfig:\n  istio-lab:target: existing\n  istio-lab:existing: {kubeconfig: {secure: "v1:y"}}\n',
    );
    expect(readRoster(put(project.projectRoot, "course.csv", "seat,trainee\nk-09,Ada\n")).seats).toHaveLength(1);
  });
});

test("a name that no stack can have is all that is told of its seat: no file is looked at by it", () => {
  expect(csv("seat,trainee,lessons\n../k,Ada,[blogs]\n")).toEqual([expect.stringMatching(/^line 2: seat \.\.\/k: /)]);
});

test("what only one seat can have", () => {
  const lines = csv(
    "seat,trainee,target,embedded.addressRange,minikube.profile\nk-01,Ada,embedded,10.231.0.8/30,p-one\nk-02,Bob,,10.231.0.8/30,p-one\nk-03,Eve,minikube,10.231.0.8/30,p-one\nk-04,Eve,minikube,,p-one\n",
  );
  expect(lines).toEqual([
    "line 3, k-02: istio-lab:embedded.addressRange: 10.231.0.8/30 is that of k-01 (line 2) as well; give each seat its own, or leave it out",
    "line 5, k-04: istio-lab:minikube.profile: p-one is that of k-03 (line 4) as well; give each seat its own, or leave it out",
  ]);
});

test("a problem of the stack file is told as that, and of all seats once", () => {
  put(project.projectRoot, "Pulumi.broken.yaml", "config:\n  istio-lab:target: kind\n");
  expect(yaml("from: broken\nseats: [{seat: k-01, trainee: Ada}, {seat: k-02, trainee: Bob}]")).toEqual([
    'all 2 seats: istio-lab:target: "kind" is not a target; valid: minikube, azure, existing, embedded (in Pulumi.broken.yaml)',
  ]);
});
