import type { CheckKind } from "../../../components/lessons/checks/check";
import { access } from "./access";
import { answer } from "./answer";
import { claim } from "./claim";
import { fault } from "./fault";
import { grpc } from "./grpc";
import { https } from "./https";
import { log } from "./log";
import { peer } from "./peer";
import { plaintext } from "./plaintext";
import { pods } from "./pods";
import type { Probe } from "./probe";
import { proxyRoute } from "./proxy-route";
import { split } from "./split";
import { user } from "./user";
import { versions } from "./versions";

type ProbeOf<Kind extends CheckKind["kind"]> = Probe<Extract<CheckKind, { kind: Kind }>, never>;

/** The probe of each kind of check. What it has seen is its own: `look` and `judge` belong together. */
export const probes = { pods, log, peer, plaintext, answer, split, versions, user, fault, "proxy-route": proxyRoute, grpc, access, https, claim } as unknown as {
  readonly [Kind in CheckKind["kind"]]: ProbeOf<Kind>;
};

export function probeOf(kind: CheckKind["kind"]): Probe<CheckKind, unknown> {
  return probes[kind] as unknown as Probe<CheckKind, unknown>;
}
