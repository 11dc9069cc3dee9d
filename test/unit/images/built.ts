import { app, appsStep } from "../../../embedded/images/apps";

export { app };

/** Builds the apps into the cache, as `npm run up` does, unless they are there; the first time Go compiles its standard library. */
export async function built(): Promise<void> {
  const step = appsStep();
  if (!(await step.isDone())) await step.run(() => {}, new AbortController().signal);
}

/** How long that may take, in milliseconds. */
export const buildTime = 240_000;
