/**
 * What leaves the machine, digested: for each kind of note a count and a running hash of everything that
 * was noted, clocks included. So a trace need not hold the guest's output to prove that replay repeats it.
 */
import type { Note, NoteKind } from '../core/device.js';

/** In the order in which digests are stored. */
export const NOTE_KINDS: readonly NoteKind[] = [
  'irq',
  'serial',
  'disk',
  'dma',
  'key',
  'mouse',
  'screen',
  'power',
  'debug',
  'net',
];

const KIND_INDEX = new Map(NOTE_KINDS.map((kind, i) => [kind, i]));

export class NoteDigest {
  /** For each kind: notes so far (modulo 2^32), and the hash of them. */
  readonly words: Uint32Array;
  readonly #text = new Map<string, number>();

  /** `words`: of what was noted before. */
  constructor(words: Uint32Array = new Uint32Array(NOTE_KINDS.length * 2)) {
    this.words = words;
  }

  add(note: Note, clock: number): void {
    const at = KIND_INDEX.get(note.kind)! * 2;
    let h = this.words[at + 1]!;
    h = mix(h, this.#code(note.device));
    h = mix(h, this.#code(note.what));
    h = mixNumber(h, clock);
    h = mixNumber(h, note.a);
    h = mixNumber(h, note.b);
    this.words[at]!++;
    this.words[at + 1] = h;
  }

  count(kind: NoteKind): number {
    return this.words[KIND_INDEX.get(kind)! * 2]!;
  }

  #code(text: string): number {
    const known = this.#text.get(text);
    if (known !== undefined) return known;
    let h = text.length;
    for (let i = 0; i < text.length; i++) h = mix(h, text.charCodeAt(i));
    this.#text.set(text, h);
    return h;
  }
}

/** One step of MurmurHash3 (32 bits): enough to tell different histories apart. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function mixNumber(hash: number, value: number): number {
  return mix(mix(hash, value | 0), Math.floor(value / 2 ** 32) | 0);
}
