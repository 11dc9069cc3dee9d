import { onStack } from "../../base/advice";
import { addonNames, addonOf, type AddonName } from "../../components/addons/catalog";
import { UserError } from "../../base/errors";

/** An addon with pages, and where they are. */
export interface Openable {
  readonly name: AddonName;
  /** Its Service in the cluster. */
  readonly service: string;
  readonly port: number;
  /** The local port, if it is free. */
  readonly localPort: number;
  readonly path: string;
}

/**
 * Returns the addons to open: the named one, or all installed ones.
 * @throws {UserError} where the addon does not exist or is not installed; the message says how to add it
 */
export function choose(named: string | undefined, installed: readonly AddonName[], stack: string): Openable[] {
  const all = addonNames.flatMap(openable);
  const there = all.filter(({ name }) => installed.includes(name));
  const up = `then \`${onStack(stack, "npm run up")}\``;
  if (named === undefined) {
    if (there.length > 0) return there;
    throw new UserError(
      `Stack ${stack} has no addon with pages. Name some in istio-lab:addons (${all.map(({ name }) => name).join(", ")}), ${up}.`,
    );
  }
  const chosen = all.find(({ name }) => name === named);
  if (!chosen)
    throw new UserError(
      `open ${named}: there is no addon of that name with pages; valid: ${all.map(({ name }) => name).join(", ")}.`,
    );
  if (there.includes(chosen)) return [chosen];
  throw new UserError(
    `${titleOf(chosen.name)} is not installed on the seat of stack ${stack}. Add ${named} to istio-lab:addons, ${up}.`,
  );
}

function openable(name: AddonName): Openable[] {
  const { service, port, path, localPort } = addonOf(name);
  return localPort === undefined ? [] : [{ name, service, port, localPort, path }];
}

export function titleOf(name: AddonName): string {
  return name[0]!.toUpperCase() + name.slice(1);
}
