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
      // What has to give a promise is async also where it waits for nothing: what it throws is a rejection then.
      // A command, a lesson and a target load what they need by `require` when they run: Pulumi's program is synchronous.
      // An interface writes its functions as methods, and what implements it is a plain object whose functions use no `this`.
      // What a config or a cluster gives is `unknown`, and a message shows it as the text that it is.
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
    // They read objects of Kubernetes, of Helm, of Docker and of Pulumi's states as those give them. Which fields a kind has, its API server says, and not a type.
    files: ["cli/{answering,check,open,seat,topology}/**", "components/cluster/**", "embedded/provider/**"],
    rules: off(...unsafe),
  },
  {
    // A test looks into answers, mocks and parsed files; its assertion says what is there. What it mocks has its type by `{} as T`, which a rule takes for needless;
    // a mock's rejection is handled where the product awaits it, and what it throws or prints is anything.
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
