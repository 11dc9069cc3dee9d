import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../base/paths";
import { configTable, withTable } from "../docs/config-table";

/** `npm run docs`: writes what README says of the config from what Pulumi.yaml says. */
export function docs(): void {
  const file = path.join(projectRoot, "README.md");
  const before = fs.readFileSync(file, "utf8");
  const after = withTable(before, configTable(fs.readFileSync(path.join(projectRoot, "Pulumi.yaml"), "utf8")));
  fs.writeFileSync(file, after);
  process.stdout.write(before === after ? "README.md is as Pulumi.yaml says.\n" : "README.md: the config's table is written anew.\n");
}
