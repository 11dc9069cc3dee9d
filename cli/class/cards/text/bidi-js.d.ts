/** Types for the functions of bidi-js that we use, since it ships none. https://github.com/lojjic/bidi-js#readme */
declare module "bidi-js" {
  interface Bidi {
    getEmbeddingLevels(text: string): { readonly levels: Uint8Array };
    /** The index of the character at each place, from left to right. */
    getReorderedIndices(text: string, embedding: { readonly levels: Uint8Array }): number[];
    /** Index → the mirrored character to draw, e.g. for brackets in right-to-left text. */
    getMirroredCharactersMap(text: string, levels: Uint8Array): Map<number, string>;
  }
  function bidiFactory(): Bidi;
  export = bidiFactory;
}
