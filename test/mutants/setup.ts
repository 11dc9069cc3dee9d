import Module from "node:module";
import { afterAll, beforeAll, inject } from "vitest";

/**
 * Pulumi's SDK loads every module of Node's, to find those that a dynamic provider uses. A thread cannot have this one, and the program would wait for ever:
 * https://nodejs.org/docs/latest-v20.x/api/tracing.html
 */
const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
const load = loader._load;
loader._load = (request, ...rest) => (request === "trace_events" ? {} : load.call(Module, request, ...rest));

/** How often each mutant's place was run. */
type Hits = Record<string, number>;
/** What Stryker's own setup notes, and gives to its runner after this file's hooks: @stryker-mutator/vitest-runner, stryker-setup.js. */
interface Notes {
  mutantCoverage?: { static: Hits; perTest: Record<string, Hits> };
  /** How often the active mutant's place was run. Above a limit Stryker takes it for a loop without an end, which is seen. */
  hitCount?: number;
}
interface Task {
  name: string;
  suite?: Task;
  tasks?: Task[];
  file?: { filepath: string };
  result?: { state: string };
}

const space = inject("globalNamespace" as never) as string | undefined;
const own = () =>
  space === undefined ? undefined : (globalThis as unknown as Record<string, Notes | undefined>)[space];
const notes = () => own()?.mutantCoverage;

/**
 * For each mutant Stryker runs the tests that ran its place themselves. Here one test or hook runs a program, and all tests of the file look at its result. So each
 * of them counts as having run it. What ran while the file was loaded stays apart.
 */
let whileLoading: Hits = {};
beforeAll(() => void (whileLoading = { ...notes()?.static }));
// Vitest reads of a hook which of its fixtures it takes: none.
afterAll(({}, file) => {
  const noted = notes();
  if (noted === undefined) return;
  const byHooks = Object.keys(noted.static).filter((mutant) => noted.static[mutant] !== whileLoading[mutant]);
  const all = new Set([...byHooks, ...Object.values(noted.perTest).flatMap((hits) => Object.keys(hits))]);
  for (const test of testsIn(file as unknown as Task)) {
    const hits = (noted.perTest[idOf(test)] ??= {});
    for (const mutant of all) hits[mutant] ??= 1;
  }
});

/**
 * Where a hook of the whole file fails, Vitest skips the file's tests. The runner looks for failures in tests and groups alone, and not in the file
 * (vitest-helpers.js, findSuiteError). The mutant that made the hook fail would count as unseen.
 */
if (inject("mode" as never) === "mutant") {
  afterAll(({}, file) => {
    if ((file as unknown as Task).result?.state === "fail") own()!.hitCount = Infinity;
  });
}

function testsIn(task: Task): Task[] {
  return task.tasks === undefined ? [task] : task.tasks.flatMap(testsIn);
}

/** As Stryker names a test. */
function idOf(test: Task): string {
  const names: string[] = [];
  for (let task: Task | undefined = test; task !== undefined; task = task.suite) names.unshift(task.name);
  return `${test.file!.filepath}#${names.join(" ").trim()}`;
}
