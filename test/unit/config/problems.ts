import * as pulumi from "@pulumi/pulumi";
import { expect } from "vitest";
import { parseConfig } from "../../../config";

/** The problems that a config is refused with, one line each. */
export function problems(raw: Record<string, string>): string[] {
  try {
    parseConfig({ target: "embedded", ...raw });
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    const lines = (error as Error).message.split("\n").map((line) => line.trim());
    return lines.length === 1 ? lines : lines.slice(1);
  }
  throw new Error(`the config was accepted: ${JSON.stringify(raw)}`);
}
