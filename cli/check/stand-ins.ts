import { recipes } from "../../embedded/images/recipes";
import type { Settings } from "../../config";
import type { CheckSpec } from "../../components/lessons/checks/check";

/** What stands in for a check's apps on this seat; undefined where the real ones answer. */
export function standInOf(spec: CheckSpec, { target }: Pick<Settings, "target">): string | undefined {
  if (target !== "embedded") return undefined;
  const found = recipes.filter(({ name, standIn }) => standIn !== undefined && spec.images.includes(name));
  return found.length > 0 ? `${found.map(({ name }) => shortName(name)).join(", ")}: programs of this lab` : undefined;
}

function shortName(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1).replace(/:.*$/, "");
}
