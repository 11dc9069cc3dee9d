import { X509Certificate } from "node:crypto";
import type { KubeObject } from "../../../kube";
import { textAt } from "../../seat/json";
import type { Seat } from "../../seat/seat";
import { hasSidecar } from "../../seat/sidecar";

/** Proxies that hold another root than the one that istiod signs with. The two sides refuse each other. */
export interface OldRoots {
  /** Since when istiod has its present root. */
  readonly since: string;
  readonly pods: readonly KubeObject[];
}

/** A proxy that did not say which root it holds. */
export interface UnknownRoot {
  readonly pod: KubeObject;
  readonly why: string;
}

export interface Roots {
  readonly oldRoots?: OldRoots;
  readonly unknownRoots: readonly UnknownRoot[];
}

const ROOT = "/api/v1/namespaces/istio-system/configmaps/istio-ca-root-cert";
/** The port of the proxy's own administration. */
const ADMIN = 15000;
/**
 * istiod dates a certificate back by two minutes:
 * https://github.com/istio/istio/blob/1.31.0/security/pkg/pki/util/generate_cert.go
 */
const DATED_BACK = 180_000;

/**
 * Compares the root that istiod hands out with those in the proxies. A proxy that is younger than the root cannot hold
 * an older one, so that it is not asked.
 */
export async function readRoots(
  seat: Partial<Pick<Seat, "get" | "fromWithin">>,
  pods: readonly KubeObject[],
): Promise<Roots> {
  const root = rootIn(textAt(await seat.get?.(ROOT).catch(() => undefined), "data", "root-cert.pem"));
  if (root === undefined) return { unknownRoots: [] };
  const since = Date.parse(root.validFrom);
  const asked = pods.filter(
    (pod) =>
      hasSidecar(pod) &&
      textAt(pod, "status", "phase") === "Running" &&
      pod.metadata.deletionTimestamp === undefined &&
      Date.parse(textAt(pod, "status", "startTime") ?? "") < since + DATED_BACK,
  );
  const serial = plain(root.serialNumber);
  const held = await Promise.all(asked.map((pod) => holds(seat, pod, serial)));
  const old = asked.filter((_, index) => held[index] === false);
  return {
    ...(old.length > 0 && { oldRoots: { since: new Date(since).toISOString(), pods: old } }),
    unknownRoots: asked.flatMap((pod, index) => {
      const why = held[index];
      return typeof why === "string" ? [{ pod, why }] : [];
    }),
  };
}

/** Whether the proxy has the root, or why nobody knows. */
async function holds(
  seat: Partial<Pick<Seat, "fromWithin">>,
  pod: KubeObject,
  serial: string,
): Promise<boolean | string> {
  const { namespace = "", name } = pod.metadata;
  if (seat.fromWithin === undefined) return "it was not asked";
  try {
    const serials = serialsIn(await seat.fromWithin(namespace, name, ADMIN, "/certs"));
    return serials.length === 0 ? "it has no root yet" : serials.includes(serial);
  } catch (error) {
    return (error as Error).message;
  }
}

/** https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--certs */
function serialsIn(answer: string): string[] {
  const { certificates } = JSON.parse(answer) as { certificates?: { ca_cert?: { serial_number?: string }[] }[] };
  return (certificates ?? []).flatMap(({ ca_cert = [] }) =>
    ca_cert.flatMap(({ serial_number }) => (serial_number === undefined ? [] : plain(serial_number))),
  );
}

function rootIn(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function plain(serial: string): string {
  return serial.toLowerCase().replace(/^0+/, "");
}
