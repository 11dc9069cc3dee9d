import * as fs from "node:fs";
import * as path from "node:path";
import { sourceFile, ts } from "./typescript";
import { onStack, KUBECTL } from "../../base/advice";
import { productFiles } from "./deletes";

/** A text of the product that contains commands. */
export interface Advice {
  readonly file: string;
  readonly line: number;
  /** The text in the source; each value of a template is the word `x`. */
  readonly text: string;
  /** The printed text on stack `STACK`; the same as `text` where the code adds no stack. */
  readonly printed: string;
}

const COMMAND = /npm run|npm test|\bpulumi [a-z]/;

/** Finds every text of the product that contains a command, whether or not it goes through `onStack`. */
export function adviceIn(root: string): Advice[] {
  return productFiles(root).flatMap((file) => {
    const source = fs.readFileSync(path.join(root, file), "utf8");
    if (!/\.[mc]?ts$/.test(file) || !(COMMAND.test(source) || source.includes("KUBECTL"))) return [];
    return textsIn(file, sourceFile(file, source));
  });
}

function textsIn(file: string, source: ts.SourceFile): Advice[] {
  const found: Advice[] = [];
  const visit = (node: ts.Node, isNamed: boolean) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const text = ts.isTemplateExpression(node) ? templateText(node) : node.text;
      if (COMMAND.test(text))
        found.push({
          file,
          line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
          text,
          printed: isNamed ? onStack("STACK", text) : text,
        });
    }
    const named = isNamed || (ts.isCallExpression(node) && node.expression.getText(source) === "onStack");
    ts.forEachChild(node, (child) => visit(child, named));
  };
  visit(source, false);
  return found;
}

function templateText(node: ts.TemplateExpression): string {
  return (
    node.head.text +
    node.templateSpans
      .map(({ expression, literal }) => (expression.getText() === "KUBECTL" ? KUBECTL : "x") + literal.text)
      .join("")
  );
}

/** Returns each `npm run SCRIPT …` command of a text. */
export function commandsIn(text: string): { readonly script: string; readonly words: string }[] {
  return [...text.matchAll(/npm run (?:-s )?([\w-]+)((?:(?!&&|[|;<>`\n)]|\. |, ).)*)/g)].map(([, script, words]) => ({
    script: script!,
    words: words!,
  }));
}
