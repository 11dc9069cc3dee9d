import { type AddonName, addonNames, addonOf } from "../../components/addons/catalog";
import { targets } from "../../components/cluster/targets";
import type { CheckSpec } from "../../components/lessons/checks/check";
import { systemNamespace } from "../../components/mesh/system-namespace";
import type { Settings } from "../../config";
import { imageRecipes, type Recipe } from "../../embedded";
import type { Seat } from "../seat/seat";

/** Every answer of a placeholder has this header, see embedded/images/apps/placeholder/main.go. */
export const PLACEHOLDER_HEADER = "x-istio-lab-placeholder";

/** What runs in an addon's place. `unknown` says why that could not be asked. */
export type Occupant = "real" | "placeholder" | { readonly unknown: Error };

/** What answers a check of addons: a placeholder, or something unknown. Neither is set where the real addon answers. */
export interface Held {
  readonly placeholder?: string;
  readonly unknown?: { readonly name: AddonName; readonly error: Error };
}

/**
 * Asks addons whether they are placeholders. Any target's registry may hold placeholders, so each addon is asked; for
 * the embedded seat the recipes know. A known answer is kept; an unknown one is asked again at each call.
 */
export class Placeholders {
  private readonly asked = new Map<AddonName, Promise<Occupant>>();

  constructor(
    private readonly seat: Pick<Seat, "headFromService">,
    private readonly settings: Pick<Settings, "target">,
  ) {}

  async occupantOf(name: AddonName): Promise<Occupant> {
    if (targets[this.settings.target].isNodeHere)
      return isPlaceholder(addonOf(name).image, this.settings) ? "placeholder" : "real";
    const asked = this.asked.get(name) ?? ask(this.seat, name);
    this.asked.set(name, asked);
    const occupant = await asked;
    if (typeof occupant === "object" && this.asked.get(name) === asked) this.asked.delete(name);
    return occupant;
  }

  async heldOf({ images }: Pick<CheckSpec, "images">): Promise<Held> {
    const names = addonNames.filter((name) => images.includes(addonOf(name).image));
    const occupants = await Promise.all(names.map((name) => this.occupantOf(name)));
    const placeholder = placeholderOf(
      { images },
      this.settings,
      new Set(names.filter((_, index) => occupants[index] === "placeholder").map((name) => addonOf(name).image)),
    );
    if (placeholder !== undefined) return { placeholder };
    const [unknown] = occupants.flatMap((occupant, index) =>
      typeof occupant === "object" ? [{ name: names[index]!, error: occupant.unknown }] : [],
    );
    return unknown === undefined ? {} : { unknown };
  }
}

async function ask(seat: Pick<Seat, "headFromService">, name: AddonName): Promise<Occupant> {
  const { service, port, path } = addonOf(name);
  try {
    const { status, headers } = await seat.headFromService(systemNamespace, service, port, path === "" ? "/" : path);
    if (headers[PLACEHOLDER_HEADER] !== undefined) return "placeholder";
    // The answer may come from a proxy on the way, not from the pod.
    return status < 500
      ? "real"
      : { unknown: new Error(`Service ${service} in namespace ${systemNamespace} answered ${status}`) };
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return { unknown: error as Error };
  }
}

/** What stands in for a check's apps on this seat; undefined where the real apps answer. */
export function standInOf(spec: CheckSpec, seat: Pick<Settings, "target">): string | undefined {
  const found = recipesOf(spec, seat).filter(({ standIn, placeholder }) => standIn !== undefined && !placeholder);
  const ours = found.filter(({ from }) => from.startsWith("apps/"));
  const others = found.filter((recipe) => !ours.includes(recipe));
  const words = [
    ...(ours.length > 0 ? [`${ours.map(({ name }) => shortName(name)).join(", ")}: programs of this lab`] : []),
    ...others.map(({ name, standIn }) => `${shortName(name)}: ${standIn}`),
  ];
  return words.length > 0 ? words.join("; ") : undefined;
}

/**
 * Returns which of a check's images are placeholders on this seat, with nothing of the original in them. One of them is
 * enough to make the result prove nothing.
 * @param found the images that said so themselves
 */
export function placeholderOf(
  { images }: Pick<CheckSpec, "images">,
  seat: Pick<Settings, "target">,
  found: ReadonlySet<string> = new Set(),
): string | undefined {
  const named = images.filter((image) => found.has(image) || isPlaceholder(image, seat)).sort();
  return named.length > 0
    ? `${named.map(shortName).join(", ")}: ${named.length === 1 ? "a placeholder" : "placeholders"}`
    : undefined;
}

/** Whether an image is a placeholder on this seat, as far as that is known without asking it. */
export function isPlaceholder(image: string, { target }: Pick<Settings, "target">): boolean {
  return (
    targets[target].isNodeHere && imageRecipes().some(({ name, placeholder }) => name === image && placeholder === true)
  );
}

function recipesOf({ images }: CheckSpec, { target }: Pick<Settings, "target">): Recipe[] {
  return targets[target].isNodeHere ? imageRecipes().filter(({ name }) => images.includes(name)) : [];
}

function shortName(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1).replace(/:.*$/, "");
}
