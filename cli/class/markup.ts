import { masked } from "../../base/secret-mask";
import { xml } from "../topology/text";

/** A text for a page, in an element or in quotes: markup is escaped, and what no page can hold is left out. Secrets are masked first. */
export const html = (text: string): string => xml(masked(text));
