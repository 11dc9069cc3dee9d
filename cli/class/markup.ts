import { xml } from "../topology/text";

/** A text for a page, in an element or in quotes: markup is escaped, and what no page can hold is left out. */
export const html = xml;
