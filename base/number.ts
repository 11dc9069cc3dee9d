/**
 * Reads a number from text, as `pulumi config set --path`, a CSV cell and the command line give it. Returns undefined
 * for anything but a plain decimal, because readers disagree about the rest: `050` is 50 here and 40 in Go's YAML.
 * @param whole accept integers only, so `50.0` is rejected
 */
export function plainNumber(text: string, whole = false): number | undefined {
  if (!PLAIN.test(text) || (whole && text.includes(".")) || /^-0(\.0+)?$/.test(text)) return undefined;
  return Number(text);
}

const PLAIN = /^-?(0|[1-9]\d*)(\.\d+)?$/;
