import { cardOf, type Card, type CardOutputs } from "../../../../cli/class/cards/card";

export const gateway = "http://10.231.0.2:31380";
export const outputs: CardOutputs = {
  GATEWAY_URL: gateway,
  KIALI_URL: "http://10.231.0.2:31602",
  lessons: {
    bookinfo: `${gateway}/productpage`,
    temperature: `${gateway}/?from=Celsius&to=Kelvin&temperature=150`,
    blog: "http://codewithmsmaxpro.me:31380/",
  },
};

export function card(
  trainee: string,
  number = 1,
  of: CardOutputs = outputs,
  options: Parameters<typeof cardOf>[3] = {},
): Card {
  return cardOf(
    "december",
    { seat: `seat-${number}`, trainee, config: {}, at: "line 2", expires: new Date("2026-12-01T23:59:59.999Z") },
    of,
    options,
  );
}
