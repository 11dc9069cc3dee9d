import { endWith, guardDefects, guardOutput } from "../../../cli/terminal/ending/defect";
import { runEngine } from "../../../cli/terminal/ending/in-terminal";

// Does what main.ts does for `npm run up`, with the time limits and the defect that a test chooses.
guardOutput();
guardDefects();
const [inOrder = 20_000, atOnce = 20_000] = (process.env.BOUNDS ?? "").split(",").filter(Boolean).map(Number);
if (process.env.DEFECT) setTimeout(() => nothing!.toString(), 1500);
let nothing: unknown;
runEngine(
  ["up", "--stack", "embedded"],
  {},
  { again: "`npm run up -- --stack embedded` continues from here.", bounds: { inOrder, atOnce } },
).then((code) => void (process.exitCode = code), endWith);
