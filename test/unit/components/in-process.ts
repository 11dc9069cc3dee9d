import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

type Values = { [key: string]: JavaScriptValue };

/** A message's values as they are: Pulumi's mocks are in the process of the program, and nothing has to be packed for a wire. */
class Unpacked extends Struct {
  private readonly values: Values;

  constructor(values: Values) {
    super();
    this.values = copied(values) as Values;
  }

  override toJavaScript(): Values {
    return copied(this.values) as Values;
  }
}

/**
 * What would arrive of a value. The receiver may change it.
 * @throws what the real message throws for a value that has no form on the wire
 */
function copied(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== "object") throw new Error("Unexpected struct type.");
  const copy: Record<string, unknown> = {};
  // In the order in which a message of protobuf tells its map.
  for (const key of Object.keys(value).sort()) copy[key] = copied((value as Record<string, unknown>)[key]);
  return copy;
}

/** Makes what is sent meanwhile stay unpacked: to pack and unpack it, key by key and twice over, took a seventh of a program's run. */
export async function unpacked<T>(run: () => Promise<T>): Promise<T> {
  const { fromJavaScript } = Struct;
  Struct.fromJavaScript = (values) => new Unpacked(values);
  return run().finally(() => (Struct.fromJavaScript = fromJavaScript));
}
