// Layers: versions.ts and base ← kube ← embedded, components ← cli, and components ← index.ts. Nothing imports upwards, not even a type. `npm run lint` checks it.
const above = (...names) => ({ path: `^(?:${names.join("|")})` });
const program = ["config\\.ts", "components/"];

module.exports = {
  forbidden: [
    { name: "versions.ts imports nothing", severity: "error", from: { path: "^versions\\.ts$" }, to: { path: "^." } },
    {
      name: "base is the ground floor",
      severity: "error",
      from: { path: "^base/" },
      to: above("kube/", "embedded/", ...program, "cli/", "index\\.ts"),
    },
    {
      name: "kube stands on base alone",
      severity: "error",
      from: { path: "^kube/" },
      to: above("embedded/", ...program, "cli/", "index\\.ts"),
    },
    {
      name: "embedded does not know the program",
      severity: "error",
      from: { path: "^embedded/" },
      to: above(...program, "cli/", "index\\.ts"),
    },
    {
      name: "components do not know the commands",
      severity: "error",
      from: above(...program),
      to: above("cli/", "index\\.ts"),
    },
    {
      name: "only the target embedded knows the embedded node",
      comment: "components/cluster/embedded-operations.ts is what the state of older seats names.",
      severity: "error",
      from: { ...above(...program), pathNot: "^components/cluster/embedded(?:/|-operations\\.ts)" },
      to: above("embedded/"),
    },
    {
      name: "cli/class has one door",
      comment: "cli/class/index.ts says what the room promises.",
      severity: "error",
      from: { pathNot: "^cli/class/" },
      to: { path: "^cli/class/", pathNot: "^cli/class/index\\.ts$" },
    },
    {
      name: "cli/check has one door",
      comment: "cli/check/index.ts says what the room promises.",
      severity: "error",
      from: { pathNot: "^cli/check/" },
      to: { path: "^cli/check/", pathNot: "^cli/check/index\\.ts$" },
    },
    {
      name: "embedded has one door",
      comment: "embedded/index.ts says what the room promises.",
      severity: "error",
      from: { pathNot: "^embedded/" },
      to: { path: "^embedded/", pathNot: "^embedded/index\\.ts$" },
    },
    { name: "the program is imported by nobody", severity: "error", from: {}, to: above("index\\.ts") },
    {
      name: "no circle",
      comment:
        "Types alone make none: TypeScript takes them out. A definition names the type of the table that it stands in.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules|^test/|^bench/" },
    tsConfig: { fileName: "tsconfig.json" },
  },
};
