/** The part of zstd-codec (which ships no types) that is used here. */
declare module 'zstd-codec' {
  export const ZstdCodec: {
    run(
      ready: (library: {
        readonly Simple: new () => {
          compress(content: Uint8Array, level: number): Uint8Array | null;
          decompress(compressed: Uint8Array): Uint8Array | null;
        };
      }) => void,
    ): void;
  };
}
