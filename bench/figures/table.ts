import type { Line } from "./result";

const HEAD = ["row", "figure", "of", "median", "range", "× yardstick", "must"];

/** The report as a table: medians and ranges over the rounds, and each figure beside its yardstick. */
export function table(lines: readonly Line[]): string {
  const cells = lines.map((line, index) => {
    const before = lines[index - 1];
    const isNewRow = before?.row !== line.row;
    return [
      isNewRow ? line.row : "",
      isNewRow || before.figure !== line.figure ? line.figure : "",
      line.contestant,
      amount(line.median, line.unit),
      `${number(line.least, line.unit)}–${number(line.most, line.unit)}`,
      line.ratio === undefined
        ? ""
        : `${line.ratio.median.toFixed(2)} (${line.ratio.least.toFixed(2)}–${line.ratio.most.toFixed(2)})`,
      mustText(line),
    ];
  });
  const widths = HEAD.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]!.length)));
  return [HEAD, ...cells]
    .map((row) =>
      row
        .map((cell, column) => aligned(cell, widths, column))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function aligned(cell: string, widths: readonly number[], column: number): string {
  return column === 3 || column === 4 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
}

function mustText({ must, isMet, unit }: Line): string {
  if (must === undefined) return "";
  const most = "ratio" in must ? `≤ ${must.ratio.toFixed(1)} ×` : `≤ ${amount(must.most, unit)}`;
  return isMet === undefined ? most : `${most} ${isMet ? "met" : "missed"}`;
}

function amount(value: number, unit: Line["unit"]): string {
  return `${number(value, unit)} ${unit}`;
}

function number(value: number, unit: Line["unit"]): string {
  return unit === "s" ? value.toFixed(2) : value.toFixed(0);
}
