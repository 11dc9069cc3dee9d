import type { AddonName } from "../../versions";
import type { LayerEntry } from "./oci/entry";
import type { Start } from "./oci/archive";

/** Where an image's programs come from: paths on this machine. Each function throws if the program is not built yet. */
export interface Programs {
  /** A program or file of the toolchain. */
  tool(name: string): string;
  /** The folder with an addon's pages, if they are built separately from its program. */
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
  /** What the image contains and where that comes from, in a few words for people. */
  from: string;
  /** Set if a program of this lab stands in for the real one: what it replaces, and to what extent. */
  standIn?: string;
  /** Set if the image is only a placeholder that does none of the real work. It is then also a stand-in. */
  placeholder?: true;
  /** The only addon that runs it: a seat without that addon does not get it. @default every seat has it */
  addon?: AddonName;
  /** The image's contents, once the programs are built. */
  make(programs: Programs): { files: LayerEntry[]; start: Start };
}
