import { vi } from "vitest";

/** The modules that the file before this one was given, replacements among them, are none of this file's: what is no package is loaded anew. */
vi.resetModules();
