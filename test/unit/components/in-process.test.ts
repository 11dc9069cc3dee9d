import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { expect, it } from "vitest";
import { unpacked } from "./in-process";

const sent = (values: object) => Struct.fromJavaScript(values as never);
const received = (values: object) => sent(values).toJavaScript();

it("a message that stays unpacked says what a packed one says, and refuses what that one refuses", async () => {
  const values = {
    text: "a",
    empty: "",
    number: 0.5,
    zero: -0,
    flag: false,
    nothing: null,
    list: [1, "b", [], [null]],
    map: { inner: { list: [{}] } },
    "": 1,
  };
  const packed = received(values);
  expect(packed).toEqual(values);
  // The order of keys, too.
  expect(JSON.stringify(await unpacked(async () => received(values)))).toBe(JSON.stringify(packed));
  for (const refused of [{ a: undefined }, { a: [undefined] }, { a: { b: () => 1 } }]) {
    expect(() => sent(refused)).toThrow("Unexpected struct type.");
    await unpacked(async () => expect(() => sent(refused)).toThrow("Unexpected struct type."));
  }
});

it("what was sent and what was received are each one's own", async () => {
  const values = { list: [{ a: 1 }] };
  const message = await unpacked(async () => sent(values));
  values.list[0]!.a = 2;
  (message.toJavaScript() as typeof values).list[0]!.a = 3;
  expect(message.toJavaScript()).toEqual({ list: [{ a: 1 }] });
  expect(sent(values).constructor).toBe(Struct);
});
