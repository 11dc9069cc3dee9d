/**
 * Marks a profile as ours by an additional name in its API server's certificate (`--apiserver-names`). minikube keeps
 * that name in the profile's own config, from before the machine exists until the profile is deleted. The mark thus
 * lives as long as the profile, whoever deletes it and however `start` ends.
 */
const domain = ".generation.istio-lab.invalid"; // .invalid names nothing (RFC 2606)

export function markOf(generation: string): string {
  return `${generation}${domain}`;
}

/**
 * Returns the generation that a profile with these names was created for. Undefined for a profile that is not ours.
 */
export function generationIn(serverNames: readonly string[]): string | undefined {
  return serverNames.find((name) => name.endsWith(domain))?.slice(0, -domain.length);
}
