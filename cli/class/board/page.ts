import * as fs from "node:fs";
import * as path from "node:path";
import { writeWhole } from "../../../base/files";
import { besideTheWork, type Beside } from "../../terminal/ending/beside";
import { boardPage } from "./html";
import type { LiveBoard } from "./live";

/** How soon after a change the page is written: thirty seats change many times a second. */
const SOON_MS = 500;
/** How long it stays as it is where nothing changes: its clocks stand still. */
const OLD_MS = 5000;

/** Keeps a board as a page while a verb runs. Each change writes the page anew, whole or not at all. A page that cannot be written ends nothing. */
export class BoardFile {
  private soon?: NodeJS.Timeout;
  private readonly clock: NodeJS.Timeout;
  private readonly beside: Beside;

  constructor(
    private readonly board: LiveBoard,
    private readonly file: string,
    say: (text: string) => void,
  ) {
    this.beside = besideTheWork(`The board ${file}`, say);
    this.beside(() => fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true }));
    board.watch(() => (this.soon ??= setTimeout(() => this.write(), SOON_MS)));
    this.clock = setInterval(() => this.write(), OLD_MS).unref();
    this.write();
  }

  end(): void {
    clearInterval(this.clock);
    this.write();
  }

  private write(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    this.beside(() => writeWhole(this.file, boardPage(this.board.snapshot())));
  }
}
