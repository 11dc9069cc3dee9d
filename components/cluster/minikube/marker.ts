/**
 * A profile says whose it is by one more name in its apiserver's certificate (`--apiserver-names`): minikube keeps it in the profile's own config from
 * before there is a machine until the profile is deleted, so the mark comes, stays and goes with the profile, whoever deletes it and however `start` ends.
 */
const domain = ".generation.istio-lab.invalid"; // .invalid names nothing (RFC 2606)

export function markOf(generation: string): string {
  return `${generation}${domain}`;
}

/** The generation that a profile with these names was made for; undefined for one that is not ours. */
export function generationIn(serverNames: readonly string[]): string | undefined {
  return serverNames.find((name) => name.endsWith(domain))?.slice(0, -domain.length);
}
