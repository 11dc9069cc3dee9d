import { randomBytes, randomInt } from "node:crypto";
import { annotateSecrets, plain, secret, type Bag } from "../../../../embedded/provider/wire";
import type { Cloud } from "../cloud";
import type { Found, Plugin } from "./server";

/** Real random values. Every input that changes makes a new one, as terraform-provider-random has it (`RequiresReplace` on each, keepers first). */
export function random(cloud: Cloud): Plugin {
  return {
    version: (require("@pulumi/random/package.json") as { version: string }).version,
    replaces: () => true,
    deleteBeforeReplace: false,
    create: async (token, inputs) => {
      const made = makers[token]?.(plain(inputs) as Bag);
      if (made === undefined) throw new Error(`the stand-in for random makes no ${token}`);
      if (made.isSecret) cloud.keepSecret(made.outputs.result as string);
      const outputs: Bag = { ...inputs, ...made.outputs };
      if (made.isSecret) outputs.result = secret(outputs.result);
      annotateSecrets(outputs, inputs);
      return { id: made.id, outputs };
    },
    read: async (_token, _id, state): Promise<Found> => ({ outputs: state }),
    update: async () => {
      throw new Error("every change of a random value is a replacement");
    },
    delete: async () => {},
  };
}

const sets = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

const makers: Record<string, (inputs: Bag) => { id: string; outputs: Bag; isSecret?: true }> = {
  "random:index/randomId:RandomId": ({ byteLength, prefix = "" }) => {
    const bytes = randomBytes(byteLength as number);
    const [hex, url, std] = [bytes.toString("hex"), bytes.toString("base64url"), bytes.toString("base64")].map(
      (text) => `${prefix}${text}`,
    );
    return {
      id: bytes.toString("base64url"),
      outputs: { hex, b64Url: url, b64Std: std, dec: `${prefix}${BigInt(`0x${bytes.toString("hex")}`)}` },
    };
  },
  "random:index/randomString:RandomString": (inputs) => {
    const result = text(inputs);
    return { id: result, outputs: { result } };
  },
  "random:index/randomPassword:RandomPassword": (inputs) => ({
    id: "none",
    outputs: { result: text(inputs) },
    isSecret: true,
  }),
};

/** Kinds of characters are on unless they are turned off. */
function text(inputs: Bag): string {
  const on = (["lower", "upper", "numeric", "special"] as const).filter((kind) => inputs[kind] !== false);
  const letters = on
    .map((kind) => (kind === "special" ? ((inputs.overrideSpecial as string | undefined) ?? sets.special) : sets[kind]))
    .join("");
  return Array.from({ length: inputs.length as number }, () => letters[randomInt(letters.length)]).join("");
}
