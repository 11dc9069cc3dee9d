/** The part of bidi-js that is used here; it brings no types. https://github.com/lojjic/bidi-js#readme */
declare module "bidi-js" {
  interface Bidi {
    getEmbeddingLevels(text: string): { readonly levels: Uint8Array };
    /** Which character stands at each place, from left to right. */
    getReorderedIndices(text: string, embedding: { readonly levels: Uint8Array }): number[];
    /** Index → the character that is seen there, of brackets in right-to-left writing. */
    getMirroredCharactersMap(text: string, levels: Uint8Array): Map<number, string>;
  }
  function bidiFactory(): Bidi;
  export = bidiFactory;
}
