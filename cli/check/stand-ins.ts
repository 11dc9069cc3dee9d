import { recipes } from "../../embedded/images/recipes";
import type { Recipe } from "../../embedded/images/recipe";
import { targets } from "../../components/cluster/targets";
import type { Settings } from "../../config";
import type { CheckSpec } from "../../components/lessons/checks/check";

/** What stands in for a check's apps on this seat; undefined where the real ones answer. */
export function standInOf(spec: CheckSpec, seat: Pick<Settings, "target">): string | undefined {
  const found = recipesOf(spec, seat).filter(({ standIn, placeholder }) => standIn !== undefined && !placeholder);
  const ours = found.filter(({ from }) => from.startsWith("apps/"));
  const others = found.filter((recipe) => !ours.includes(recipe));
  const words = [...(ours.length > 0 ? [`${ours.map(({ name }) => shortName(name)).join(", ")}: programs of this lab`] : []), ...others.map(({ name, standIn }) => `${shortName(name)}: ${standIn}`)];
  return words.length > 0 ? words.join("; ") : undefined;
}

/**
 * Which of a check's images are placeholders on this seat: in their place, and with nothing of what they are named after. One of them is enough, and the row
 * proves nothing. @param found those that have said so themselves, see placeholders.ts
 */
export function placeholderOf({ images }: Pick<CheckSpec, "images">, seat: Pick<Settings, "target">, found: ReadonlySet<string> = new Set()): string | undefined {
  const named = images.filter((image) => found.has(image) || isPlaceholder(image, seat)).sort();
  return named.length > 0 ? `${named.map(shortName).join(", ")}: ${named.length === 1 ? "a placeholder" : "placeholders"}` : undefined;
}

/** Whether an image is a placeholder's on this seat, as far as that is known without asking it. */
export function isPlaceholder(image: string, { target }: Pick<Settings, "target">): boolean {
  return targets[target].isNodeHere && recipes.some(({ name, placeholder }) => name === image && placeholder === true);
}

function recipesOf({ images }: CheckSpec, { target }: Pick<Settings, "target">): Recipe[] {
  return targets[target].isNodeHere ? recipes.filter(({ name }) => images.includes(name)) : [];
}

function shortName(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1).replace(/:.*$/, "");
}
