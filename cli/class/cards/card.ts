import { lessonNames, lessonOf } from "../../../components/lessons/catalog";
import type { RosterSeat } from "../model";

/** What a trainee gets on paper. Holds no secret: it is made of the roster and of outputs that are none. */
export interface Card {
  readonly class: string;
  readonly seat: string;
  readonly trainee: string;
  readonly expires?: Date;
  /** Named as the outputs are, and as the lessons' pages name them. */
  readonly addresses: readonly { readonly name: string; readonly url: string }[];
  /** For the first minutes, in their order. */
  readonly commands: readonly string[];
  /** As QR codes: pages that a phone opens. */
  readonly codes: readonly { readonly label: string; readonly url: string }[];
}

/** The outputs of a stack that a card is made of. */
export interface CardOutputs {
  readonly GATEWAY_URL: string;
  readonly KIALI_URL?: string;
  readonly lessons: Readonly<Record<string, string>>;
}

/** What to type first, and what a browser opens where it can do without a header. */
const first = lessonNames.flatMap((lesson) => {
  const { card } = lessonOf(lesson);
  return card === undefined ? [] : [{ lesson, ...card }];
});
/** Commands of lessons on a card: what fits the smallest one. */
const FEW = 2;

/**
 * `kubeconfig`: the trainee gets that file as well, so that there is something for kubectl to do, and has to know what it is.
 * `shutdown`: when the seat's machine is shut down each day.
 */
export function cardOf(name: string, { seat, trainee, expires }: RosterSeat, outputs: CardOutputs, { kubeconfig = false, shutdown }: { readonly kubeconfig?: boolean; readonly shutdown?: string } = {}): Card {
  const { GATEWAY_URL: gateway, KIALI_URL: kiali, lessons } = outputs;
  const there = first.filter(({ lesson }) => lessons[lesson] !== undefined);
  const page = there.find(({ label }) => label !== undefined);
  const codes = [...(page ? [{ label: page.label!, url: lessons[page.lesson]! }] : []), ...(kiali ? [{ label: "Kiali", url: kiali }] : [])];
  return {
    class: name,
    seat,
    trainee,
    ...(expires && { expires }),
    addresses: [{ name: "GATEWAY_URL", url: gateway }, ...(kiali ? [{ name: "KIALI_URL", url: kiali }] : [])],
    commands: [`URL=${gateway}`, ...there.slice(0, FEW).map(({ command }) => command), ...(kubeconfig ? withKubeconfig(seat) : []), ...(shutdown === undefined ? [] : [`# the seat is shut down each day at ${shutdown}`])],
    // Where there is no page to open, the address itself: nobody has to type it.
    codes: codes.length > 0 ? codes : [{ label: "GATEWAY_URL", url: gateway }],
  };
}

/** A pod can be given all rights of its node, so that this is true of every target. */
function withKubeconfig(seat: string): string[] {
  return [`kubectl --kubeconfig ${seat}.kubeconfig get pods -A`, "# whoever has that file can become root of the seat's machine: keep it"];
}

/** `until 1 December 2026`; with the time where it is not the end of that day. */
export function until(expires: Date): string {
  const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(expires);
  const time = expires.toISOString().slice(11, 16);
  return `until ${day}${time === "23:59" ? "" : `, ${time} UTC`}`;
}

/** What stands under the name, beside the seat. */
export function small({ class: name, expires }: Card): string {
  return [name, ...(expires ? [until(expires)] : [])].join(" · ");
}
