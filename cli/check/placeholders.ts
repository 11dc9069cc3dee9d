import { addonNames, catalog, type AddonName } from "../../components/addons/catalog";
import { addonImages } from "../../versions";
import { targets } from "../../components/cluster/targets";
import type { CheckSpec } from "../../components/lessons/checks/check";
import { systemNamespace } from "../../components/mesh/system-namespace";
import type { Settings } from "../../config";
import type { Seat } from "./seat";
import { isPlaceholder, placeholderOf } from "./stand-ins";

/** Every answer of a placeholder has it, see embedded/images/apps/placeholder/main.go. */
export const PLACEHOLDER_HEADER = "x-istio-lab-placeholder";

/** What answers in an addon's place; `unknown` says why that could not be asked. */
export type Occupant = "real" | "placeholder" | { readonly unknown: Error };

/** What answers a check of addons: a placeholder, in words, or nobody knows. Neither is set where the real things answer. */
export interface Held {
  readonly placeholder?: string;
  readonly unknown?: { readonly name: AddonName; readonly error: Error };
}

/**
 * Asks addons whether a placeholder is in their place. The images of any target may come from a registry that holds placeholders, so that each addon
 * says it itself; of the embedded seat the recipes say it. What is known is asked once, what is unknown again at each call.
 */
export class Placeholders {
  private readonly asked = new Map<AddonName, Promise<Occupant>>();

  constructor(
    private readonly seat: Pick<Seat, "headFromService">,
    private readonly settings: Pick<Settings, "target">,
  ) {}

  async occupantOf(name: AddonName): Promise<Occupant> {
    if (targets[this.settings.target].isNodeHere) return isPlaceholder(addonImages[name], this.settings) ? "placeholder" : "real";
    const asked = this.asked.get(name) ?? ask(this.seat, name);
    this.asked.set(name, asked);
    const occupant = await asked;
    if (typeof occupant === "object" && this.asked.get(name) === asked) this.asked.delete(name);
    return occupant;
  }

  async heldOf({ images }: Pick<CheckSpec, "images">): Promise<Held> {
    const names = addonNames.filter((name) => images.includes(addonImages[name]));
    const occupants = await Promise.all(names.map((name) => this.occupantOf(name)));
    const placeholder = placeholderOf({ images }, this.settings, new Set(names.filter((_, index) => occupants[index] === "placeholder").map((name) => addonImages[name])));
    if (placeholder !== undefined) return { placeholder };
    const [unknown] = occupants.flatMap((occupant, index) => (typeof occupant === "object" ? [{ name: names[index]!, error: occupant.unknown }] : []));
    return unknown === undefined ? {} : { unknown };
  }
}

async function ask(seat: Pick<Seat, "headFromService">, name: AddonName): Promise<Occupant> {
  const { service, port, path } = catalog[name];
  try {
    const { status, headers } = await seat.headFromService(systemNamespace, service, port, path === "" ? "/" : path);
    if (headers[PLACEHOLDER_HEADER] !== undefined) return "placeholder";
    // A proxy on the way may have said it, and not the pod.
    return status < 500 ? "real" : { unknown: new Error(`Service ${service} in namespace ${systemNamespace} answered ${status}`) };
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return { unknown: error as Error };
  }
}
