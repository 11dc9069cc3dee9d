import * as z from "zod";
import { isNot, list, map, type Immutable } from "../../config-schema";

/*
 * The schemas of lesson.yaml and checks.yaml. `npm run docs` writes lessons/*.schema.json from them, for editors. All
 * limits are therefore Zod's own, which JSON Schema can express.
 */

function pattern(is: RegExp, valid: string) {
  return z
    .string()
    .regex(is)
    .meta({ says: isNot(valid), valid });
}

function whole(from: number, to: number) {
  const valid = `a whole number from ${from} to ${to}`;
  return z
    .int()
    .min(from)
    .max(to)
    .meta({ says: isNot(valid), valid });
}

function oneOf<const T extends string>(options: readonly T[]) {
  const valid = options.join(", ");
  return z.enum(options).meta({ says: { wrong: `is not valid; valid: ${valid}`, missing: `valid: ${valid}` }, valid });
}

/** A name of Kubernetes: a DNS label. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABELS = "a name of lower-case letters, digits and dashes, 63 at most";
const name = (what: string) => pattern(LABEL, `${what}: ${LABELS}`);

const words = (what: string, most = 120) =>
  pattern(new RegExp(`^\\S(?:[^\\n]{0,${most - 2}}\\S)?$`), `${what}: one line of at most ${most} characters`);

const path = pattern(/^\/[!-~]{0,500}$/, "a path that begins with /, without blanks");
const host = pattern(
  /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
  "a host name of lower-case letters, digits, dashes and dots",
);
const url = pattern(
  /^http:\/\/[!-~]{1,500}$/,
  "an address inside the mesh, such as http://payments/ or http://payments:8080/",
);
const version = name("a value of the pods' label version");
const status = whole(100, 599).describe("The HTTP status.");
const headers = z
  .record(z.string(), words("a header's value", 8000))
  .meta({ says: isNot('a map of headers to texts, such as {"x-user": "jason"}'), keyName: "HEADER" })
  .describe("Headers of the request.");

const entry = map(
  {
    service: name("a Service of the manifests").describe("The Service that answers. The lab makes its route."),
    port: whole(1, 65535).optional().describe("The Service's port. The first one where it is not set."),
    path: path.describe(
      "The path of the lesson's first request. Without a host it is /NAME of the lesson, or below it.",
    ),
    host: host.optional().describe("The Host header that the gateway takes for this lesson, on every path."),
    answer: words("a text of every right answer").describe("A text that every right answer's body has."),
    version: words("a regular expression with one group", 200)
      .optional()
      .describe("A regular expression with one group, which finds the version in an answer's body."),
  },
  'a map such as {"service": "payments", "path": "/payments", "answer": "paid"}',
);

const call = map(
  {
    from: name("an app").describe("The app that calls, by its label app."),
    version: version.optional().describe("Only this version of it calls."),
    to: name("a Service").describe("The Service that is called."),
  },
  'a map such as {"from": "client", "to": "payments"}',
);

/** Schema of lesson.yaml. */
export const lessonFile = map({
  title: words("a title").describe("What the lesson is about, in a few words."),
  namespace: name("a namespace").optional().describe("The lesson's namespace. The folder's name where it is not set."),
  entry: entry.optional().describe("The request that enters the lesson through the gateway."),
  versions: z
    .record(
      z.string(),
      list(version, 'a list of versions such as ["v1", "v2"]')
        .min(2)
        .meta({ says: isNot('a list of at least two versions, such as ["v1", "v2"]') }),
    )
    .default({})
    .meta({
      says: isNot('a map of Services to their versions, such as {"payments": ["v1", "v2"]}'),
      keyName: "SERVICE",
    })
    .describe("Services whose requests `istio-lab:canary` splits, and their versions. The first gets all by default."),
  calls: list(call, "a list of calls")
    .default([])
    .describe("Which app calls which by its own code. The topology draws them before they are measured."),
  cpu: pattern(/^\d+(\.\d+)?m?$/, 'an amount of CPU such as "100m"')
    .optional()
    .describe("CPU that all pods request together. The sum of the manifests where it is not set."),
  memory: pattern(/^\d+(\.\d+)?(Ki|Mi|Gi)$/, 'an amount of memory such as "64Mi"')
    .optional()
    .describe("Memory that all pods request together. The sum of the manifests where it is not set."),
}).describe("A lesson of one's own for istio-lab: docs/own-lessons.md.");

