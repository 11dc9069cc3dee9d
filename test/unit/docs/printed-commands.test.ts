import { describe, expect, it } from "vitest";
import { KUBECTL, onStack, STACK_SCRIPTS } from "../../../base/advice";
import { nameStack as rowOnStack } from "../../../cli/check/result";
import { nameStack as findingOnStack } from "../../../cli/preflight/finding";
import { projectRoot } from "../../../base/paths";
import { adviceIn, commandsIn, type Advice } from "../../support/printed-commands";

const advice = adviceIn(projectRoot);
const { scripts } = require("../../../package.json") as { scripts: Record<string, string> };
const at = ({ file, line, text }: Advice) => `${file}:${line}: ${text}`;

/** Files whose commands get their stack where they are shown, with what names it there. */
const NAMED_LATER: Readonly<Record<string, string>> = {
  "base/advice.ts": "the constant for hints",
  "cli/check/diagnosis/program.ts": "cli/check/result.ts",
  "cli/check/engine.ts": "cli/check/result.ts",
  "cli/kube/prometheus.ts": "cli/check/result.ts",
  "components/addons/check-base.ts": "cli/check/result.ts",
  "components/addons/kiali/checks.ts": "cli/check/result.ts",
  "components/addons/loki/checks.ts": "cli/check/result.ts",
  "components/addons/checks.ts": "cli/check/result.ts",
  "components/lessons/checks/commands.ts": "cli/check/result.ts",
  "components/lessons/own/checks.ts": "cli/check/result.ts",
  "components/lessons/admission/tasks.ts": "cli/commands/hint.ts",
  "components/lessons/backend/tasks.ts": "cli/commands/hint.ts",
  "components/lessons/blog/tasks.ts": "cli/commands/hint.ts",
  "components/lessons/bookinfo/tasks.ts": "cli/commands/hint.ts",
  "components/lessons/temperature/tasks.ts": "cli/commands/hint.ts",
  "cli/targets/minikube/preflight.ts": "cli/preflight/finding.ts",
  "cli/targets/minikube/sizes.ts": "cli/preflight/finding.ts",
  "components/cluster/minikube/tools.ts": "cli/preflight/finding.ts, and profile-operations.ts",
  "cli/main.ts": "nobody: help is of no stack",
};

/** Texts that say what Pulumi itself is asked or does, and advise nothing. */
const EXPLAINS = [
  /^What `pulumi (config --json|x)` printed (cannot be parsed|is not JSON)/,
  /^what `pulumi refresh --json` printed cannot be read/,
  /^pulumi x failed:/,
  /^pulumi stack ls$/,
  /^destroy the seat \(pulumi destroy\)$/,
  /^by pulumi login$/,
  /by PULUMI_BACKEND_URL or pulumi login/,
  /npx pulumi login/,
  /^pulumi failed and gave no reason$/,
  /^npx pulumi in your shell/,
];

describe("every command that the product prints", () => {
  it("is found", () => {
    expect(advice.length).toBeGreaterThan(60);
    expect(advice.filter(({ text, printed }) => text !== printed).length).toBeGreaterThan(45);
  });

  it("names its stack, its seat or its roster, and is a script of package.json", () => {
    const commands = advice.flatMap((one) => commandsIn(one.printed).map((command) => ({ one, ...command })));
    expect(commands.filter(({ script }) => script !== "x" && !(script in scripts)).map(({ one }) => at(one))).toEqual(
      [],
    );
    const lacks = commands.filter(({ one, script, words }) => {
      if (one.file in NAMED_LATER) return false;
      if (script === "class") return words.trim() !== "" && !/--roster|-- up$|^ --$|-- x/.test(words);
      if (script === "embedded") return !/-- (build|list)\b/.test(words) && !/--seat /.test(words);
      if (script === "pulumi") return !/--stack |-- (login|stack (init|select) )/.test(words);
      return (STACK_SCRIPTS as readonly string[]).includes(script) && !/--stack /.test(words);
    });
    expect(lacks.map(({ one }) => at(one))).toEqual([]);
  });

  it("is named by the one function: nobody writes --stack into one by hand, but for a seat that is told by its roster", () => {
    const byHand = advice.filter(({ text }) => /npm run [^`]*--stack/.test(text)).map(at);
    expect(byHand).toEqual([expect.stringContaining("cli/class/roster/validate.ts")]);
  });

  it("where it is named later, is in a file that is known for that, and needs it", () => {
    const unnamed = advice.filter(({ printed }) => onStack("STACK", printed) !== printed).map(({ file }) => file);
    expect([...new Set(unnamed)].sort()).toEqual(Object.keys(NAMED_LATER).sort());
  });

  it("where it is named later, is named there", () => {
    const bare = `${KUBECTL} get pods`;
    const [named, row] = [
      onStack("x2", bare),
      {
        lesson: "blog",
        check: "c",
        title: "t",
        status: "failed" as const,
        seen: bare,
        expected: "",
        seconds: 0,
        hint: { cause: bare, look: bare, fix: `${bare} && npm run up` },
      },
    ];
    rowOnStack(row, "x2");
    expect([row.seen, row.hint]).toEqual([
      named,
      { cause: named, look: named, fix: `${named} && npm run up -- --stack x2` },
    ]);
    expect(findingOnStack({ name: "room", status: "refused", seen: bare, todo: bare }, "x2")).toEqual({
      name: "room",
      status: "refused",
      seen: named,
      todo: named,
    });
    expect(findingOnStack({ name: "room", status: "ok", seen: "" }, "x2")).toEqual({
      name: "room",
      status: "ok",
      seen: "",
    });
  });

  it("is none of a bare `pulumi`: that one works on another state, with another home, or is not there", () => {
    const bare = advice.filter(
      ({ text }) =>
        /(?<!npm run (?:-s )?)\bpulumi (?!--)[a-z]/.test(text) && !EXPLAINS.some((known) => known.test(text)),
    );
    expect(bare.map(at)).toEqual([]);
  });
});
