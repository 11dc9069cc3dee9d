import { masked } from "../../base/secret-mask";
import { xml } from "../topology/text";

/** Escapes a text for a page, in an element or in quotes. Removes what no page can hold, and masks secrets first. */
export const html = (text: string): string => xml(masked(text));
