import type { EngineEvent } from "@pulumi/pulumi/automation";
import { elapsed } from "../../base/elapsed";

/** The parts of a seat in the order in which one waits for the other, and the components of each. */
const parts = [
  { name: "cluster", components: /^istio-lab:cluster:/ },
  { name: "Istio", components: /^istio-lab:mesh:/ },
  { name: "lessons", components: /^istio-lab:lessons:/ },
  { name: "addons", components: /^istio-lab:addons:/ },
] as const;

type Part = (typeof parts)[number];

/** From and to, in seconds since the epoch: the engine stamps its events with whole seconds. */
type Span = readonly [number, number];

/**
 * Returns the last sentence of an `up`, such as `Up in 34.2 s: cluster 4 s, Istio 11 s, lessons 14 s.` The engine worked
 * for a part's time on at least one of the part's resources. The sentence names an overlap with earlier parts, so that
 * nobody adds it up.
 * @param events of this run; undefined where they could not be read
 */
export function upText(events: readonly EngineEvent[] | undefined, started: number, now = Date.now()): string {
  const total = elapsed(started, now);
  const works = parts.map((part) => ({ part, spans: merged(spansOf(events ?? [], part)) }));
  const worked = works.filter(({ spans }) => spans.length > 0);
  if (worked.length === 0) return `Up in ${total}.`;
  const texts = worked.map(({ part, spans }, index) => {
    const shared = worked
      .slice(0, index)
      .filter((earlier) => overlap(spans, earlier.spans) > 0)
      .map((earlier) => ({ name: earlier.part.name, spans: earlier.spans }));
    const beside = overlap(spans, merged(shared.flatMap((earlier) => earlier.spans)));
    const names = shared.map(({ name }) => name).join(" and ");
    return `${part.name} ${seconds(lengthOf(spans))}${beside > 0 ? ` (${beside} s of it beside ${names})` : ""}`;
  });
  const all = lengthOf(merged(worked.flatMap(({ spans }) => spans)));
  const rest = Math.floor((now - started) / 1000 - all);
  if (rest > 0) texts.push(`all else ${rest} s`);
  return `Up in ${total}: ${texts.join(", ")}.`;
}

/** When the engine made, changed or deleted the part's own resources. Components do no work themselves. */
function spansOf(events: readonly EngineEvent[], part: Part): Span[] {
  const open = new Map<string, number>();
  return events.flatMap(({ timestamp, resourcePreEvent, resOutputsEvent, resOpFailedEvent }): Span[] => {
    const step = (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata;
    if (step === undefined || partOf(step.urn) !== part) return [];
    if (step.op === "same" || (step.new ?? step.old)?.custom !== true) return [];
    const key = `${step.op} ${step.urn}`;
    if (resourcePreEvent !== undefined) {
      open.set(key, timestamp);
      return [];
    }
    const from = open.get(key);
    open.delete(key);
    return from === undefined ? [] : [[from, timestamp]];
  });
}

/** The part of the outermost component: a lesson's routes are the lesson's. */
function partOf(urn: string): Part | undefined {
  const components = urn.split("::")[2]?.split("$") ?? [];
  for (const component of components) {
    const part = parts.find((one) => one.components.test(component));
    if (part !== undefined) return part;
  }
  return undefined;
}

/** Spans in order, without overlaps. */
function merged(spans: readonly Span[]): Span[] {
  const result: [number, number][] = [];
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from, 0);
}

function overlap(some: readonly Span[], others: readonly Span[]): number {
  return some.reduce(
    (sum, [from, to]) => others.reduce((part, [a, b]) => part + Math.max(0, Math.min(to, b) - Math.max(from, a)), sum),
    0,
  );
}

/** Whole seconds are all that the engine says. */
function seconds(length: number): string {
  return length === 0 ? "under 1 s" : `${length} s`;
}
