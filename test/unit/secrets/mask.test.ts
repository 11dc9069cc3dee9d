import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { keepSecret, keepSecretsOf, masked, maskStream } from "../../../base/secret-mask";
import { junit } from "../../../cli/check/report";
import { boardPage } from "../../../cli/class/board/html";
import { EventReader } from "../../../cli/class/run/operation";
import { SeatLog } from "../../../cli/class/run/over-seats";
import { writeJson } from "../../../cli/class/run/seat-facts";
import { troubleOf } from "../../../cli/class/run/outcome";
import { commandWithoutId } from "../../../cli/class/identity/marks";
import { typedCommand } from "../../../cli/terminal/command-line";
import { readShown } from "../../../cli/stack/settings";
import { UserError } from "../../../base/errors";
import { pulumiOutput } from "../../../cli/stack/workspace";
import { leakOf, secretText } from "./spellings";

const folder = mkdtempSync(path.join(os.tmpdir(), "secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a command has read of its stack before it says anything. */
function known(secret: string): void {
  const existing = JSON.stringify({ kubeconfig: secret });
  readShown(
    { "istio-lab:target": { value: "existing" }, "istio-lab:existing": { value: existing, secret: true } },
    "seat-01",
    ["existing.kubeconfig"],
  );
}

/** Every way in which an answer of another program could spell it. */
const answers = (secret: string): string[] => [
  `refused: ${secret}`,
  `refused: ${JSON.stringify(secret)}`,
  JSON.stringify({ message: JSON.stringify({ secret }) }),
  `data: ${Buffer.from(secret).toString("base64")}`,
  `GET /?q=${encodeURIComponent(secret)}`,
  JSON.stringify({ values: { secret } }, null, 2),
];

const page = (trouble: string) =>
  boardPage(
    {
      class: "course",
      verb: "up",
      started: new Date(0),
      rows: [{ seat: "seat-01", trainee: "Ada", phase: "failed", elapsed: 1, doing: trouble, trouble }],
    },
    new Date(0),
  );

test("what came as a secret is in no line, log, board, page, JSON or JUnit that is written, whoever said it", () => {
  let printed = "";
  const through = { write: (text: string) => (printed = text) };
  maskStream(through as unknown as NodeJS.WriteStream);
  let count = 0;
  fc.assert(
    fc.property(secretText, fc.nat(5), (secret, which) => {
      known(secret);
      const said = answers(secret)[which]!;
      const file = path.join(folder, `${(count += 1)}`);
      const log = new SeatLog(`${file}.log`, (write) => write());
      const doing: string[] = [];
      const reader = new EventReader({ doing: (text: string) => void doing.push(text) });
      reader.read({
        sequence: 0,
        timestamp: 0,
        diagnosticEvent: { message: said, severity: "error", color: "never" },
      } as never);
      log.write(said);
      writeJson(`${file}.json`, { why: said, trouble: reader.trouble });
      through.write(`${troubleOf(new UserError(said))}\n${said}\n`);
      const written = [
        readFileSync(`${file}.log`, "utf8"),
        readFileSync(`${file}.json`, "utf8"),
        page(troubleOf(new Error(said))),
        page(said),
        xml(said),
        printed,
      ];
      for (const text of written) expect(leakOf(secret, text)).toBeUndefined();
      expect([`${file}.log`, `${file}.json`].map((name) => statSync(name).mode & 0o777)).toEqual([0o600, 0o600]);
    }),
    { numRuns: 40 },
  );
  expect(printed).toContain("[secret]");
});

function xml(seen: string): string {
  const result = { lesson: "blog", check: "a", title: "b", status: "failed", expected: "c", seen, seconds: 1 };
  return junit({ stack: "seat-01", started: "2026-01-01T00:00:00Z", seconds: 1, results: [result] } as never);
}

describe("what is not masked", () => {
  test("words of the config, and names and addresses in a kubeconfig", () => {
    known(
      'apiVersion: v1\nkind: Config\nclusters: [{name: my-cluster, cluster: {server: "https://my-cluster.example.org:6443"}}]\nusers: [{name: me, user: {token: "hunter2-token"}}]\n',
    );
    readShown({ "istio-lab:target": { value: "minikube", secret: true } }, "seat-01", []);
    const text = "context my-cluster, https://my-cluster.example.org:6443; kind: Config; target minikube";
    expect(masked(text)).toBe(text);
    expect(masked("token hunter2-token")).toBe("token [secret]");
  });
});

describe("the surroundings", () => {
  test("what opens a backend or a cloud is masked, by its variable or in the backend's address", () => {
    keepSecretsOf({
      PULUMI_ACCESS_TOKEN: "pul-0123456789abcdef",
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery",
      PULUMI_BACKEND_URL: "azblob://state?storage_account=lab&sas_token=sv%3D2026%26sig%3DhunterHunter2",
      HOME: "/home/ada-lovelace",
    });
    keepSecretsOf({ PULUMI_BACKEND_URL: "postgres://lab:pass-word-1815@db.example.org/state" });
    const text =
      "pul-0123456789abcdef, correct horse battery, sv=2026&sig=hunterHunter2, sv%3D2026%26sig%3DhunterHunter2, pass-word-1815, /home/ada-lovelace, lab";
    expect(masked(text)).toBe("[secret], [secret], [secret], [secret], [secret], /home/ada-lovelace, lab");
  });
});

describe("a command line in a message", () => {
  const words = [
    "up",
    "--roster",
    "course.csv",
    "--set",
    "existing.kubeconfig=hunter2hunter2",
    "--set=istio-lab:blog.https.key=hunter2",
    "mtls=STRICT",
  ];

  test("class: a value that may be a secret is not repeated", () => {
    const again =
      "npm run class -- up --roster course.csv --set existing.kubeconfig=VALUE --set=istio-lab:blog.https.key=VALUE mtls=STRICT";
    expect(commandWithoutId(["node", "run.mjs", "class", ...words])).toBe(again);
  });

  test.each([
    [["config", "set", "istio-lab:existing", "hunter2"], "config set istio-lab:existing VALUE"],
    [
      ["config", "set", "--stack", "a", "--secret", "--path", "istio-lab:existing.kubeconfig", "hunter2", "hunter2"],
      "config set --stack a --secret --path istio-lab:existing.kubeconfig VALUE VALUE",
    ],
    [
      ["config", "set-all", "--secret", "a=hunter2", "--plaintext", "istio-lab:b=hunter2"],
      "config set-all --secret a=VALUE --plaintext istio-lab:b=VALUE",
    ],
    [["stack", "ls"], "stack ls"],
  ])("pulumi: %j", (words, again) => expect(typedCommand(words)).toMatch(new RegExp(` -- ${again}$`)));
});

test("a pulumi that fails is quoted without what --show-secrets printed, and with the secrets of its message masked", async () => {
  keepSecret("hunter2-in-stderr");
  const fake = path.join(folder, "bin");
  mkdirSync(fake);
  writeFileSync(
    path.join(fake, "pulumi"),
    '#!/bin/sh\necho "hunter2-in-stdout"\n[ "$1" = quiet ] || echo "error: hunter2-in-stderr" >&2\nexit 3\n',
    { mode: 0o755 },
  );
  const env = { PATH: `${fake}:${process.env.PATH}` };
  await expect(pulumiOutput({ env }, ["config", "--show-secrets"])).rejects.toThrow(
    /^pulumi config --show-secrets failed:\nerror: \[secret\]$/,
  );
  await expect(pulumiOutput({ env }, ["quiet", "--show-secrets"])).rejects.toThrow(
    /^pulumi quiet --show-secrets failed:\nit ended with 3$/,
  );
});
