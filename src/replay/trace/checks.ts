/**
 * State checks as bytes: each fingerprint is coded as its difference from the one before it, word by
 * word. Unlike the columns, checks chain through the whole file.
 */
import { ByteReader, ByteWriter, OutOfBytes } from './bytes.js';

export interface Check {
  readonly clock: number;
  /** How many of its segment's inputs had been admitted. */
  readonly inputs: number;
  readonly fingerprint: Uint8Array;
}

const WORD = 8;

/** Codes checks in order; keeps the fingerprint that the next one is compared with. */
export class CheckEncoder {
  #previous: Uint8Array;

  /** `size`: bytes of a fingerprint, a multiple of 8. `last`: the last one in the trace already. */
  constructor(size: number, last: Uint8Array = new Uint8Array(size)) {
    this.#previous = last;
  }

  encode(checks: readonly Check[], from: number): Uint8Array {
    const out = new ByteWriter();
    out.varint(checks.length);
    let clock = from;
    for (const check of checks) {
      out.varint(check.clock - clock);
      out.varint(check.inputs);
      this.#difference(check.fingerprint, out);
      clock = check.clock;
    }
    return out.take();
  }

  /** For each changed word: words skipped + 1, a mask of changed bytes, their XOR. A 0 ends it. */
  #difference(fingerprint: Uint8Array, out: ByteWriter): void {
    const previous = this.#previous;
    let skipped = 0;
    for (let at = 0; at < fingerprint.length; at += WORD) {
      let mask = 0;
      for (let i = 0; i < WORD; i++) if (fingerprint[at + i] !== previous[at + i]) mask |= 1 << i;
      skipped++;
      if (!mask) continue;
      out.varint(skipped);
      out.u8(mask);
      for (let i = 0; i < WORD; i++) if (mask & (1 << i)) out.u8(fingerprint[at + i]! ^ previous[at + i]!);
      skipped = 0;
    }
    out.varint(0);
    this.#previous = fingerprint;
  }
}

export class CheckDecoder {
  #previous: Uint8Array;

  constructor(size: number) {
    this.#previous = new Uint8Array(size);
  }

  decode(bytes: Uint8Array, from: number): Check[] {
    const src = new ByteReader(bytes);
    const checks: Check[] = [];
    let clock = from;
    for (let n = src.count(); n > 0; n--) {
      clock += src.varint();
      checks.push({ clock, inputs: src.varint(), fingerprint: this.#apply(src) });
    }
    if (src.remaining) throw new OutOfBytes(`${src.remaining} bytes too many`);
    return checks;
  }

  #apply(src: ByteReader): Uint8Array {
    const fingerprint = this.#previous.slice();
    let word = -1;
    for (let skip = src.varint(); skip > 0; skip = src.varint()) {
      word += skip;
      const mask = src.u8();
      if ((word + 1) * WORD > fingerprint.length) throw new OutOfBytes('a check of another machine');
      for (let i = 0; i < WORD; i++) {
        if (mask & (1 << i)) fingerprint[word * WORD + i]! ^= src.u8();
      }
    }
    this.#previous = fingerprint;
    return fingerprint;
  }
}
