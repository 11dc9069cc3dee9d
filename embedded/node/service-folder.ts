import * as fs from "node:fs";
import * as path from "node:path";
import type { Layout } from "./layout";
import { quote } from "./scripts";
import type { Service } from "./services";

/** Log files of 2 MB each that are kept of a service beside the current one. */
const OLD_LOGS = 3;

/**
 * Writes a service's folder as s6 wants it: `run` starts it, `log/run` takes what it writes, `down` keeps it from
 * starting with the supervisor (who brings the seat up starts the services in their order and removes `down`).
 */
export function writeService(layout: Layout, service: Service): void {
  const folder = path.join(layout.services, service.name);
  fs.mkdirSync(path.join(folder, "log"), { recursive: true });
  writeScript(path.join(folder, "run"), runScript(service));
  writeScript(path.join(folder, "log", "run"), logScript(path.join(layout.logs, service.name)));
  fs.writeFileSync(path.join(folder, "down"), "");
}

export function runScript({ name, about, command, environment = {} }: Service): string {
  const variables = Object.entries(environment).map(([key, value]) => `export ${key}=${quote(value)}\n`);
  return `#!/bin/sh -e
# ${name}: ${about}
exec 2>&1
${variables.join("")}exec ${command.map(quote).join(" \\\n  ")}
`;
}

export function logScript(folder: string): string {
  return `#!/bin/sh -e
exec s6-log -- n${OLD_LOGS} s2000000 T ${quote(folder)}
`;
}

function writeScript(file: string, text: string): void {
  fs.writeFileSync(file, text, { mode: 0o755 });
}
