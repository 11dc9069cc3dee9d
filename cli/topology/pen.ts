import type { Icon } from "./cards";
import { size } from "./cards";
import { fit, textWidth, xml } from "./text";

/** Draws the picture's elements. All text passes through here and is escaped here. */
export function write(
  x: number,
  y: number,
  text: string,
  classes: string,
  { anchor, title }: { anchor?: "middle" | "end"; title?: string } = {},
): string {
  const inner = title === undefined || title === text ? xml(text) : `<title>${xml(title)}</title>${xml(text)}`;
  return `<text x="${n(x)}" y="${n(y)}" class="${classes}"${anchor ? ` text-anchor="${anchor}"` : ""}>${inner}</text>`;
}

export function rect(x: number, y: number, width: number, height: number, radius: number, classes: string): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${n(radius)}" class="${classes}"/>`;
}

/** Draws a Bézier curve through Graphviz's points. It ends in an arrow. */
export function curve(
  points: readonly { x: number; y: number }[],
  classes: string,
  width: number,
  arrow: string,
): string {
  const [first, ...rest] = points.map(({ x, y }) => `${n(x)} ${n(y)}`);
  return `<path d="M${first}C${rest.join(" ")}" class="${classes}" stroke-width="${n(width)}" marker-end="url(#${arrow})"/>`;
}

/** Draws a closed or open lock. */
export function lock(x: number, y: number, open: boolean, classes: { fill: string; stroke: string }): string {
  const shackle = open ? "M3 6V4.2a2.8 2.8 0 0 1 5.4-1" : "M3 6.5V4.2a2.8 2.8 0 0 1 5.6 0V6.5";
  return `<g transform="translate(${n(x)} ${n(y)})"><path d="${shackle}" class="${classes.stroke}" stroke-width="1.7"/><rect x="0.8" y="6" width="10" height="7.4" rx="1.6" class="${classes.fill}"/></g>`;
}

/** Draws a shield, the symbol for who may call. */
export function shield(x: number, y: number, fill: string): string {
  return `<path transform="translate(${n(x)} ${n(y)})" d="M5.8 0.4L11 2.2V6.6C11 10 8.6 12.4 5.8 13.6C3 12.4 0.6 10 0.6 6.6V2.2Z" class="${fill}"/>`;
}

/** Draws the icon of a card's line, in a box of 14 px. */
export function icon(kind: Icon, x: number, y: number): string {
  const stroke = (d: string, classes: string) =>
    `<path transform="translate(${n(x)} ${n(y)})" d="${d}" class="${classes}" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>`;
  if (kind === "allow") return shield(x, y, "on-good");
  if (kind === "deny") return shield(x, y, "bad");
  if (kind === "lock") return lock(x, y, false, { fill: "on-good", stroke: "stroke-good" });
  if (kind === "open-lock") return lock(x, y, true, { fill: "on-careful", stroke: "stroke-careful" });
  if (kind === "entry") return stroke("M1 7H9M6 3.5L9.5 7L6 10.5M12.5 1.5V12.5", "stroke-muted");
  if (kind === "fault") return stroke("M7.5 1L2.5 8H6.5L5 13L10.5 5.8H6.8Z", "stroke-bad");
  if (kind === "limit") return stroke("M6.5 1.2A5.6 5.6 0 1 1 6.4 1.2M6.5 3.8V7L8.8 8.6", "stroke-muted");
  if (kind === "user")
    return stroke("M6.5 6.2A2.4 2.4 0 1 1 6.6 6.2M2 12.6C2 9.6 4 8.4 6.5 8.4S11 9.6 11 12.6", "stroke-muted");
  return kind === "warning" ? stroke("M6.5 1.5L12.2 12H0.8ZM6.5 5.2V8.4M6.5 10.2V10.3", "stroke-careful") : "";
}

export interface Pill {
  text: string;
  icon: "lock" | "open-lock" | "allow" | "deny";
  tone: "good" | "careful";
  title?: string;
}

export const pillHeight = 24;

export function pillWidth({ text }: Pill): number {
  return textWidth(text, size.text) + 34;
}

export function pill(x: number, y: number, given: Pill): string {
  const { text, tone, title } = given;
  const drawn =
    given.icon === "allow" || given.icon === "deny"
      ? shield(x + 9, y + 5, `on-${tone}`)
      : lock(x + 9, y + 5, given.icon === "open-lock", { fill: `on-${tone}`, stroke: `stroke-${tone}` });
  return `<g>${rect(x, y, pillWidth(given), pillHeight, pillHeight / 2, tone)}${drawn}${write(x + 25, y + 17, text, `s on-${tone}`, { title: title ?? text })}</g>`;
}

/** Breaks a text between words into lines that fit `width`. */
export function lines(text: string, width: number, fontSize: number): string[] {
  const result: string[] = [];
  for (const word of text.split(" ")) {
    const last = result.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, fontSize) <= width)
      result[result.length - 1] = `${last} ${word}`;
    else result.push(fit(word, width, fontSize));
  }
  return result;
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}
