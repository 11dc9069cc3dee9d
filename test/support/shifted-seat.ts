import { expect } from "vitest";
import { Checkout } from "./checkout";
import { until } from "./http";
import { changedAt, splitSince, Watched } from "./shift";

/** Requests per second to each of the two services: how many are asked for, and how many must be sent. */
const RATE = { asked: 120, sent: 100 };
/**
 * How many seconds after the end of `up` the split must be visible. Normally it takes none; the test's log shows the
 * time.
 */
const BOUND = 20;

const services = {
  "my-blog": { lesson: "blog", second: "v2" },
  reviews: { lesson: "bookinfo", second: "v3" },
} as const;
type Service = keyof typeof services;
const names = Object.keys(services) as Service[];

/** Both services with the same weights for the first and the second version. */
const weights = (first: number, second: number) => ({
  canary: Object.fromEntries(names.map((service) => [service, { v1: first, [services[service].second]: second }])),
});

/** A seat whose canary weights `up` changes while requests come in. No request may fail. */
export class ShiftedSeat {
  private constructor(
    readonly lab: Checkout,
    private readonly gateway: string,
  ) {}

  /** Creates a seat with both services at 90:10. */
  static async create(): Promise<ShiftedSeat> {
    const lab = (await Checkout.create()).configure({ lessons: ["bookinfo", "blog"], addons: [], ...weights(90, 10) });
    await lab.ok("up");
    return new ShiftedSeat(lab, await lab.output("GATEWAY_URL"));
  }

  /**
   * Sends traffic to both services and changes the weights through `steps`, from 90:10. Expects that every request is
   * answered.
   */
  async underTraffic(
    title: string,
    steps: [number, number][],
    check?: (first: number, second: number) => Promise<void>,
  ) {
    const traffic = Object.fromEntries(
      names.map((service) => [service, new Watched(services[service].lesson, this.gateway, RATE.asked)]),
    ) as Record<Service, Watched>;
    const figures: string[] = [];
    let before = 10;
    try {
      await this.eachShows(before, Date.now(), traffic);
      for (const [first, second] of steps) {
        this.lab.configure(weights(first, second));
        const from = Date.now();
        await this.lab.ok("up");
        const returned = Date.now();
        const since = await this.eachShows(second, returned, traffic);
        await check?.(first, second);
        for (const service of names) {
          const changed =
            before === second
              ? undefined
              : changedAt(
                  traffic[service].seen.filter(({ at }) => at >= from),
                  services[service].second,
                  before,
                  second,
                );
          figures.push(
            `${title}, ${service} to ${first}:${second}: up took ${seconds(returned - from)}; the split is there ${seconds(since[service] - returned)} after it returned` +
              (changed === undefined
                ? ""
                : `, changed ${seconds(Math.abs(returned - changed))} ${changed < returned ? "before" : "after"}`),
          );
        }
        before = second;
      }
    } finally {
      const reports = await Promise.all(names.map((service) => traffic[service].end()));
      for (const [index, { sent, skipped, failed, rate, median, percentile95, failures }] of reports.entries()) {
        figures.push(
          `${title}, ${names[index]}: ${sent} sent, ${rate} a second (${skipped} not sent in time), ${failed} failed; median ${median} ms, 95 % within ${percentile95} ms`,
        );
        figures.push(
          ...failures.slice(0, 20).map(({ due, kind, detail }) => `  at ${seconds(due)}: ${kind} ${detail}`),
        );
      }
      process.stdout.write(`${figures.join("\n")}\n`);
      for (const report of reports) {
        expect.soft(report.errors).toEqual({});
        expect.soft(report.rate).toBeGreaterThanOrEqual(RATE.sent);
      }
    }
  }

  /** Waits until both services show the second version's share. Returns when each did. */
  private async eachShows(
    percent: number,
    from: number,
    traffic: Record<Service, Watched>,
  ): Promise<Record<Service, number>> {
    const since = () =>
      names.map(
        (service) => [service, splitSince(traffic[service].seen, from, services[service].second, percent)] as const,
      );
    const shown = await until(
      `${percent} % for the second versions`,
      BOUND,
      async () => since(),
      (times) => times.every(([, time]) => time !== undefined),
    );
    return Object.fromEntries(shown) as Record<Service, number>;
  }

  /** my-blog's Deployment → its available pods. */
  async pods(): Promise<Record<string, number>> {
    const { items } = JSON.parse(
      await this.lab.kubectl("get", "deployments", "-n", "blog", "-l", "app=my-blog", "-o", "json"),
    ) as {
      items: { metadata: { name: string }; status: { availableReplicas?: number } }[];
    };
    return Object.fromEntries(items.map(({ metadata, status }) => [metadata.name, status.availableReplicas ?? 0]));
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
