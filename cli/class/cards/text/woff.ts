import { inflateSync } from "node:zlib";

const WOFF = { header: 44, entry: 20 };
const SFNT = { header: 12, entry: 16 };

/**
 * The font within a WOFF, https://www.w3.org/TR/WOFF: the same tables without compression. pdfkit's font library reads WOFF itself, but its inflate takes
 * streams that every other one reads for errors (slice 101 of Noto Sans SC).
 */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.toString("latin1", 0, 4) !== "wOFF") throw new Error("no WOFF");
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, index) => {
    const [tag, offset, packed, length, checksum] = Array.from({ length: 5 }, (_, field) => woff.readUInt32BE(WOFF.header + index * WOFF.entry + field * 4)) as [number, number, number, number, number];
    const data = woff.subarray(offset, offset + packed);
    return { tag, checksum, data: packed < length ? inflateSync(data) : data };
  });
  const power = 2 ** Math.floor(Math.log2(count));
  const header = Buffer.alloc(SFNT.header + count * SFNT.entry);
  woff.copy(header, 0, 4, 8);
  [count, power * 16, Math.log2(power), (count - power) * 16].forEach((value, index) => header.writeUInt16BE(value, 4 + index * 2));
  let at = header.length;
  for (const [index, { tag, checksum, data }] of tables.entries()) {
    [tag, checksum, at, data.length].forEach((value, field) => header.writeUInt32BE(value, SFNT.header + index * SFNT.entry + field * 4));
    at += padded(data.length);
  }
  return Buffer.concat([header, ...tables.map(({ data }) => Buffer.concat([data], padded(data.length)))]);
}

/** Tables begin at multiples of four. */
function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
