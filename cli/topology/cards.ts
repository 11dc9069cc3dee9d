import type { EntryMatch, NamespaceView, Note, Policy, ServiceView, Traffic, VersionView } from "./model";
import { fit, perSecond, textWidth } from "./text";

/** Sizes in px of the picture's coordinates. */
export const size = { name: 17, text: 14, row: 25, head: 34, pad: 12, bar: 76, icon: 19 } as const;

/** The box of a service, ready to draw: its texts are already shortened to fit. */
export interface Card {
  service: string;
  name: string;
  width: number;
  height: number;
  rows: Row[];
  /** The x positions of the columns for the versions. */
  columns: { bar: number; rate: number };
  /** Whether the weights are drawn. */
  weighed: boolean;
}

export type Row = { y: number } & (
  | { kind: "version"; version: VersionView; name: string; rate?: string }
  | { kind: "line"; icon: Icon; text: string; whole: string }
);

export type Icon = "entry" | "allow" | "deny" | "fault" | "limit" | "user" | "warning" | "lock" | "open-lock" | "none";

/** The greatest text width in px. Longer text is cut, so no text makes a card wider. */
const longest = 230;

/** Returns the cards of a namespace, in the order of its services. */
export function cardsOf(view: NamespaceView, traffic: Traffic): Card[] {
  return view.services.map((service) => card(service, rates(view.name, service.name, traffic)));
}

function rates(namespace: string, service: string, traffic: Traffic): (version: string) => number | undefined {
  if (traffic.source === "none") return () => undefined;
  const own = traffic.versions.filter((one) => one.namespace === namespace && one.service === service);
  return (version) => own.find((one) => one.version === version)?.rate;
}

function card(service: ServiceView, rateOf: (version: string) => number | undefined): Card {
  const lines = linesOf(service).map(({ icon, text }) => ({
    icon,
    whole: text,
    text: fit(text, longest - 2 * size.pad - size.icon, size.text),
  }));
  const versions = service.versions.map((version) => {
    const rate = rateOf(version.name);
    return {
      version,
      name: fit(version.name || "–", 72, size.text, true),
      ...(rate !== undefined && service.versions.length > 1 && { rate: perSecond(rate) }),
    };
  });
  const widest = (texts: string[], bold = false) =>
    Math.max(0, ...texts.map((text) => textWidth(text, size.text, bold)));
  const bar =
    widest(
      versions.map(({ name }) => name),
      true,
    ) + 10;
  // With a single version there is no weight to show.
  const weighed = service.versions.length > 1 && service.versions.some(({ weight }) => weight !== undefined);
  const rate = bar + (weighed ? size.bar + 8 : 0);
  const rateWidth = widest(versions.map((version) => version.rate ?? ""));
  const pods = widest(service.versions.map(podsText));
  const inner = Math.max(
    rate + rateWidth + (rateWidth > 0 ? 10 : 0) + pods,
    Math.min(textWidth(service.name, size.name, true), longest),
    ...lines.map(({ text, icon }) => textWidth(text, size.text) + (icon === "none" ? 0 : size.icon)),
  );
  const rows: Row[] = [];
  let y: number = size.head;
  const add = (row: Omit<Extract<Row, { kind: "version" }>, "y"> | Omit<Extract<Row, { kind: "line" }>, "y">) => {
    rows.push({ ...row, y });
    y += size.row;
  };
  for (const version of versions) add({ kind: "version", ...version });
  for (const line of lines) add({ kind: "line", ...line });
  return {
    service: service.name,
    name: fit(service.name, inner, size.name, true),
    width: Math.ceil(inner + 2 * size.pad),
    height: y + 7,
    rows,
    columns: { bar: size.pad + bar, rate: size.pad + rate },
    weighed,
  };
}

/** Returns how many pods are ready, such as `1/1`, and says when some have no proxy. */
export function podsText({ pods, withoutSidecar }: VersionView): string {
  return `${pods.ready}/${pods.all}${withoutSidecar > 0 ? " no proxy" : ""}`;
}

function linesOf(service: ServiceView): { icon: Icon; text: string }[] {
  return [
    ...service.entries.map((entry) => ({ icon: "entry" as const, text: entryText(entry) })),
    ...(service.mtls
      ? [{ icon: service.mtls === "STRICT" ? ("lock" as const) : ("open-lock" as const), text: `mTLS ${service.mtls}` }]
      : []),
    ...service.policies.map((policy) => ({
      icon: policy.action === "DENY" ? ("deny" as const) : ("allow" as const),
      text: policyText(policy),
    })),
    ...service.notes.map(({ kind, text }: Note) => ({ icon: kind, text })),
  ];
}

/** `/productpage +4`: the first path, and the number of further paths. */
export function entryText({ hosts, paths }: EntryMatch): string {
  const named = hosts.filter((host) => host !== "*");
  const host = named.length === 0 ? "" : `${named[0]}${named.length > 1 ? ` +${named.length - 1}` : ""}`;
  const path =
    paths.length === 0 ? (host ? "" : "every path") : `${paths[0]}${paths.length > 1 ? ` +${paths.length - 1}` : ""}`;
  return `${host}${path === "/" && host ? "" : path}`;
}

export function policyText({ action, rules }: Policy): string {
  return `${action === "ALLOW" ? "" : `${action.toLowerCase()} `}${rules}`;
}
