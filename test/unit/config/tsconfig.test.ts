import * as path from "node:path";
import { ts } from "../../support/typescript";
import { expect, test } from "vitest";
import { projectRoot } from "../../../base/paths";

test("tsconfig.json serves a Pulumi of the user's own, whose ts-node checks the types and emits, whatever noEmit says", () => {
  const { config } = ts.readConfigFile(path.join(projectRoot, "tsconfig.json"), ts.sys.readFile);
  const { options, errors } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: ["index.ts"] },
    ts.sys,
    projectRoot,
  );
  const said = [
    ...errors,
    ...ts.createProgram([], { ...options, noEmit: false, outDir: "emitted" }).getOptionsDiagnostics(),
  ];
  expect(said.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  expect(options.strict).toBe(true);
});
