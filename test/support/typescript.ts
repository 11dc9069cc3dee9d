import ts = require("typescript");

/**
 * The TypeScript compiler's parser. It is loaded by `require`: an import of it in Vitest compiles its 9 MB three times,
 * and wraps each of its functions.
 */
export { ts };

const options = { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };

/** Parses a source without its JSDoc. */
export function sourceFile(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, options, true);
}
