import { UserError } from "../../../base/errors";
import { openClass } from "../open";
import { concurrencyOf, type ManyOptions } from "../run/options";
import { previewClass, type ClassPreview } from "../preview/preview-class";
import { previewText, unexpected, unexpectedText } from "../preview/text";
import { readOverlay } from "../roster/overlay";

export interface PreviewOptions extends ManyOptions {
  set?: string[];
  expectOnly?: string[];
  json?: boolean;
}

/** `class preview`: shows what `up` would change, with equal seats on one line. */
export async function preview(options: PreviewOptions): Promise<void> {
  const cls = openClass(options);
  const overlay = readOverlay(options.set, cls.roster);
  const found = await previewClass(cls, overlay, {
    concurrency: concurrencyOf(cls, options.concurrency),
    failFast: options.failFast,
  });
  const others = options.expectOnly ? unexpected(found.groups, options.expectOnly) : [];
  process.stdout.write(
    `${options.json ? JSON.stringify(report(cls.roster.name, found, others, options.expectOnly), undefined, 2) : previewText(found)}\n`,
  );
  if (others.length > 0) throw new UserError(unexpectedText(others, options.expectOnly!));
  if (found.failed.length > 0) process.exitCode = 1;
}

/** The preview as JSON. */
function report(
  name: string,
  { groups, failed }: ClassPreview,
  others: readonly object[],
  expected: readonly string[] | undefined,
): object {
  const troubles = failed.map((outcome) => ({
    seat: outcome.seat.seat,
    status: outcome.status,
    ...(outcome.status === "failed" && { trouble: outcome.trouble }),
  }));
  return { class: name, groups, failed: troubles, ...(expected && { expected, unexpected: others }) };
}
