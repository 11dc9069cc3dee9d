import * as fs from "node:fs";
import * as path from "node:path";
import { onStack } from "../../base/advice";
import { localName } from "../../base/names";
import { projectRoot } from "../../base/paths";
import { lessonNames } from "../../components/lessons/catalog";
import { rawConfig } from "../stack/config-file";

/** Returns the command that adds a lesson to a stack's config, to the lessons that it has. */
export function addToConfig(stack: string, folder: string): string {
  const file = path.join(projectRoot, `Pulumi.${localName(stack)}.yaml`);
  const { lessons } = fs.existsSync(file) ? rawConfig(fs.readFileSync(file, "utf8")).config : {};
  const own = lessons === undefined ? undefined : (JSON.parse(lessons) as unknown[]);
  if (own !== undefined)
    return onStack(stack, `npm run -s pulumi -- config set --path 'istio-lab:lessons[${own.length}]' ${folder}`);
  // Without the key, a seat has all lessons of the course. A list has to name them, or it would lose them.
  const all = [...lessonNames, folder].map((name, index) => `--plaintext 'istio-lab:lessons[${index}]=${name}'`);
  return onStack(stack, `npm run -s pulumi -- config set-all --path ${all.join(" ")}`);
}
