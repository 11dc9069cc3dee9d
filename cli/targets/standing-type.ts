/** What is known of a seat's cluster before anything of it is forgotten. */
export type Standing =
  /** It is gone, and this is how that is known: another cluster answers in its place, or who had it says that it is there no more. */
  | { readonly is: "lost"; readonly evidence: string }
  /** It answers: what it lost inside is found by asking it. */
  | { readonly is: "there"; readonly seen: string }
  /** Neither. Unreachable is not gone: nothing may be forgotten. */
  | { readonly is: "unknown"; readonly seen: string; readonly todo: string };
