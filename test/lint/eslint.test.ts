import * as path from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../base/paths";

it("eslint has nothing to say, not even a warning", async () => {
  const { ESLint } = await import("eslint");
  const results = await new ESLint({ cwd: projectRoot }).lintFiles(["."]);
  expect(results.length).toBeGreaterThan(1000);
  const said = results.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ line, message, ruleId }) => `${path.relative(projectRoot, filePath)}:${line}: ${message} (${ruleId})`,
    ),
  );
  expect(said).toEqual([]);
}, 600_000);
