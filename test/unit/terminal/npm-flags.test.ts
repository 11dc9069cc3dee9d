import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { program } from "../../../cli/main";
import { eatenIn, OF_NPM, optionsOf, refusal } from "../../../cli/terminal/options";

const known = optionsOf(program);
const flags = (commandLine: string[] | undefined, env: NodeJS.ProcessEnv = {}) =>
  eatenIn(known, commandLine, env).map(({ option, values }) => [option.long, ...values]);

afterEach(() => void vi.unstubAllEnvs());

describe("flags that npm keeps", () => {
  it("are looked for by the options of all commands, those of class and embedded as well", () => {
    expect(known.map(({ long }) => long)).toEqual(
      expect.arrayContaining([
        "--stack",
        "--seat",
        "--roster",
        "--only",
        "--set",
        "--cluster-is-gone",
        "--heal",
        "--json",
        "--yes",
        "--dry-run",
        "--output",
        "--lesson",
      ]),
    );
    for (const { long } of known) expect(flags(["run", "x", long!])).toEqual([[long]]);
    // The name in the environment is npm's: npm_config_release_lb.
    for (const { long } of known.filter(({ long }) => !OF_NPM.includes(long!.slice(2)))) {
      expect(flags(undefined, { [`npm_config_${long!.slice(2).replaceAll("-", "_")}`]: "true" })).toEqual([[long]]);
    }
  });

  it("those that npm knows as well are the ones that are set apart", () => {
    const npm = path.join(
      path.dirname(fs.realpathSync(execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim())),
      "..",
    );
    const definitions = createRequire(__filename)(
      path.join(npm, "node_modules/@npmcli/config/lib/definitions/definitions.js"),
    ) as object & { definitions?: object };
    const names = Object.keys(definitions.definitions ?? definitions);
    expect(
      known
        .map(({ long }) => long!.slice(2))
        .filter((name) => names.includes(name))
        .sort(),
    ).toEqual([...OF_NPM].sort());
  });

  it.each([
    [["run", "down", "--stack=x2"], [["--stack", "x2"]]],
    [["run", "down", "--stack", "x2"], [["--stack", "x2"]]],
    [["--stack=x2", "run", "down"], [["--stack", "x2"]]],
    [["run", "down", "-stack=x2"], [["--stack", "x2"]]],
    [["run", "down", "--no-stack"], [["--stack"]]],
    [["run", "down", "--stack="], [["--stack"]]],
    [
      ["run", "check", "--json", "--lesson", "blog"],
      [["--json"], ["--lesson", "blog"]],
    ],
    [["run", "class", "--only", "a", "--", "destroy", "--roster", "r"], [["--only", "a"]]],
    [["run", "down", "--", "--stack", "x2", "--json"], []],
    [["run", "--loglevel", "silent", "down"], []],
  ])("by npm's own command line: %j", (commandLine, eaten) => {
    expect(flags(commandLine)).toEqual(eaten);
  });

  it("the command line alone decides: what an .npmrc or a CI has put into the environment is no flag", () => {
    expect(
      flags(["run", "class", "--", "reset"], {
        npm_config_yes: "true",
        npm_config_json: "true",
        npm_config_output: "json",
        npm_config_dry_run: "true",
      }),
    ).toEqual([]);
  });

  it.each<[NodeJS.ProcessEnv, string[][]]>([
    [{ npm_config_stack: "x2" }, [["--stack", "x2"]]],
    [{ npm_config_stack: "" }, [["--stack"]]],
    [{ npm_config_stack: "true" }, [["--stack"]]],
    [{ npm_config_cluster_is_gone: "true" }, [["--cluster-is-gone"]]],
    [{ npm_config_set: "a=b\n\ntrue" }, [["--set", "a=b"]]],
    [{ npm_config_dry_run: "true" }, [["--dry-run"]]],
    [
      {
        npm_config_dry_run: "",
        npm_config_yes: "true",
        npm_config_json: "true",
        npm_config_loglevel: "silent",
        npm_config_noproxy: "",
      },
      [],
    ],
  ])("by the environment, where npm has no log: %j", (env, eaten) => {
    expect(flags(undefined, env)).toEqual(eaten);
  });

  it.each<[string, string[] | undefined, NodeJS.ProcessEnv, string[], string]>([
    ["down", ["run", "down", "--stack", "x2"], {}, ["x2"], "npm run down -- --stack x2"],
    ["down", undefined, { npm_config_stack: "true" }, ["x2"], "npm run down -- --stack x2"],
    ["down", undefined, { npm_config_stack: "" }, [], "npm run down -- --stack <name>"],
    [
      "check",
      undefined,
      { npm_config_lesson: "true", npm_config_stack: "true" },
      ["blog", "x2"],
      "npm run check -- blog x2 --stack <name> --lesson <name>",
    ],
    [
      "class",
      ["run", "class", "--only", "a b", "--", "destroy", "--roster", "r"],
      {},
      ["destroy", "--roster", "r"],
      "npm run class -- destroy --roster r --only 'a b'",
    ],
    [
      "class",
      undefined,
      { npm_config_roster: "true" },
      ["destroy", "r.csv"],
      "npm run class -- destroy --roster r.csv",
    ],
    ["up", ["run", "up", "--heal"], {}, [], "npm run up -- --heal"],
    [
      "kubectl",
      ["run", "kubectl", "--stack", "x2", "--", "get", "pods"],
      {},
      ["x2", "get", "pods"],
      "npm run kubectl -- --stack x2 get pods",
    ],
    ["up", ["run", "up", "--stack", "***"], {}, [], "npm run up -- --stack <name>"],
  ])("the refusal of `npm run %s` has the command to type (%j, %j)", (event, commandLine, env, words, command) => {
    vi.stubEnv("npm_lifecycle_event", event);
    const [said, typed] = refusal(eatenIn(known, commandLine, env), words, ["destroy"]).split("\n");
    expect(said).toMatch(/^npm took --.* for itself: it passes on only what follows `--`\. Nothing has been done\.$/);
    expect(typed).toBe(command);
  });
});

it.each<[string[], string[], string | undefined]>([
  [["--stack", "x2", "get", "pods", "-n", "client"], ["get", "pods", "-n", "client"], "x2"],
  [["--stack=x2", "-n", "client", "get", "pods", "--help"], ["-n", "client", "get", "pods", "--help"], "x2"],
  [["-n", "client", "get", "pods"], ["-n", "client", "get", "pods"], undefined],
  // Behind kubectl's first word all is kubectl's.
  [["exec", "pod", "--", "up", "--stack", "mine"], ["exec", "pod", "--", "up", "--stack", "mine"], undefined],
])("kubectl takes a stack before its own words, and those as they are: %j", async (typed, words, stack) => {
  const kubectl = program.commands.find((command) => command.name() === "kubectl")!;
  let got: unknown[] = [];
  const { _actionHandler: before } = kubectl as unknown as { _actionHandler: unknown };
  kubectl.action((...given: unknown[]) => void (got = given.slice(0, 2)));
  try {
    await program.parseAsync(["node", "main", "kubectl", ...typed]);
  } finally {
    Object.assign(kubectl, { _actionHandler: before });
  }
  expect(got).toEqual([words, stack === undefined ? {} : { stack }]);
});
