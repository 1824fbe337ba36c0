/**
 * Reads hardware vectors in the MOO format: little-endian chunks {tag, length, payload}, one test an
 * instruction, with the state before and what changed. Only the architectural part is read here.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Registers in the order of the bits of a REGS mask. */
export const REGISTERS = [
  'ax',
  'bx',
  'cx',
  'dx',
  'cs',
  'ss',
  'ds',
  'es',
  'sp',
  'bp',
  'si',
  'di',
  'ip',
  'flags',
] as const;
export type Register = (typeof REGISTERS)[number];

export interface MooState {
  readonly regs: Partial<Record<Register, number>>;
  readonly ram: readonly (readonly [number, number])[];
}

export interface MooTest {
  readonly index: number;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly initial: MooState;
  readonly final: MooState;
  /** The exception taken, and where its flags image was pushed. */
  readonly exception: { readonly number: number; readonly flagsAt: number } | undefined;
}

interface Chunk {
  readonly tag: string;
  readonly data: DataView;
}

function* chunks(view: DataView, from = 0): Generator<Chunk> {
  for (let at = from; at + 8 <= view.byteLength; ) {
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
    const length = view.getUint32(at + 4, true);
    yield { tag, data: new DataView(view.buffer, view.byteOffset + at + 8, length) };
    at += 8 + length;
  }
}

function readState(view: DataView): MooState {
  const regs: Partial<Record<Register, number>> = {};
  const ram: [number, number][] = [];
  for (const { tag, data } of chunks(view)) {
    if (tag === 'REGS') {
      const mask = data.getUint16(0, true);
      let at = 2;
      REGISTERS.forEach((name, i) => {
        if (!(mask & (1 << i))) return;
        regs[name] = data.getUint16(at, true);
        at += 2;
      });
    } else if (tag === 'RAM ') {
      for (let i = 0; i < data.getUint32(0, true); i++)
        ram.push([data.getUint32(4 + i * 5, true), data.getUint8(8 + i * 5)]);
    }
  }
  return { regs, ram };
}

function readTest(view: DataView): MooTest {
  const parts = new Map([...chunks(view, 4)].map((c) => [c.tag, c.data]));
  const text = parts.get('NAME')!;
  const bytes = parts.get('BYTS')!;
  const excp = parts.get('EXCP');
  return {
    index: view.getUint32(0, true),
    name: new TextDecoder().decode(new Uint8Array(text.buffer, text.byteOffset + 4, text.getUint32(0, true))),
    bytes: new Uint8Array(bytes.buffer, bytes.byteOffset + 4, bytes.getUint32(0, true)),
    initial: readState(parts.get('INIT')!),
    final: readState(parts.get('FINA')!),
    exception: excp && { number: excp.getUint8(0), flagsAt: excp.getUint32(1, true) },
  };
}

/** All tests of one gzipped MOO file. */
export function readMoo(path: string): MooTest[] {
  const raw = gunzipSync(readFileSync(path));
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return [...chunks(view)].filter((c) => c.tag === 'TEST').map((c) => readTest(c.data));
}
