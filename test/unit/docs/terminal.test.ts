import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Terminal } from "../../support/terminal";

let terminal: Terminal;
beforeEach(() => void (terminal = new Terminal(tmpdir(), { PATH: process.env.PATH! })));
afterEach(() => terminal.close());

it("remembers what earlier commands set, and tells both outputs in order", async () => {
  expect(await terminal.run("A='it''s'; cd /", 10)).toEqual({ printed: "", exitCode: 0 });
  expect(await terminal.run('echo "$A"; echo wrong >&2; pwd', 10)).toEqual({ printed: "its\nwrong\n/\n", exitCode: 0 });
});

it("tells the last exit code, and goes on after a failure", async () => {
  expect(await terminal.run("echo 'a\nb'\nfalse", 10)).toEqual({ printed: "a\nb\n", exitCode: 1 });
  expect(await terminal.run("printf c", 10)).toEqual({ printed: "c", exitCode: 0 });
});

it("gives commands nothing to read", async () => {
  expect(await terminal.run("cat; echo after", 10)).toEqual({ printed: "after\n", exitCode: 0 });
});

it("runs under another program, as a user of another network does", async () => {
  const under = new Terminal(tmpdir(), { PATH: process.env.PATH! }, ["env", "UNDER=it"]);
  try {
    expect(await under.run('echo "$UNDER"', 10)).toEqual({ printed: "it\n", exitCode: 0 });
  } finally {
    under.close();
  }
});

it("does not wait for ever, nor for a shell that is gone", async () => {
  await expect(terminal.run("echo so far; sleep 30", 0.5)).rejects.toThrow("not done within 0.5 s:\nso far");
  const other = new Terminal(tmpdir(), { PATH: process.env.PATH! });
  await expect(other.run("echo bye; exit 3", 10)).rejects.toThrow("the shell ended:\nbye");
  other.close();
});
