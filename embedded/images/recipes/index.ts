import type { Recipe } from "../recipe";
import { addonImageRecipes } from "./addons";
import { bookinfoImages } from "./bookinfo";
import { courseImages } from "./courses";
import { istioImages } from "./istio";
import { kubernetesImages } from "./kubernetes";
import { temperatureImages } from "./temperature";

/** Every image of the embedded seat. A new one is a new entry in one of these tables, or a table of its own. */
export const recipes: Recipe[] = [
  ...kubernetesImages, ...istioImages, ...courseImages, ...bookinfoImages, ...temperatureImages, ...addonImageRecipes,
];
