import type { VersionsCheck } from "../../../components/lessons/checks/check";
import { beginning, type Probe } from "./probe";

/** Version → its answer, asked past its proxy; undefined where none of its pods runs. */
export type VersionsSeen = Record<string, string | undefined>;

export const versions: Probe<VersionsCheck, VersionsSeen> = {
  expected: ({ colours }) =>
    Object.entries(colours)
      .map(([version, colour]) => `${version}: ${colour === null ? "no stars" : `${colour} stars`}`)
      .join(", "),
  async look({ app, about, colours, port, path }, { seat }) {
    const pods = await seat.list(`/api/v1/namespaces/${about.namespace}/pods`, { labelSelector: `app=${app}` });
    const ask = async (version: string) => {
      const pod = pods.find(
        ({ metadata, status }) =>
          metadata.labels?.version === version && status?.phase === "Running" && !metadata.deletionTimestamp,
      );
      return [
        version,
        pod &&
          (await seat
            .fromWithin(about.namespace, pod.metadata.name, port, path)
            .catch((error: Error) => error.message)),
      ] as const;
    };
    return Object.fromEntries(await Promise.all(Object.keys(colours).map(ask)));
  },
  evaluate({ colours }, seen) {
    const found = Object.keys(colours).map((version) => ({ version, ...starsOf(seen[version]) }));
    const wrong = found.filter(({ version, colour }) => colour !== colours[version]);
    const words = (wrong.length > 0 ? wrong : found).map(({ version, words }) => `${version}: ${words}`).join(", ");
    return {
      ok: wrong.length === 0,
      seen: words,
      evidence: { bodies: wrong.map(({ version }) => beginning(seen[version] ?? "", 300)) },
    };
  },
};

/** The color of the stars in an answer of reviews, null for none, and the same in words. */
function starsOf(body: string | undefined): { colour?: string | null; words: string } {
  if (body === undefined) return { words: "none of its pods runs" };
  let ratings: ({ color?: string; error?: string } | undefined)[];
  try {
    ratings = (JSON.parse(body) as { reviews: { rating?: { color?: string; error?: string } }[] }).reviews.map(
      ({ rating }) => rating,
    );
  } catch {
    return { words: beginning(body, 80) };
  }
  const error = ratings.find((rating) => rating?.error)?.error;
  if (error) return { words: error };
  const colours = [...new Set(ratings.map((rating) => rating?.color ?? null))];
  if (colours.length !== 1) return { words: "reviews with different stars" };
  return { colour: colours[0]!, words: colours[0] === null ? "no stars" : `${colours[0]} stars` };
}
