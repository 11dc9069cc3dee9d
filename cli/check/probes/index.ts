import type { CheckKind } from "../../../components/lessons/checks/check";
import { access } from "./access";
import { addonPods } from "./addon-pods";
import { analysis } from "./analysis";
import { answer } from "./answer";
import { claim } from "./claim";
import { collectedLog } from "./collected-log";
import { dashboards } from "./dashboards";
import { fault } from "./fault";
import { grpc } from "./grpc";
import { https } from "./https";
import { log } from "./log";
import { metrics } from "./metrics";
import { nodePort } from "./node-port";
import { objects } from "./objects";
import { peer } from "./peer";
import { plaintext } from "./plaintext";
import { pods } from "./pods";
import type { Probe } from "./probe";
import { proxyRoute } from "./proxy-route";
import { rights } from "./rights";
import { split } from "./split";
import { trace } from "./trace";
import { user } from "./user";
import { versions } from "./versions";

type ProbeOf<Kind extends CheckKind["kind"]> = Probe<Extract<CheckKind, { kind: Kind }>, never>;

/** The probe of each kind of check. `look` and `evaluate` of a probe belong together, and share a type of their own. */
export const probes = {
  pods,
  log,
  peer,
  plaintext,
  answer,
  analysis,
  split,
  versions,
  user,
  fault,
  "proxy-route": proxyRoute,
  grpc,
  access,
  https,
  claim,
  "addon-pods": addonPods,
  "node-port": nodePort,
  rights,
  metrics,
  objects,
  trace,
  dashboards,
  "collected-log": collectedLog,
} as unknown as {
  readonly [Kind in CheckKind["kind"]]: ProbeOf<Kind>;
};

export function probeOf(kind: CheckKind["kind"]): Probe<CheckKind, unknown> {
  return probes[kind];
}
