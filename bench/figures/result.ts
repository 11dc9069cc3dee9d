import type { Contestant, Figure, Must, Row, Sample, Scene } from "../row";
import { ratios, spreadOf, type Spread } from "./numbers";

/** What one row measured of one contestant, round by round. */
export interface Measured {
  readonly row: Pick<Row<Scene>, "name" | "title" | "figures">;
  readonly contestant: Pick<Contestant, "name" | "isYardstick">;
  readonly samples: readonly Sample[];
}

/** One line of the report: a figure of a contestant. */
export interface Line extends Spread {
  readonly row: string;
  readonly title: string;
  readonly figure: string;
  readonly unit: Figure["unit"];
  readonly contestant: string;
  /** The values in the order of the rounds. */
  readonly values: readonly number[];
  /** Times the yardstick's value, round by round. Missing where the row has no yardstick for this figure. */
  readonly ratio?: Spread;
  readonly must?: Must;
  /** Whether the median is within what it must be. */
  readonly isMet?: boolean;
}

/** Returns a line for each figure of each contestant. The yardstick comes before those that it is compared with. */
export function linesOf(measured: readonly Measured[]): Line[] {
  const rows = [...new Set(measured.map(({ row }) => row.name))];
  return rows.flatMap((name) => {
    const its = measured.filter(({ row }) => row.name === name);
    const yardstick = its.find(({ contestant }) => contestant.isYardstick);
    const order = [...its].sort((one, other) => rank(one) - rank(other));
    return its[0]!.row.figures.flatMap((figure) =>
      order.flatMap((one) => {
        const values = valuesOf(one, figure.name);
        if (values.length === 0) return [];
        return [lineOf(one, figure, values, yardstick === undefined ? [] : valuesOf(yardstick, figure.name))];
      }),
    );
  });
}

function rank({ contestant }: Measured): number {
  return contestant.isYardstick ? 0 : 1;
}

function valuesOf({ samples }: Measured, figure: string): number[] {
  return samples.flatMap((sample) => (sample[figure] === undefined ? [] : [sample[figure]]));
}

function lineOf({ row, contestant }: Measured, figure: Figure, values: number[], yardstick: readonly number[]): Line {
  const line = {
    row: row.name,
    title: row.title,
    figure: figure.name,
    unit: figure.unit,
    contestant: contestant.name,
    values,
    ...spreadOf(values),
  };
  if (contestant.isYardstick) return line;
  const ratio = yardstick.length === 0 ? undefined : spreadOf(ratios(values, yardstick));
  const { must } = figure;
  return { ...line, ...(ratio && { ratio }), ...(must && { must, isMet: isMet(must, line.median, ratio) }) };
}

function isMet(must: Must, value: number, ratio: Spread | undefined): boolean | undefined {
  if ("most" in must) return value <= must.most;
  return ratio === undefined ? undefined : ratio.median <= must.ratio;
}
