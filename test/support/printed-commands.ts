import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { onStack, KUBECTL } from "../../base/advice";
import { productFiles } from "./deletes";

/** A text of the product with commands in it. */
export interface Advice {
  readonly file: string;
  readonly line: number;
  /** As it is written: what a template puts in is a word, `x`. */
  readonly text: string;
  /** As it is printed, on stack `STACK`; the same as the text where nobody names the stack in it. */
  readonly printed: string;
}

const COMMAND = /npm run|npm test|\bpulumi [a-z]/;

/** Every text of the product with a command in it, whether or not it is given to `onStack`. */
export function adviceIn(root: string): Advice[] {
  return productFiles(root).flatMap((file) => {
    const source = fs.readFileSync(path.join(root, file), "utf8");
    if (!/\.[mc]?ts$/.test(file) || !(COMMAND.test(source) || source.includes("KUBECTL"))) return [];
    return textsIn(file, ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
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

/** The single commands of a text: `npm run SCRIPT …`, each to its end. */
export function commandsIn(text: string): { readonly script: string; readonly words: string }[] {
  return [...text.matchAll(/npm run (?:-s )?([\w-]+)((?:(?!&&|[|;<>`\n)]|\. |, ).)*)/g)].map(([, script, words]) => ({
    script: script!,
    words: words!,
  }));
}
