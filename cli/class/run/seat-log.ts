import * as fs from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { masked } from "../../../base/secret-mask";
import type { Beside } from "../../terminal/ending/beside";

/** A seat's log of one verb, for its owner alone. The one of the time before goes; there is none as long as nothing is written. */
export class SeatLog {
  private begun = false;

  /** @param beside what writes it: a log that cannot be written ends no seat */
  constructor(
    private readonly file: string,
    private readonly beside: Beside,
  ) {
    beside(() => fs.rmSync(file, { force: true }));
  }

  write(text: string): void {
    this.beside(() => {
      fs.appendFileSync(this.file, stripVTControlCharacters(masked(text)), { mode: 0o600 });
      this.begun = true;
    });
  }

  /** The file, where there is anything in it. */
  get written(): string | undefined {
    return this.begun ? this.file : undefined;
  }
}
