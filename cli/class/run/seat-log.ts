import * as fs from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { masked } from "../../../base/secret-mask";

/** A seat's log of one verb, for its owner alone. The one of the time before goes; there is none as long as nothing is written. */
export class SeatLog {
  private begun = false;

  constructor(private readonly file: string) {
    fs.rmSync(file, { force: true });
  }

  write(text: string): void {
    this.begun = true;
    fs.appendFileSync(this.file, stripVTControlCharacters(masked(text)), { mode: 0o600 });
  }

  /** The file, where there is anything in it. */
  get written(): string | undefined {
    return this.begun ? this.file : undefined;
  }
}
