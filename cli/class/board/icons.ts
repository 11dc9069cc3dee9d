import type { Phase } from "../model";

/** A sign for each phase, drawn: a font may have none, and a colour alone tells nothing to who does not see it. */
export const icons: Readonly<Record<Phase, string>> = {
  waiting: icon('<circle cx="10" cy="10" r="7" class="line thin"/>'),
  running: icon('<circle cx="10" cy="10" r="9" class="fill"/><path d="M7.6 5.8 15 10 7.6 14.2Z" class="on"/>'),
  retrying: icon('<path d="M16.6 10a6.6 6.6 0 1 1-2.2-4.9" class="line"/><path d="M17.6 1.6V7.4H11.8Z" class="fill"/>'),
  done: icon('<circle cx="10" cy="10" r="9" class="fill"/><path d="M5.6 10.4 8.8 13.5 14.6 7" class="line on-line"/>'),
  failed: icon('<circle cx="10" cy="10" r="9" class="fill"/><path d="M6.5 6.5 13.5 13.5M13.5 6.5 6.5 13.5" class="line on-line"/>'),
  interrupted: icon('<circle cx="10" cy="10" r="9" class="fill"/><path d="M7.2 6.2V13.8M12.8 6.2V13.8" class="line on-line"/>'),
  skipped: icon('<circle cx="10" cy="10" r="7" class="line thin"/><path d="M6.5 10H13.5" class="line thin"/>'),
};

function icon(drawn: string): string {
  return `<svg viewBox="0 0 20 20" aria-hidden="true">${drawn}</svg>`;
}
