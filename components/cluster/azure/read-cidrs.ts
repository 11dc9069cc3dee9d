import type { Given } from "../../given";
import { cidrProblem, coverEverything } from "./cidr";
import { readList } from "./read-parts";

/** Reads a list of networks that may reach a port. There is no default and no way to write "everybody" here. */
export function readCidrs(given: Given<any>): string[] {
  const cidrs = readList(given, 'a list of IPv4 networks such as ["203.0.113.0/24", "198.51.100.7/32"]', readCidr);
  if (cidrs?.length === 0) given.refuse(() => "[] lets nobody in; name one network at least, such as 203.0.113.0/24");
  const right = (cidrs ?? []).filter((cidr) => cidr !== undefined);
  if (coverEverything(right)) given.refuse(() => "these networks together are the whole internet");
  return right;
}

function readCidr(given: Given): string | undefined {
  const text = given.needed.text(/^/, "an IPv4 network such as 203.0.113.0/24") as string | undefined;
  const problem = text === undefined ? undefined : cidrProblem(text);
  return problem === undefined ? text : given.refuse(`${given.shown} ${problem}`, "an IPv4 network such as 203.0.113.0/24");
}
