import { size } from "./cards";
import type { Topology } from "./model";
import { weightBar } from "./panel";
import { curve, lock, rect, shield, write } from "./pen";
import { fit, textWidth } from "./text";

/** Explains the symbols, but only those in this picture. */
export function legend(topology: Topology): {
  minWidth: number;
  height(width: number): number;
  draw(width: number): string;
} {
  const rows = rowsOf(topology);
  const signs = size.bar + 14;
  const height = () => 36 + rows.length * size.row + 8;
  return {
    minWidth: Math.max(...rows.map(({ text }) => textWidth(text, size.text))) + signs + 28,
    height,
    draw: (width) =>
      [
        rect(0.5, 0.5, width - 1, height() - 1, 12, "panel"),
        write(14, 26, "Legend", "h text"),
        ...rows.map(({ sign, text }, index) => {
          const base = 36 + index * size.row + 17;
          return sign(14, base) + write(14 + signs, base, fit(text, width - signs - 28, size.text), "s muted");
        }),
      ].join("\n"),
  };
}

interface Row {
  text: string;
  sign(x: number, base: number): string;
}

function rowsOf({ calls, namespaces, traffic }: Topology): Row[] {
  const services = namespaces.flatMap((view) => view.services);
  const has = (kind: string) => calls.some((call) => call.kind === kind);
  const line = (kind: string, arrow: string, width: number) => (x: number, base: number) =>
    curve(
      [
        { x, y: base - 5 },
        { x: x + 25, y: base - 5 },
        { x: x + 50, y: base - 5 },
        { x: x + size.bar, y: base - 5 },
      ],
      kind,
      width,
      arrow,
    );
  const modes = new Set([...namespaces.map(({ mtls }) => mtls), ...services.flatMap(({ mtls }) => mtls ?? [])]);
  const policies =
    namespaces.some((view) => view.policies.length > 0) || services.some((service) => service.policies.length > 0);
  return [
    ...(has("measured") ? [{ text: "requests a second, measured", sign: line("measured", "flow-arrow", 2.6) }] : []),
    ...(has("routed")
      ? [
          {
            text: traffic.source === "none" ? "a route leads here" : "a route leads here; no request seen",
            sign: line("routed", "quiet-arrow", 1.6),
          },
        ]
      : []),
    ...(has("written")
      ? [
          {
            text: traffic.source === "none" ? "the app’s code calls so" : "the app’s code calls so; none seen",
            sign: line("written", "quiet-arrow", 1.6),
          },
        ]
      : []),
    ...(calls.some(({ from, to }) => from !== "gateway" && from.namespace !== to.namespace)
      ? [
          {
            text: "a caller in another namespace",
            sign: (x: number, base: number) => rect(x + 8, base - 14, size.bar - 16, 19, 6, "guest"),
          },
        ]
      : []),
    ...(services.some(({ versions }) => versions.length > 1 && versions.some(({ weight }) => weight !== undefined))
      ? [{ text: "weight of a version, by its route", sign: (x: number, base: number) => weightBar(x, base, 50) }]
      : []),
    {
      text: "pods ready, of all",
      sign: (x, base) => write(x + size.bar / 2, base, "1/1", "s muted", { anchor: "middle" }),
    },
    ...(modes.has("STRICT")
      ? [
          {
            text: "plaintext is refused",
            sign: (x: number, base: number) =>
              lock(x + size.bar / 2 - 6, base - 12, false, { fill: "on-good", stroke: "stroke-good" }),
          },
        ]
      : []),
    ...(modes.has("PERMISSIVE") || modes.has("DISABLE")
      ? [
          {
            text: "plaintext is accepted",
            sign: (x: number, base: number) =>
              lock(x + size.bar / 2 - 6, base - 12, true, { fill: "on-careful", stroke: "stroke-careful" }),
          },
        ]
      : []),
    ...(policies
      ? [
          {
            text: "who may call (AuthorizationPolicy)",
            sign: (x: number, base: number) => shield(x + size.bar / 2 - 6, base - 12, "on-good"),
          },
        ]
      : []),
  ];
}
