import { ownEnvironment } from "./own-environment";

/** Removes the user's variables before each file of the unit tier. */
const own = ownEnvironment(process.env);
for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
Object.assign(process.env, own);
