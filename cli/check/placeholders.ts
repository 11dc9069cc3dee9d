import { catalog, type AddonName } from "../../components/addons/catalog";
import { addonImages } from "../../components/addons/images";
import { systemNamespace } from "../../components/mesh/system-namespace";
import type { Seat } from "./seat";

/** Every answer of a placeholder has it, see embedded/images/apps/placeholder/main.go. */
export const PLACEHOLDER_HEADER = "x-istio-lab-placeholder";

/**
 * Images of addons in whose place a placeholder answers. The images of any target may come from a registry that holds them, so that each addon is asked. What
 * gives no answer is none: its own check says what is wrong with it.
 */
export async function placeholdersOn(seat: Pick<Seat, "headersFromService">, addons: readonly AddonName[]): Promise<ReadonlySet<string>> {
  const asked = await Promise.all(addons.map(async (name) => ((await isPlaceholder(seat, name)) ? [addonImages[name]] : [])));
  return new Set(asked.flat());
}

async function isPlaceholder(seat: Pick<Seat, "headersFromService">, name: AddonName): Promise<boolean> {
  const { service, port, path } = catalog[name];
  const headers = await seat.headersFromService(systemNamespace, service, port, path === "" ? "/" : path).catch(() => undefined);
  return headers?.[PLACEHOLDER_HEADER] !== undefined;
}
