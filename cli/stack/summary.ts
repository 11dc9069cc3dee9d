import { KUBECTL, onStack } from "../../base/advice";
import { quote } from "../../base/quote";
import { kubeconfigFile } from "./kubeconfig";
import { commandsNamed } from "../targets";
import { targetOf } from "./stack";
import type { Workspace } from "./workspace";

/** Prints the stack's outputs as a table, three things to try, and the lines for the user's own shell. @param outputs without secrets */
export async function showSeat(
  workspace: Workspace,
  stack: string,
  outputs: Readonly<Record<string, unknown>>,
): Promise<void> {
  print([
    "",
    ...table(flatten(outputs)),
    ...pagesLine(outputs, stack),
    "",
    ...thingsToTry(outputs, stack),
    "",
    ...(await shellLines(workspace, stack)),
  ]);
}

/** A row per output; a map of outputs (lessons) gives a row per entry, by its path. A secret reads `[secret]`. */
function flatten(outputs: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(outputs).flatMap(([name, value]): [string, string][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).map(([key, inner]): [string, string] => [
          /^[\w-]+$/.test(key) ? `${name}.${key}` : `${name}["${key}"]`,
          String(inner),
        ])
      : [[name, String(value)]],
  );
}

function table(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

/** A localhost URL works only while its port is forwarded. */
function pagesLine(outputs: Readonly<Record<string, unknown>>, stack: string): string[] {
  const names = Object.entries(outputs).flatMap(([name, value]) =>
    name.endsWith("_URL") &&
    String(value).startsWith("http://localhost:") &&
    name !== "GATEWAY_URL" &&
    name !== "KIALI_URL"
      ? [name]
      : [],
  );
  return names.length > 0
    ? [
        "",
        `${names.join(", ")}: available while \`${onStack(stack, "npm run open")}\` runs and forwards them to this machine.`,
      ]
    : [];
}

function thingsToTry(outputs: Readonly<Record<string, unknown>>, stack: string): string[] {
  // Loaded only here, at the end, because it loads the checks of all lessons.
  const { lessonOf, lessonsAmong } =
    require("../../components/lessons/catalog") as typeof import("../../components/lessons/catalog");
  const lessons = lessonsAmong(Object.keys(outputs.lessons ?? {})).map(lessonOf);
  const page = lessons.find(({ card }) => card?.label !== undefined)?.card;
  const [canary] = lessons.flatMap((lesson) => Object.entries(lesson.canary));
  const tries = [
    ...(page ? [page.command.replaceAll("$URL", String(outputs.GATEWAY_URL))] : []),
    ...(lessons.length > 0 ? [onStack(stack, "npm run check")] : []),
    ...(canary
      ? [
          onStack(
            stack,
            `npm run -s pulumi -- config set-all --path ${shift(...canary)} && npm run -s pulumi -- preview --diff`,
          ),
        ]
      : []),
    onStack(stack, `${KUBECTL} get pods -A`),
    onStack(stack, "npm run -s pulumi -- preview --diff"),
  ].slice(0, 3);
  return ["Three things to try:", ...tries.map((line, index) => `  ${index + 1}. ${line}`)];
}

/** Sends a fifth of a service's requests to its last version. */
function shift(service: string, versions: readonly string[]): string {
  const weights = [
    [versions[0], 80],
    [versions.at(-1), 20],
  ] as const;
  return weights.map(([version, weight]) => `--plaintext 'istio-lab:canary.${service}.${version}=${weight}'`).join(" ");
}

async function shellLines(workspace: Workspace, stack: string): Promise<string[]> {
  return [
    `kubectl in your shell:      export KUBECONFIG=${quote(await kubeconfigFile(workspace, stack))}`,
    `npx pulumi in your shell:   eval "$(${onStack(stack, "npm run -s env")})"`,
    ...(await targetLines(workspace, stack)),
  ];
}

/** Loads the slow settings library only for a target that has lines to print. */
async function targetLines(workspace: Workspace, stack: string): Promise<string[]> {
  const { shellLines: lines } = commandsNamed(targetOf(stack)) ?? {};
  if (lines === undefined) return [];
  const { settingsOf } = require("./settings") as typeof import("./settings");
  return lines(stack, await settingsOf(workspace, stack));
}

function print(lines: string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