export type LessonFile = Immutable<z.output<typeof lessonFile>>;

const from = z
  .union([
    z.enum(["stranger", "outsider"]),
    map({ app: name("an app"), container: name("a container").optional() }, 'a map such as {"app": "client"}'),
  ])
  .meta({
    says: isNot(
      'a caller; valid are stranger (a pod of the mesh, in no lesson), outsider (a pod without a sidecar), and a map such as {"app": "client"}',
    ),
  })
  .describe(
    "Who asks: stranger (a pod of the mesh, in no lesson), outsider (a pod without a sidecar), or an app of the lesson.",
  );

const request = <Shape extends z.ZodRawShape>(shape: Shape, example: string) => map(shape, `a map such as ${example}`);

const common = {
  name: name("the check's name").describe("Unique in the file. Reports are compared by it, so it stays."),
  title: words("a title").describe("The fact that the check proves, in a few words."),
  hint: z
    .union([words("a hint", 400), list(words("a hint", 400), "a list of hints").min(1)])
    .optional()
    .meta({ says: isNot("a text, or a list of texts of which the last is the solution") })
    .describe("What helps a trainee whose check is red: one text, or steps of which the last is the solution."),
};

const answer = map({
  ...common,
  kind: z.literal("answer").describe("A request through the gateway."),
  request: request(
    {
      path: path.describe("The request's path."),
      host: host.optional().describe("The Host header. The lesson's own where it is not set."),
      headers: headers.default({}),
    },
    '{"path": "/payments"}',
  ),
  wanted: map(
    { status, body: words("a text", 400).optional().describe("A text that the body has.") },
    'a map such as {"status": 200, "body": "paid"}',
  ),
});

const split = map({
  ...common,
  kind: z.literal("split").describe("Many requests through the gateway, counted by the version that answers."),
  service: name("a Service of `versions`").describe("The Service whose requests are split."),
  wanted: z
    .record(z.string(), whole(0, 100))
    .optional()
    .meta({
      says: isNot('a map of versions to weights that sum to 100, such as {"v1": 90, "v2": 10}'),
      keyName: "VERSION",
    })
    .describe("Version → percent. The weights of the config where it is not set."),
});

const plaintext = map({
  ...common,
  kind: z.literal("plaintext").describe("Requests without mutual TLS, from a pod without a sidecar."),
  urls: list(url, 'a list of addresses such as ["http://payments/"]')
    .min(1)
    .describe("Addresses of the lesson's own Services."),
  wanted: oneOf(["refused", "accepted"])
    .optional()
    .describe("Whether the lesson's pods refuse them. As `istio-lab:mtls` says where it is not set."),
});

