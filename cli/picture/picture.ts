import { onStack } from "../../base/advice";
import { lessonNames, type LessonName } from "../../components/lessons/catalog";
import { systemNamespace } from "../../components/mesh/system-namespace";
import { graphNamespaces, graphPath } from "../../components/addons/kiali/graph";
import { apiOf } from "../seat/api";
import { readStack } from "../seat/stack-outputs";
import { UserError } from "../../base/errors";
import { choose, wantsToken, kialiToken } from "../open/choose";
import { forward } from "../open/forward";
import { entryTarget, trafficLessons, requireGateway } from "../traffic/seat";
import { runTraffic } from "../traffic/traffic";
import { photograph } from "./chromium";

export interface PictureRun {
  readonly stack: string;
  /** Chromium's executable. */
  readonly program: string;
  readonly dark?: boolean;
  /** Ends the command early. */
  readonly stop: AbortSignal;
  print(line: string): void;
}

/** Requests per second to each lesson. */
export const RATE = 6;
/** In milliseconds. The graph covers one minute, and Prometheus scrapes the proxies every five seconds. */
export const SENDING = 70_000;

/**
 * Sends requests to every lesson behind the gateway, and takes a screenshot of Kiali's graph meanwhile.
 * @returns the picture as PNG
 * @throws {UserError} where there is no seat, or the seat has nothing to draw
 */
export async function takePicture({ stack, program, dark, stop, print }: PictureRun): Promise<Uint8Array> {
  const { addons, installed, kubeconfig, settings, gatewayUrl } = await readStack(stack);
  choose("prometheus", addons, stack);
  const kiali = choose("kiali", addons, stack)[0]!;
  const lessons = trafficLessons(installed);
  if (lessons.length === 0)
    throw new UserError(
      `Stack ${stack} has no lesson to draw. Drawable are ${trafficLessons(lessonNames).join(", ")}, and lessons of one's own with an entry. Add one to istio-lab:lessons, then \`${onStack(stack, "npm run up")}\`.`,
    );
  await requireGateway({ stack, gatewayUrl, lessons });

  const token = wantsToken(["kiali"], settings.kiali.auth)
    ? await kialiToken(apiOf(kubeconfig), systemNamespace)
    : undefined;
  const troubles = new Set<string>();
  const given = await forward(kubeconfig, { ...kiali, namespace: systemNamespace }, (text) => void troubles.add(text));
  const enough = new AbortController();
  const ended = AbortSignal.any([stop, enough.signal]);
  print(
    `Sending ${RATE} requests a second to each of ${lessons.join(", ")} for ${SENDING / 1000} s: Kiali's graph covers one minute.`,
  );
  const traffic = sendTo(lessons, gatewayUrl, ended);
  try {
    await elapsed(SENDING, stop);
    stop.throwIfAborted();
    const picture = await photograph(
      {
        program,
        origin: `http://localhost:${given.localPort}`,
        path: graphPath(graphNamespaces(installed)),
        ...(token !== undefined && { token }),
        ...(dark !== undefined && { dark }),
      },
      stop,
    );
    enough.abort();
    const { sent, failed } = await traffic;
    if (failed > 0) print(`${failed} of ${sent} requests failed: the graph shows them as errors.`);
    return picture;
  } catch (error) {
    if (!stop.aborted && error instanceof UserError && troubles.size > 0)
      throw new UserError(`${error.message}\n  ${[...troubles].join("\n  ")}`);
    throw error;
  } finally {
    enough.abort();
    await Promise.all([traffic, given.close()]);
  }
}

/**
 * Sends steady requests to each lesson until `stop`, and returns how many were sent and how many failed.
 * @param answered called with the lesson whenever a request ends
 */
export async function sendTo(
  lessons: readonly LessonName[],
  gatewayUrl: string,
  stop: AbortSignal,
  answered?: (lesson: LessonName) => void,
): Promise<{ sent: number; failed: number }> {
  const reports = await Promise.all(
    lessons.map((lesson) =>
      runTraffic(
        { target: entryTarget(lesson, gatewayUrl), rate: RATE, duration: 3600 },
        { stop, outcome: () => answered?.(lesson) },
      ),
    ),
  );
  return { sent: sum(reports.map(({ sent }) => sent)), failed: sum(reports.map(({ failed }) => failed)) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function elapsed(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    stop.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
