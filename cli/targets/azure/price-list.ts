import * as z from "zod";
import type { AzureSettings } from "../../../components/cluster/azure/settings";

/** A VM size in a region. */
export type Priced = Pick<AzureSettings, "location" | "vmSize" | "spot">;

/** The list's answer: an hourly price, or why it is unknown. */
export type Listed = ({ readonly perHour: number; readonly currency: string } | { readonly why: string }) & {
  /** How many seconds this machine's clock is ahead of the list's; undefined where the list gave no time. */
  readonly ahead?: number;
};

/** Microsoft's public price list. */
export type PriceList = (vm: Priced) => Promise<Listed>;

const PUBLIC = "https://prices.azure.com/api/retail/prices";
/** Milliseconds to wait for the list. A price is not worth a longer wait. */
const PATIENCE = 4_000;

const answer = z.object({
  Items: z.array(
    z.object({
      retailPrice: z.number(),
      currencyCode: z.string(),
      unitOfMeasure: z.string(),
      productName: z.string(),
      skuName: z.string(),
      meterName: z.string(),
    }),
  ),
});

/**
 * Asks the public list, which needs no login.
 * https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices
 * @param address of another list, for tests
 */
export function retailPrices(address = process.env.ISTIO_LAB_AZURE_PRICES ?? PUBLIC): PriceList {
  return async ({ location, vmSize, spot }) => {
    const filter = `serviceName eq 'Virtual Machines' and priceType eq 'Consumption' and armRegionName eq '${location}' and armSkuName eq '${vmSize}'`;
    try {
      const response = await fetch(`${address}?${new URLSearchParams({ $filter: filter }).toString()}`, {
        signal: AbortSignal.timeout(PATIENCE),
      });
      const ahead = secondsAhead(response.headers, Date.now());
      if (!response.ok) return { why: `Microsoft's price list answers ${response.status}`, ahead };
      const parsed = answer.safeParse(await response.json());
      return {
        ...(parsed.success
          ? choose(parsed.data.Items, vmSize, spot)
          : { why: "Microsoft's price list cannot be read" }),
        ahead,
      };
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string } };
      return { why: `Microsoft's price list does not answer (${cause?.code ?? message})` };
    }
  };
}

/** Picks the hourly Linux price. The list also has prices for Windows and for spot VMs. */
function choose(items: z.infer<typeof answer>["Items"], vmSize: string, spot: boolean): Listed {
  const isOf = ({ productName, skuName, meterName, unitOfMeasure }: (typeof items)[number]) => {
    const isSpot = / Spot$/.test(skuName) || / Spot$/.test(meterName);
    return (
      unitOfMeasure === "1 Hour" &&
      !/Windows|Cloud ?Services/i.test(productName) &&
      !/ Low Priority$/.test(`${skuName}\n${meterName}`) &&
      isSpot === spot
    );
  };
  const found = items.filter(isOf);
  const prices = [...new Set(found.map(({ retailPrice, currencyCode }) => `${retailPrice} ${currencyCode}`))];
  if (prices.length === 1) return { perHour: found[0]!.retailPrice, currency: found[0]!.currencyCode };
  return {
    why:
      prices.length === 0
        ? `Microsoft's price list has no ${vmSize}${spot ? " as a spot VM" : ""} there`
        : `Microsoft's price list has ${prices.length} prices of it`,
  };
}

/** A cached page is as old as its `age` header says. */
function secondsAhead(headers: Headers, now: number): number | undefined {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? undefined : Math.round((now - date) / 1000) - Number(headers.get("age") ?? 0);
}
