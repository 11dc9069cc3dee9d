import * as path from "node:path";

/** A lesson of one's own as the config names it: its folder in this project. */
export type OwnLessonName = `./${string}`;

/** Whether the config's text names a folder and not one of the course's lessons. */
export function isOwnLessonName(text: string): text is OwnLessonName {
  return /^\.\/(?!.*(^|\/)\.\.?(\/|$))[^\0]*[^/\0]$/.test(text) && !text.slice(2).includes("//");
}

/** Returns the lesson's short name, which is the folder's. */
export function shortNameOf(name: string): string {
  return path.posix.basename(name);
}
