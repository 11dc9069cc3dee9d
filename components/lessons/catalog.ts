/** What the config may ask of a lesson: plain data, so that config.ts can check it without loading any provider. */
export interface LessonEntry {
  /** The namespace the lesson lives in; `default` is labelled, any other is made. */
  readonly namespace: string;
  /** Services whose traffic `istio-lab:canary` may split → their versions, in the order in which routes name them. */
  readonly canary: Readonly<Record<string, readonly string[]>>;
  /** How many pods it has, each with a sidecar. */
  readonly pods: number;
}

/** The lessons that exist, in the order of the course. Each has a component of the same name in index.ts beside this file. */
export const catalog = {
  backend: { namespace: "client", canary: {}, pods: 3 },
  bookinfo: { namespace: "default", canary: { reviews: ["v1", "v2", "v3"] }, pods: 6 },
  temperature: { namespace: "temperature", canary: {}, pods: 2 },
  blog: { namespace: "blog", canary: { "my-blog": ["v1", "v2"] }, pods: 4 },
  admission: { namespace: "admission", canary: {}, pods: 0 },
} as const satisfies Record<string, LessonEntry>;

export type LessonName = keyof typeof catalog;

/** All lessons that exist, in the order of the course. */
export const lessonNames = Object.keys(catalog) as LessonName[];
