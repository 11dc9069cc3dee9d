import { fieldTexts } from "../drift/text";
import type { Change } from "./changes";

const signs = { update: "~", create: "+", replace: "±", delete: "-" } as const;

/** One change as a line of its own: `+ PeerAuthentication client/default`. */
export function changeText(change: Change): string {
  return `${signs[change.op]} ${[change.object, fieldTexts(change).join("; ")].filter(Boolean).join(": ")}`;
}
