import { addonNames, type AddonName } from "../../../versions";
import type { Recipe } from "../recipe";
import { addonImageRecipes } from "./addons";
import { bookinfoImages } from "./bookinfo";
import { courseImages } from "./courses";
import { istioImages } from "./istio";
import { kubernetesImages } from "./kubernetes";
import { temperatureImages } from "./temperature";

/** All images of the embedded seat. A new one is an entry in one of these tables, or in a table of its own. */
export const recipes: Recipe[] = [
  ...kubernetesImages,
  ...istioImages,
  ...courseImages,
  ...bookinfoImages,
  ...temperatureImages,
  ...addonImageRecipes,
];

/** The images of a seat with these addons. */
export function recipesFor(addons: readonly AddonName[]): Recipe[] {
  return recipes.filter(({ addon }) => addon === undefined || addons.includes(addon));
}

/** The addons for which this list contains all images. */
export function addonsOf(images: readonly { name: string }[]): AddonName[] {
  const there = new Set(images.map(({ name }) => name));
  return addonNames.filter((name) => recipes.every((recipe) => recipe.addon !== name || there.has(recipe.name)));
}