const access = map({
  ...common,
  kind: z.literal("access").describe("A request inside the mesh, by a caller with its identity."),
  from,
  request: request(
    {
      method: oneOf(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
        .default("GET")
        .describe("The method."),
      url: url.describe("The address, as the caller's pod resolves it."),
      headers: headers.default({}),
    },
    '{"url": "http://payments/"}',
  ),
  wanted: map({ status }, 'a map such as {"status": 403}'),
});

const wantedPods = z
  .record(z.string(), z.record(z.string(), whole(0, 100)))
  .optional()
  .meta({ says: isNot('a map such as {"payments": {"v1": 1, "v2": 1}}'), keyName: "APP" })
  .describe("App → version → number of pods. As in the manifests where it is not set.");

const pods = map({
  ...common,
  kind: z.literal("pods").describe("Every app has its pods ready, each with a sidecar."),
  wanted: wantedPods,
});

const log = map({
  ...common,
  kind: z.literal("log").describe("An app writes a line into its log again and again."),
  app: name("an app of the lesson").describe("The app, by its label app."),
  container: name("a container").optional().describe("Its container. The app's first one where it is not set."),
  wanted: words("a text", 400).describe("A text that a new line has."),
  within: whole(1, 120).default(30).describe("Seconds within which such a line appears."),
});

const wantedObjects = list(
  map(
    {
      object: pattern(
        /^[A-Z][A-Za-z]+ [a-z0-9][-a-z0-9.]*$/,
        "a kind and a name, such as DestinationRule payments",
      ).describe("Kind and name, such as DestinationRule payments."),
      fields: z
        .record(z.string(), z.unknown())
        .default({})
        .meta({ says: isNot('a map such as {"spec.host": "payments"}'), keyName: "PATH" })
        .describe(
          "Path in the object → value. A list's item has its number, or * for any: spec.http.0.timeout. The value null is a field that is not set.",
        ),
      absent: z
        .boolean()
        .default(false)
        .meta({ says: isNot("true or false") })
        .describe("Whether the object may not exist."),
    },
    'a map such as {"object": "DestinationRule payments", "fields": {"spec.host": "payments"}}',
  ),
  "a list of objects",
).min(1);

const objects = map({
  ...common,
  kind: z.literal("objects").describe("Objects of the lesson's namespace have these fields."),
  wanted: wantedObjects,
});

/** The schema of a check, by its kind. */
export const checkKinds = { answer, split, plaintext, access, pods, log, objects } as const;

/** One check of checks.yaml. */
export type OwnCheck = Immutable<
  { [Kind in keyof typeof checkKinds]: z.output<(typeof checkKinds)[Kind]> }[keyof typeof checkKinds]
>;

const task = {
  name: name("the task's name").describe("Unique among checks and tasks. Progress is noted by it, so it stays."),
  title: words("a title").describe("What to do, as an order: Send all requests to v2."),
  hint: z
    .union([words("a hint", 400), list(words("a hint", 400), "a list of hints").min(1)])
    .meta({ says: isNot("a text, or a list of texts of which the last is the solution") })
    .describe("What helps a trainee: one text, or steps of which the last is the solution."),
  section: words("a heading of the page").optional().describe("The heading in README.md where the task is."),
  after: name("a task's name")
    .optional()
    .describe("A task that has to be done before, such as the break before a repair."),
};

const objectsTask = map({
  ...task,
  kind: z.literal("objects").describe("Done once objects of the lesson's namespace have these fields."),
  wanted: wantedObjects,
});

const podsTask = map({
  ...task,
  kind: z.literal("pods").describe("Done once every app has its pods ready, each with a sidecar."),
  wanted: wantedPods,
});

/** The schema of a task, by its kind. These kinds send no requests, so that asking often disturbs nobody. */
export const taskKinds = { objects: objectsTask, pods: podsTask } as const;

/** One task of checks.yaml. */
export type OwnTask = Immutable<
  { [Kind in keyof typeof taskKinds]: z.output<(typeof taskKinds)[Kind]> }[keyof typeof taskKinds]
>;

/** Schema of checks.yaml, for editors. The program reads each check with the schema of its kind, for better messages. */
export const checksFile = map({
  checks: z
    .array(z.discriminatedUnion("kind", [answer, split, plaintext, access, pods, log, objects]))
    .describe("What a check of the seat proves about the lesson, in this order."),
  tasks: z
    .array(z.discriminatedUnion("kind", [objectsTask, podsTask]))
    .optional()
    .describe("What the page asks a trainee to do, in the page's order."),
}).describe("The checks of a lesson of one's own for istio-lab: docs/own-lessons.md.");
