import tseslint from "typescript-eslint";

const off = (...rules) => Object.fromEntries(rules.map((rule) => [`@typescript-eslint/${rule}`, "off"]));
const unsafe = [
  "no-explicit-any",
  "no-unsafe-argument",
  "no-unsafe-assignment",
  "no-unsafe-call",
  "no-unsafe-member-access",
  "no-unsafe-return",
];

/** typescript-eslint's recommended type-checked rules. Each that is off has its reason. */
export default tseslint.config(
  // Programs of other projects, and small scripts that run before TypeScript can be loaded.
  { ignores: ["node_modules/", ".lab/", "**/*.cjs", "**/*.mjs", "**/*.js"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // A function that must return a promise is async even if it awaits nothing: then its errors are rejections.
      // A command, a lesson and a target load what they need by `require`, because Pulumi's program is synchronous.
      // Interfaces declare methods, and plain objects without `this` implement them.
      // Values from a config or a cluster are `unknown`, and messages show them as text.
      ...off("require-await", "no-require-imports", "unbound-method", "no-base-to-string"),
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      // `import()` of a file of ours works in Vitest, and not under tsx, which runs the commands.
      "no-restricted-syntax": [
        "error",
        {
          selector: "ImportExpression > Literal[value=/^\\./]",
          message: "tsx finds no TypeScript by import(): load it by require(), as cli/check/index.ts does.",
        },
      ],
      // The reason of a signal, and what a called function has thrown, go on as they are.
      "@typescript-eslint/prefer-promise-reject-errors": [
        "error",
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
    },
  },
  {
    // They read objects from Kubernetes, Helm, Docker and Pulumi's states. The API server decides which fields a kind has; no
    // type of ours does.
    files: ["cli/{answering,check,open,seat,topology}/**", "components/cluster/**", "embedded/provider/**"],
    rules: off(...unsafe),
  },
  {
    // A test reads answers, mocks and parsed files, and its assertion says what is there. It types a mock by `{} as T`, which a
    // rule finds needless. The product handles a mock's rejection where it awaits it. A mock may throw or print anything.
    files: ["test/**", "bench/**"],
    rules: off(
      ...unsafe,
      "no-unnecessary-type-assertion",
      "no-floating-promises",
      "only-throw-error",
      "restrict-template-expressions",
      "no-redundant-type-constituents",
    ),
  },
  // Vitest runs these, and finds TypeScript by `import()`.
  { files: ["test/**"], rules: { "no-restricted-syntax": "off" } },
);
