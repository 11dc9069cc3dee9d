import { imageSteps } from "../embedded/images";
import { toolchainTracks } from "../embedded/toolchain";
import type { Stage } from "./progress";

/** Everything the embedded target needs on a machine, once: packages, binaries, charts; then the images made of them. */
export function embeddedStages(): Stage[] {
  return [toolchainTracks(), [imageSteps()]];
}
