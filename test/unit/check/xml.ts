/** An element with its attributes, its children, and the text directly in it. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Reads XML as strictly as its specification asks where this report uses it. @throws where it is not well-formed */
export function parseXml(source: string): Element {
  if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(source))
    throw new Error("a character that XML cannot hold");
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray => {
    const sticky = new RegExp(pattern.source, "y");
    sticky.lastIndex = at;
    const found = sticky.exec(source);
    if (!found) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 60)}`);
    at = sticky.lastIndex;
    return found;
  };
  const plain = (text: string) => {
    if (/[<]|&(?!(#\d+|amp|lt|gt|quot|apos);)/.test(text)) throw new Error(`not escaped: ${text}`);
    return text.replace(/&(#(\d+)|\w+);/g, (_, name: string, code?: string) =>
      code ? String.fromCodePoint(Number(code)) : entities[name]!,
    );
  };
  const element = (): Element => {
    const [, name, given, closed] = take(/<([\w-]+)((?:\s+[\w-]+="[^"]*")*)\s*(\/?)>/);
    const attributes: Record<string, string> = {};
    for (const [, key, value] of given!.matchAll(/\s+([\w-]+)="([^"]*)"/g)) {
      if (key! in attributes) throw new Error(`${key} twice`);
      attributes[key!] = plain(value!.replace(/[\n\t]/g, " "));
    }
    const made: Element = { name: name!, attributes, children: [], text: "" };
    if (closed) return made;
    for (;;) {
      made.text += plain(take(/[^<]*/)[0]);
      if (source.startsWith("</", at)) break;
      made.children.push(element());
    }
    if (take(/<\/([\w-]+)>/)[1] !== name) throw new Error(`${name} is not closed`);
    return made;
  };
  take(/<\?xml version="1\.0" encoding="UTF-8"\?>\s*/);
  const root = element();
  take(/\s*$/);
  return root;
}
