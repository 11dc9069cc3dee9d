import { expect, it } from "vitest";
import config from "../../../vitest.config.mjs";

interface Project {
  readonly name: string;
  readonly maxWorkers?: number;
  readonly sequence: { readonly groupOrder: number };
}

it("vitest starts: the projects of a group have the same number of workers", () => {
  const projects = (config as unknown as { test: { projects: { test: Project }[] } }).test.projects.map(
    ({ test }) => test,
  );
  const workers = new Map<number, Set<number | undefined>>();
  for (const { maxWorkers, sequence } of projects)
    workers.set(sequence.groupOrder, (workers.get(sequence.groupOrder) ?? new Set()).add(maxWorkers));
  expect(workers.size).toBeGreaterThan(2);
  for (const [order, counts] of workers) expect([...counts], `group ${order}`).toHaveLength(1);
});
