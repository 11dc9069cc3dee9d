/**
 * A number that is written as text, as `pulumi config set --path`, a cell of a CSV and the command line give it. Undefined where it is none. Only plain decimals
 * count. Others are read differently by different readers: `050` is 50 here, and 40 to Go's YAML.
 * @param whole `50.0` is no whole number's text
 */
export function plainNumber(text: string, whole = false): number | undefined {
  if (!PLAIN.test(text) || (whole && text.includes(".")) || /^-0(\.0+)?$/.test(text)) return undefined;
  return Number(text);
}

const PLAIN = /^-?(0|[1-9]\d*)(\.\d+)?$/;
