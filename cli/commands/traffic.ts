import { heedFirst } from "../terminal/ending/signals";
import { besideResult, saying } from "../terminal/say";
import { takenStack } from "../stack/taken";
import { targetOf, findSeat, requireGateway } from "../traffic/seat";
import { display, summaryLines } from "../traffic/text";
import { chooseLesson, readOptions, type TrafficOptions } from "../traffic/options";
import { runTraffic } from "../traffic/traffic";

/**
 * `npm run traffic`: sends steady requests through the gateway until the time is over or Ctrl-C, and shows which
 * versions answer. The exit code is 1 when a request failed. With `--json`, standard output gets only the report.
 */
export async function traffic(given: TrafficOptions): Promise<void> {
  const { rate, duration, lesson: named } = readOptions(given);
  const out = besideResult(given.json);
  const seat = await findSeat(await takenStack(given.stack, { to: "use", say: saying(out) }));
  const lesson = chooseLesson(named, seat.lessons, seat.stack);
  await requireGateway(seat);

  const target = targetOf(lesson, seat.gatewayUrl);
  const host = target.headers?.Host === undefined ? "" : ` with Host ${target.headers.Host}`;
  out.write(
    `Lesson ${lesson} of stack ${seat.stack}: ${rate} requests a second for ${duration} s to ${target.url}${host}. Ctrl-C ends it early.\n`,
  );

  const stop = new AbortController();
  const release = heedFirst(() => stop.abort());
  const screen = display(out, duration);
  const report = await runTraffic(
    { target, rate, duration },
    { show: screen.show, every: screen.every, stop: stop.signal },
  );
  release();
  screen.end();

  out.write(`${summaryLines(report).join("\n")}\n`);
  if (given.json) process.stdout.write(`${JSON.stringify({ stack: seat.stack, lesson, ...report }, null, 2)}\n`);
  process.exitCode = report.failed > 0 ? 1 : 0;
}
