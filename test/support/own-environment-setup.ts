import { ownEnvironment } from "./own-environment";

/** Before each file of the unit tier: its process is a user without variables. */
const own = ownEnvironment(process.env);
for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
Object.assign(process.env, own);
