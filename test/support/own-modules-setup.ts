import { vi } from "vitest";

/**
 * Forgets the modules that the previous file loaded, including its replacements. Everything but packages is loaded
 * again.
 */
vi.resetModules();
