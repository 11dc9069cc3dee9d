import * as fs from "node:fs";
import * as path from "node:path";
import { sourceFile, ts } from "./typescript";

/** A place in the product that deletes something, as `FILE: FUNCTION`, and the code found there. */
export interface Site {
  readonly key: string;
  readonly line: number;
  readonly call: string;
}

/** Calls that remove or replace a file, from any module. */
const FILES = /^(rm|rmdir|unlink|rename|truncate|ftruncate|copyFile|cp)(Sync)?$/;
/** Functions of this repository and its libraries that delete their argument. Each caller must know whose that is. */
const DELETERS =
  /^(deleteSeat|removeEverything|removeKinds|removeStack|removeTraces|removeKubeconfig|removeCgroups|killNamespace|killFolder|takeAway|importStack|forget|uninstall|deleteObject|removeIfSame|removeMarker|deleteNamespaced\w*|deleteCollection\w*|deleteCluster\w*)$/;
/** Words on a tool's command line that delete something. */
const VERBS = new Set([
  "delete",
  "del",
  "rm",
  "remove",
  "uninstall",
  "umount",
  "destroy",
  "purge",
  "prune",
  "rmi",
  "kill",
  "pkill",
  "killall",
]);
/** Words that delete only with these tools. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  systemctl: ["stop", "disable", "mask", "kill"],
  "s6-svc": ["-d", "-k", "-wd"],
};
/** Verbs of Kubernetes' API. A list with such words names rights and is not a command line. */
const RIGHTS = new Set(["get", "list", "watch", "patch"]);
/** Commands in a shell script that delete something. */
const SHELL =
  /(?:^|[\s;&|('"`])(rm -\w+|rmdir |unlink |umount |kill -|pkill |killall |ip link del|systemctl (?:stop|disable|mask)|(?:kubectl|helm|minikube|az|pulumi) [\w -]*\b(?:delete|uninstall|rm|destroy)\b)/;
/** Files without any of these words delete nothing. */
const LOOKS_LIKE_IT =
  /\brm|unlink|rename|truncate|copyFile|\bcp|kill|SIG|[dD]elete|DELETE|\bdel\b|uninstall|umount|forget|importStack|takeAway|remove|destroy|prune|purge|systemctl|s6-svc/;

/** Returns the product's own files, without its tests and without installed packages. */
export function productFiles(root: string): string[] {
  const skipped = new Set(["node_modules", "test", "bench", ".git", ".lab", ".ci"]);
  const below = (folder: string): string[] =>
    fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : below(name);
      return /\.(ts|mts|js|mjs|cjs|sh)$/.test(name) && !name.endsWith(".d.ts") ? [name] : [];
    });
  return below(".").sort();
}

/** Finds every place in these files that deletes something. Drafts that the same function created are left out. */
export function sitesIn(root: string, files: readonly string[] = productFiles(root)): Site[] {
  return files.flatMap((file) => sitesOf(file, fs.readFileSync(path.join(root, file), "utf8")));
}

export function sitesOf(file: string, text: string): Site[] {
  if (!LOOKS_LIKE_IT.test(text)) return [];
  if (file.endsWith(".sh"))
    return text
      .split("\n")
      .flatMap((line, index) =>
        !line.trim().startsWith("#") && SHELL.test(line) ? [{ key: file, line: index + 1, call: line.trim() }] : [],
      );
  const source = sourceFile(file, text);
  const sites: Site[] = [];
  const visit = (node: ts.Node): void => {
    const call = deletingCall(node);
    if (call !== undefined)
      sites.push({
        key: `${file}: ${nameAround(node)}`,
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        call,
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sites;
}

/** Returns the text of a node that deletes something; undefined for other nodes. */
function deletingCall(node: ts.Node): string | undefined {
  if (ts.isCallExpression(node)) return callThatDeletes(node);
  if (ts.isArrayLiteralExpression(node)) {
    const words = node.elements.filter(ts.isStringLiteral).map(({ text }) => text);
    const tool =
      ts.isCallExpression(node.parent) &&
      node.parent.arguments[0] !== undefined &&
      ts.isStringLiteral(node.parent.arguments[0])
        ? node.parent.arguments[0].text
        : "";
    const takesAway = words.some(
      (word) => (VERBS.has(word) && !words.some((other) => RIGHTS.has(other))) || TOOLS[tool]?.includes(word),
    );
    return takesAway ? node.getText() : undefined;
  }
  if (ts.isPropertyAssignment(node) && ts.isStringLiteral(node.initializer) && node.initializer.text === "DELETE")
    return node.getText();
  // A text of several lines is a script. A text of one line is usually a message.
  if (!ts.isNoSubstitutionTemplateLiteral(node) && !ts.isTemplateExpression(node)) return undefined;
  const lines = node.getText().split("\n");
  return lines.length > 1 ? lines.find((line) => !line.trim().startsWith("#") && SHELL.test(line))?.trim() : undefined;
}

function callThatDeletes(node: ts.CallExpression): string | undefined {
  const { expression, arguments: args } = node;
  const name = ts.isPropertyAccessExpression(expression)
    ? expression.name.text
    : ts.isIdentifier(expression)
      ? expression.text
      : "";
  const on = ts.isPropertyAccessExpression(expression) ? expression.expression.getText() : "";
  const [first, second] = args;
  const said = node.getText().split("\n")[0]!;
  if (FILES.test(name) && first !== undefined) return isOwnDraft(name, first) ? undefined : said;
  if (
    DELETERS.test(name) ||
    (name === "delete" && /minikube$/i.test(on)) ||
    (name === "destroy" && /^(made|stack|seat)$/i.test(on))
  )
    return said;
  // Signal 0 only asks whether the process exists.
  if (name === "kill") return second?.getText() === "0" ? undefined : said;
  if (
    args.some((argument) => ts.isStringLiteral(argument) && /^SIG(KILL|TERM|INT|HUP)$/.test(argument.text)) &&
    !/^(on|once|off)$/.test(name)
  )
    return said;
  if (
    first !== undefined &&
    ts.isStringLiteral(first) &&
    (first.text === "DELETE" || VERBS.has(first.text)) &&
    ["json", "request", "text", "answer", "call", "run", "execa", "exec", "spawn", "kubectl", "ask"].includes(name)
  )
    return said;
  return undefined;
}

/**
 * Whether this function itself created the file or folder under a unique name. Renaming it replaces something else,
 * so a rename does not count.
 */
function isOwnDraft(name: string, argument: ts.Expression): boolean {
  if (/^rename|^copy|^cp/.test(name) || !ts.isIdentifier(argument)) return false;
  const around =
    ts.findAncestor(argument, (node) => ts.isFunctionLike(node) && nameOf(node) !== undefined) ??
    argument.getSourceFile();
  let found = false;
  const visit = (node: ts.Node): void => {
    if (
      ts.isVariableDeclaration(node) &&
      node.name.getText() === argument.text &&
      /process\.pid|mkdtemp|randomUUID|randomBytes|draftIn\(/.test(node.initializer?.getText() ?? "")
    )
      found = true;
    ts.forEachChild(node, visit);
  };
  visit(around);
  return found;
}

/**
 * Returns `Class.method`, `maker.method` or `function`: the names of all functions around the node, from the
 * outermost.
 */
function nameAround(node: ts.Node): string {
  const names: string[] = [];
  for (let above: ts.Node | undefined = node; above !== undefined; above = above.parent) {
    const name = nameOf(above);
    if (name !== undefined) names.unshift(name);
  }
  return names.join(".") || "(top level)";
}

function nameOf(node: ts.Node): string | undefined {
  if (
    (ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isFunctionExpression(node)) &&
    node.name
  )
    return node.name.getText();
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (ts.isPropertyAssignment(node) && ts.isFunctionLike(node.initializer)) return node.name.getText();
  if (ts.isPropertyDeclaration(node) && node.initializer !== undefined && ts.isFunctionLike(node.initializer))
    return node.name.getText();
  // A constant of the file, or a named arrow function.
  if (
    ts.isVariableDeclaration(node) &&
    ts.isIdentifier(node.name) &&
    node.initializer !== undefined &&
    (ts.isFunctionLike(node.initializer) || node.parent.parent.parent.kind === ts.SyntaxKind.SourceFile)
  )
    return node.name.text;
  return undefined;
}
