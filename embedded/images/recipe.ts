import type { AddonName } from "../../versions";
import type { Entry } from "./oci/entry";
import type { Start } from "./oci/archive";

/** Where an image's programs come from: paths of this machine, each throwing when the program is not built yet. */
export interface Programs {
  /** A program or file of the toolchain. */
  tool(name: string): string;
  /** The folder with an addon's pages, where they are built apart from its program. */
  pages(addon: "kiali"): string;
  /** The folder with a Java runtime. */
  java(): string;
  /** A program of `apps/`. */
  app(name: string): string;
}

/** How one image is made. */
export interface Recipe {
  /** The full reference the cluster asks for. */
  name: string;
  /** What is in it and where that is from, in a few words for people. */
  from: string;
  /** Set when a program of ours stands in for the real one: what it stands in for, and how far. */
  standIn?: string;
  /** Set when it only holds the real one's place and does nothing of its work; a stand-in then, too. */
  placeholder?: true;
  /** The addon that alone runs it: a seat without that addon does without. @default every seat has it */
  addon?: AddonName;
  /** What goes into it, once the programs are built. */
  make(programs: Programs): { files: Entry[]; start: Start };
}
