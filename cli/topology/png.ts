import { Resvg } from "@resvg/resvg-js";
import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";

/** Pixels per px of the picture. Two are sharp on a projector and on paper. */
const zoom = 2;

/**
 * Converts a picture drawn with `scheme: "light"` to PNG. Text needs a font of this machine. @throws {UserError}
 * where there is none
 */
export function pngOf(svg: string, stack: string): Buffer {
  const options = { fitTo: { mode: "zoom" as const, value: zoom }, font: { loadSystemFonts: true } };
  const probe = new Resvg(
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text x="2" y="15" font-size="14">a</text></svg>',
    options,
  );
  if (probe.getBBox() === undefined) {
    throw new UserError(
      "This machine has no font to draw a PNG's text with. Install one (on Debian: apt-get install fonts-dejavu-core), or write an SVG: " +
        onStack(stack, "`npm run topology -- --output topology.svg`."),
    );
  }
  return new Resvg(svg, options).render().asPng();
}
