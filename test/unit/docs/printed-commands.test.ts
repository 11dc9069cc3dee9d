import { describe, expect, it } from "vitest";
import { onStack, STACK_SCRIPTS } from "../../../base/advice";
import { projectRoot } from "../../../embedded/paths";
import { adviceIn, commandsIn, type Advice } from "../../support/printed-commands";

const advice = adviceIn(projectRoot);
const { scripts } = require("../../../package.json") as { scripts: Record<string, string> };
const at = ({ file, line, text }: Advice) => `${file}:${line}: ${text}`;

/** Files whose commands get their stack where they are shown, with what names it there. */
const NAMED_LATER: Readonly<Record<string, string>> = {
  "base/advice.ts": "the constant for hints",
  "cli/check/engine.ts": "cli/check/run.ts",
  "cli/kube/prometheus.ts": "cli/check/run.ts",
  "components/addons/checks/base.ts": "cli/check/run.ts",
  "components/addons/checks/kiali.ts": "cli/check/run.ts",
  "components/addons/checks/loki.ts": "cli/check/run.ts",
  "components/addons/checks/pods.ts": "cli/check/run.ts",
  "components/lessons/checks/commands.ts": "cli/check/run.ts",
  "cli/preflight/minikube.ts": "its own findings()",
  "components/cluster/minikube/tools.ts": "cli/preflight/minikube.ts, and profile-operations.ts",
  "cli/main.ts": "nobody: help is of no stack",
};

/** Texts that say what Pulumi itself is asked or does, and advise nothing. */
const EXPLAINS = [
  /^What `pulumi (config --json|x)` printed cannot be read/,
  /^what `pulumi refresh --json` printed cannot be read/,
  /^pulumi x failed:/,
  /^pulumi stack ls$/,
  /^take the seat away \(pulumi destroy\)$/,
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
    expect(commands.filter(({ script }) => script !== "x" && !(script in scripts)).map(({ one }) => at(one))).toEqual([]);
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
    expect(byHand).toEqual([expect.stringContaining("cli/class/roster/secrets.ts")]);
  });

  it("where it is named later, is in a file that is known for that, and needs it", () => {
    const unnamed = advice.filter(({ printed }) => onStack("STACK", printed) !== printed).map(({ file }) => file);
    expect([...new Set(unnamed)].sort()).toEqual(Object.keys(NAMED_LATER).sort());
  });

  it("is none of a bare `pulumi`: that one works on another state, with another home, or is not there", () => {
    const bare = advice.filter(({ text }) => /(?<!npm run (?:-s )?)\bpulumi (?!--)[a-z]/.test(text) && !EXPLAINS.some((known) => known.test(text)));
    expect(bare.map(at)).toEqual([]);
  });
});
