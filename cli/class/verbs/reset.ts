import type { Consent } from "../../drift/consent";
import { repair } from "./repair";
import type { ClassOptions } from "../run/options";

export interface ResetOptions extends ClassOptions, Consent {
  seat: string;
  lesson: string;
}

/** `class reset`: repairs one lesson of one seat. */
export async function reset({ seat, ...options }: ResetOptions): Promise<void> {
  await repair({ ...options, only: [seat], verb: "reset" });
}
