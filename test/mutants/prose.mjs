// A plugin of Stryker: passes over text that people read. Plain JavaScript: Stryker loads it as it is.

/** Words with a space between them. Names, tags, modes and paths have none, and stay. */
const PROSE = /[\p{L}\d`'",.:;)]\s+[\p{L}\d`'"(]/u;

/** Calls that look for their text in another: there it decides, as in `message.includes("not found")`. */
const LOOKS_FOR = /^(includes|startsWith|endsWith|indexOf|split|match|test|replace|replaceAll|has|get)$/;

const REASON = "text that people read";

/** @returns why a node has no mutants, undefined where it has */
export function reasonToPassOver(path) {
  const { node } = path;
  const text =
    node.type === "StringLiteral"
      ? node.value
      : node.type === "TemplateLiteral" && node.expressions.every(isPlain)
        ? node.quasis.map(({ value }) => value.raw).join("x")
        : "";
  return PROSE.test(text) && !decides(path) ? REASON : undefined;
}

/** What decides nothing: a name, a field, a call with such. What chooses, `a ? b : c`, keeps its mutants, and so do those around it. */
function isPlain(node) {
  if (["Identifier", "StringLiteral", "NumericLiteral", "ThisExpression"].includes(node.type)) return true;
  if (node.type === "MemberExpression") return isPlain(node.object);
  if (node.type === "TSNonNullExpression") return isPlain(node.expression);
  return node.type === "CallExpression" && [node.callee, ...node.arguments].every(isPlain);
}

function decides({ node, parent }) {
  if (parent?.type === "BinaryExpression") return parent.operator !== "+";
  return (
    parent?.type === "SwitchCase" ||
    (parent?.type === "CallExpression" &&
      parent.arguments.includes(node) &&
      LOOKS_FOR.test(parent.callee.property?.name ?? ""))
  );
}

export const strykerPlugins = [{ kind: "Ignore", name: "prose", value: { shouldIgnore: reasonToPassOver } }];
