import { afterAll, beforeAll } from "vitest";
import { beyond } from "./beyond";
import { ConformanceCluster } from "./cluster";
import { conformance } from "./conformance";

/** One cluster for both: what the recorded program made is gone when its last recording ends, and the other's objects have namespaces and names of their own. */
let cluster: ConformanceCluster;
beforeAll(async () => void (cluster = await ConformanceCluster.create()), 600_000);
afterAll(async () => cluster?.delete(), 120_000);

conformance(() => cluster);
beyond(() => cluster);
