import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cardOf, outputsOfSeats, sheetOf } from "../../../../cli/class/cards/card";
import { cardsPage } from "../../../../cli/class/cards/html";
import { cardsPdf } from "../../../../cli/class/cards/pdf";
import { fontsFor } from "../../../../cli/class/cards/text/fonts";
import type { RosterSeat } from "../../../../cli/class/model";

/** The CLI's part: it gives secrets away when it is asked for them, and says how it was called. */
const pulumi = `#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in *seat-7*) echo "error: passphrase must be set" >&2; exit 255;; *seat-9*) echo "error: no stack named 'seat-9' found" >&2; exit 255;; *seat-8*) echo '{}'; exit 0;; esac
case "$*" in *--show-secrets*) S=the-actual-secret;; *) S='[secret]';; esac
printf '{"GATEWAY_URL":"http://10.231.0.2:31380","KIALI_URL":"http://10.231.0.2:31602","lessons":{"bookinfo":"http://10.231.0.2:31380/productpage","more":"%s"},"kubeconfig":"%s"}' "$S" "$S"
`;
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "outputs-"));
  fs.writeFileSync(path.join(folder, "pulumi"), pulumi, { mode: 0o755 });
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const workspace = () => ({
  env: { PATH: `${folder}${path.delimiter}${process.env.PATH}`, CALLS: path.join(folder, "calls") },
  engine: folder,
});
const seat = (name: string): RosterSeat => ({ seat: name, trainee: "Ada", config: {}, at: "line 2" });

it("asks for no secret, and so has none to print", async () => {
  const [one] = await outputsOfSeats(workspace(), [seat("seat-1")]);
  if (!one || !("outputs" in one)) throw new Error("no outputs");
  expect(fs.readFileSync(path.join(folder, "calls"), "utf8")).toBe("stack output --json --stack seat-1\n");
  const cards = [cardOf("december", one.seat, one.outputs)];
  const pdf = await cardsPdf(cards, sheetOf("4"), await fontsFor(["Ada"], () => undefined, []), { compress: false });
  for (const text of [JSON.stringify(cards), cardsPage(cards, sheetOf("4")), pdf.toString("latin1")])
    expect(text).not.toMatch(/the-actual-secret|\[secret\]|kubeconfig/);
  expect(cards[0]!.addresses[1]!.url).toBe("http://10.231.0.2:31602");
});

it("tells a seat without a stack, and one that is not up, from the others", async () => {
  const seats = await outputsOfSeats(workspace(), ["seat-1", "seat-8", "seat-9"].map(seat));
  expect(seats.map((of) => ("missing" in of ? of.missing : "there"))).toEqual([
    "there",
    "it is not up",
    "it has no stack",
  ]);
});

it("goes on with no card where a seat could not be asked: that is not a seat without a stack", async () => {
  await expect(outputsOfSeats(workspace(), ["seat-1", "seat-7"].map(seat))).rejects.toThrow("passphrase must be set");
});

it("says what to do where there is no engine", async () => {
  await expect(outputsOfSeats({ ...workspace(), engine: undefined }, [seat("seat-1")])).rejects.toThrow(
    "`class up` installs it",
  );
});
