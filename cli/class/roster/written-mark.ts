/** Whose a stack file is that `class up` made. */
export interface FileOwner {
  readonly id: string;
  readonly seat: string;
}

/**
 * The line on top of a stack file that `class up` made. `class destroy` removes no file without it: one that was there before is somebody's, and the roster's
 * config was only laid over it. Pulumi keeps comments when it changes the file. The seat's name is in it, because stack files are copied.
 */
export function markLine(name: string, { id, seat }: FileOwner): string {
  return `# Written by \`npm run class -- up\` for class ${name} (${id}), seat ${seat}: \`class destroy\` removes it. Without this line it stays.\n`;
}

const mark = /^# Written by `npm run class -- up` for class \S+ \((\S+)\), seat (\S+): .*\r?\n?/m;

/** The text without any such line: a copy of a seat's file is not that seat's. */
export function withoutMark(text: string): string {
  return text.replace(mark, "");
}

/** Whether `class up` of this class wrote the file for this seat. */
export function isWrittenFor(text: string, { id, seat }: FileOwner): boolean {
  const [, markedId, markedSeat] = mark.exec(text) ?? [];
  return markedId === id && markedSeat === seat;
}
