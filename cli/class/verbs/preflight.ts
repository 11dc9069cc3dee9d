import { isRefused, lines } from "../../preflight/finding";
import { openClass } from "../open";
import type { ClassOptions } from "../run/options";
import { classFindings } from "../preflight";

export interface PreflightOptions extends ClassOptions {
  json?: boolean;
}

/**
 * `class preflight`: shows problems of the class as a whole, before anything is created. Reading the roster has
 * validated it already.
 */
export async function preflight(options: PreflightOptions): Promise<void> {
  const cls = openClass(options);
  const { seats, findings } = await classFindings(cls);
  const refused = isRefused(findings);
  const { name } = cls.roster;
  const kinds = seats.map(
    ({ target, number, there }) =>
      `${number} ${target}${there > 0 ? `, of which ${there} ${there === 1 ? "is" : "are"} there` : ""}`,
  );
  const text = [
    `Class ${name}: ${kinds.join("; ")}`,
    ...lines(findings),
    refused ? "Refused: `class up` would make nothing." : "Preflight found no problems.",
  ];
  process.stdout.write(
    `${options.json ? JSON.stringify({ class: name, seats, refused, findings }, null, 2) : text.join("\n")}\n`,
  );
  process.exitCode = refused ? 1 : 0;
}
