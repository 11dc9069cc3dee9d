import * as path from "node:path";
import { ownEnvironment } from "./own-environment";

/** Removes the user's variables before each file of the unit tier. */
const own = ownEnvironment(process.env);
for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
Object.assign(process.env, own);

/**
 * As in a stack's own process, Pulumi's SDK loads its Automation API, npm's installer and the TypeScript compiler only
 * where a test uses them. They were a third of what a worker loads.
 */
const root = path.resolve(__dirname, "..", "..");
(require(path.join(root, "launch/sdk.cjs")) as { loadLate(root: string): void }).loadLate(root);
