/**
 * One path of an image's root filesystem. Paths are absolute. The owner is root (0:0) by default, and the time is
 * fixed.
 */
export type LayerEntry = FileEntry | FolderEntry | LinkEntry;

interface Owned {
  path: string;
  /** @default 0 */
  uid?: number;
  /** @default 0 */
  gid?: number;
}

export interface FileEntry extends Owned {
  kind: "file";
  mode: number;
  /** A file of this machine (links are followed), or a text. */
  from: { file: string } | { text: string };
}

export interface FolderEntry extends Owned {
  kind: "folder";
  mode: number;
}

export interface LinkEntry extends Owned {
  kind: "link";
  target: string;
}

/**
 * The entries in the form that a layer needs. They are sorted, so that the bytes do not depend on the order of a
 * listing. Missing parent folders are added (0755, root).
 *
 * @throws when two entries claim the same path with different content.
 */
export function wholeTree(entries: LayerEntry[]): LayerEntry[] {
  const tree = new Map<string, LayerEntry>();
  for (const entry of entries) {
    if (!entry.path.startsWith("/")) throw new Error(`image path ${entry.path} is not absolute`);
    const other = tree.get(entry.path);
    if (other && JSON.stringify(other) !== JSON.stringify(entry))
      throw new Error(`two different entries for ${entry.path} in one image`);
    tree.set(entry.path, entry);
  }
  for (const { path } of entries) {
    for (let parent = above(path); parent !== ""; parent = above(parent)) {
      const there = tree.get(parent);
      if (there && there.kind !== "folder") throw new Error(`${path} lies below ${parent}, which is a ${there.kind}`);
      if (!there) tree.set(parent, { kind: "folder", path: parent, mode: 0o755 });
    }
  }
  return [...tree.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const above = (path: string) => path.slice(0, path.lastIndexOf("/"));
