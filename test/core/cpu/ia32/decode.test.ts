/**
 * Decoding against iced-x86: length and mnemonic of every opcode of both maps with every ModRM byte, in
 * 16- and 32-bit code, with prefixes, and of random bytes. Where the two may differ is listed below with
 * the reason; what the core takes for undefined must be undefined to iced, or of a later processor.
 */
import { CpuidFeature, DecoderOptions, Decoder as Iced, Mnemonic } from 'iced-x86';
import { describe, expect, it } from 'vitest';
import { Decoder } from '../../../../src/core/cpu/ia32/isa/decode.js';
import { instructionSet } from '../../../../src/core/cpu/ia32/isa/table.js';
import { Chance } from './support/chance.js';

const SHOWN = 5;
const RANDOM = 50_000;
const MAX_LENGTH = 15;
const set = instructionSet(6);
const ours = new Decoder(set);

/** Names that the rows do not tell apart by operand size, or that differ in spelling. */
const ALIASES: Record<string, string> = {
  CWDE: 'CBW',
  CDQ: 'CWD',
  IRETD: 'IRET',
  JECXZ: 'JCXZ',
  POPAD: 'POPA',
  POPFD: 'POPF',
  PUSHAD: 'PUSHA',
  PUSHFD: 'PUSHF',
  SAL: 'SHL',
  XLATB: 'XLAT',
};
const STRING = /^(INS|OUTS|MOVS|CMPS|STOS|LODS|SCAS)[BWD]$/;

/** What an i686 takes for the older instruction, because it ignores a prefix or a hint that later ones read. */
const OLDER_READING: Record<string, RegExp> = {
  BSF: /^TZCNT$/,
  BSR: /^LZCNT$/,
  WBINVD: /^WBNOINVD$/,
  NOP: /^(RESERVEDNOP|PREFETCH\w+|CLDEMOTE|ENDBR\d+|RDSSPD)$/,
};

/** Rows that leave it to their meaning to raise #UD. */
const CHECKED_BY_MEANING: Record<string, string> = {
  x87: 'the x87 unit knows its undefined encodings',
  MOV: 'numbers of segment, control and debug registers that do not exist',
  FXSAVE: 'prefixes 66, F2 and F3 are ignored; later manuals reserve them',
  FXRSTOR: 'as FXSAVE',
};

/** CPUID features of an i686 as modelled: everything else may be undefined here. */
const I686 =
  /^(INTEL8086(_ONLY)?|INTEL[1-4]86(_ONLY)?|CPUID|MSR|TSC|CX8|CMOV|FPU|FPU287|FPU387|FXSR|SEP|PENTIUM_PRO|RDPMC)$/;

interface Reading {
  readonly mnemonic: string;
  readonly length: number;
}

function readOurs(bytes: Uint8Array, size: 16 | 32): Reading {
  const d = ours.decode((i) => bytes[i] ?? 0, size);
  const mnemonic =
    d.expanded === set.invalid || d.expanded === set.tooLong ? 'INVALID' : d.expanded.row.mnemonic;
  return { mnemonic, length: d.length };
}

function readIced(bytes: Uint8Array, size: 16 | 32): Reading & { readonly features: readonly string[] } {
  const decoder = new Iced(size, bytes, DecoderOptions.NoPause);
  const instruction = decoder.decode();
  const mnemonic = Mnemonic[instruction.mnemonic]!.toUpperCase();
  const features = [...instruction.cpuidFeatures()].map((f) => CpuidFeature[f]!);
  const { length } = instruction;
  instruction.free();
  decoder.free();
  return { mnemonic, length, features };
}

/** What is wrong with our reading; undefined if nothing is. */
function disagreement(bytes: Uint8Array, size: 16 | 32): string | undefined {
  const a = readOurs(bytes, size);
  const b = readIced(bytes, size);
  const complaint = `${size} bits [${[...bytes].map((x) => x.toString(16).padStart(2, '0')).join(' ')}]: ${a.mnemonic} ${a.length}, iced ${b.mnemonic} ${b.length}`;
  if (a.mnemonic === 'INVALID') {
    const later = b.mnemonic === 'RESERVEDNOP' || b.features.some((f) => !I686.test(f));
    return b.mnemonic === 'INVALID' || later ? undefined : complaint;
  }
  if (b.mnemonic === 'INVALID') return a.mnemonic in CHECKED_BY_MEANING ? undefined : complaint;
  return a.length === b.length && sameName(a.mnemonic, b.mnemonic) ? undefined : complaint;
}

function sameName(a: string, iced: string): boolean {
  if (a === 'x87') return iced[0] === 'F';
  const plain = STRING.test(iced) ? iced.slice(0, -1) : (ALIASES[iced] ?? iced);
  return a === plain || (OLDER_READING[a]?.test(iced) ?? false);
}

const PREFIXES: readonly (readonly number[])[] = [
  [],
  [0x66],
  [0x67],
  [0xf0],
  [0xf2],
  [0xf3],
  [0x2e, 0x66, 0x67],
];
/** SIB, displacement and immediate bytes that tell their places apart. */
const TAIL = [0x65, 0x80, 0x81, 0x92, 0x83, 0x44, 0x85, 0x86, 0x07, 0x08];

describe('the decoder agrees with iced-x86', () => {
  for (const size of [16, 32] as const) {
    for (const prefix of PREFIXES) {
      const name = prefix.map((p) => p.toString(16)).join(' ') || 'none';
      it(`in every opcode with every ModRM, ${size}-bit code, prefixes ${name}`, () => {
        const wrong: string[] = [];
        for (const map of [[], [0x0f]]) {
          for (let n = 0; n < 0x10000; n++) {
            const complaint = disagreement(
              Uint8Array.from([...prefix, ...map, n >>> 8, n & 0xff, ...TAIL]),
              size,
            );
            if (complaint) wrong.push(complaint);
          }
        }
        expect(wrong.slice(0, SHOWN), `${wrong.length} disagreements`).toEqual([]);
      });
    }

    it(`in random bytes, ${size}-bit code`, () => {
      const chance = new Chance(size);
      const wrong: string[] = [];
      for (let n = 0; n < RANDOM; n++) {
        const bytes = Uint8Array.from({ length: MAX_LENGTH }, () => chance.bits());
        const complaint = disagreement(bytes, size);
        if (complaint) wrong.push(complaint);
      }
      expect(wrong.slice(0, SHOWN), `${wrong.length} disagreements`).toEqual([]);
    });
  }
});

/** Opcodes that are #UD on the modelled i686, beside UD0, UD1 and UD2, with the reason. */
const UNDEFINED: readonly (readonly [string, string])[] = [
  ['0F 04', 'undefined; 04 and 05 were LOADALL and more on the 286'],
  ['0F 05', 'SYSCALL: AMD'],
  ['0F 07', 'SYSRET: AMD'],
  ['0F 0A', 'undefined'],
  ['0F 0C', 'undefined'],
  ['0F 0D-0F', 'PREFETCHW, FEMMS, 3DNow!: AMD'],
  ['0F 10-17', 'SSE: not modelled yet'],
  ['0F 24-27', 'test registers: of the 386 and 486 only, not modelled'],
  ['0F 28-2F', 'SSE: not modelled yet'],
  ['0F 36-37', 'undefined, GETSEC: later'],
  ['0F 38-3F', 'SSSE3, SSE4 and later; the rest undefined'],
  ['0F 50-7F', 'MMX, SSE: not modelled yet'],
  ['0F A6-A7', 'XBTS and IBTS of the first 386, CMPXCHG of the first 486'],
  ['0F AA', 'RSM: system management mode is not modelled'],
  ['0F B8', 'JMPE, POPCNT: later'],
  ['0F C2-C6', 'SSE: not modelled yet'],
  ['0F D0-FE', 'MMX, SSE: not modelled yet'],
];

/** Places of groups that are #UD: digit, and m or r if only that form is. */
const UNDEFINED_IN_GROUPS: Record<string, string> = {
  '62': 'all r',
  '8D': 'all r',
  '8F': '1 2 3 4 5 6 7',
  C4: 'all r',
  C5: 'all r',
  C6: '1 2 3 4 5 6 7',
  C7: '1 2 3 4 5 6 7',
  FE: '2 3 4 5 6 7',
  FF: '3r 5r 7',
  '0F 00': '6 7',
  '0F 01': '0r 1r 2r 3r 5 7r',
  '0F AE': '0r 1r 2 3 4 5 6 7',
  '0F B2': 'all r',
  '0F B4': 'all r',
  '0F B5': 'all r',
  '0F BA': '0 1 2 3',
  '0F C7': '0 1r 2 3 4 5 6 7',
};

const PREFIX_BYTES = [0x0f, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3];
const hex = (n: number): string => n.toString(16).padStart(2, '0').toUpperCase();

function undefinedOpcodes(): string[] {
  return UNDEFINED.flatMap(([range]) => {
    const [first, last] = range
      .slice(3)
      .split('-')
      .map((x) => Number.parseInt(x, 16)) as [number, number?];
    return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => `0F ${hex(first + i)}`);
  });
}

function holes(opcode: string): string[] {
  const list = UNDEFINED_IN_GROUPS[opcode] ?? '';
  if (list === 'all r') return [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `${n}r`);
  return list.split(' ').flatMap((x) => (x.length === 1 ? [`${x}m`, `${x}r`] : x ? [x] : []));
}

describe('every opcode', () => {
  it('is a row or a declared #UD', () => {
    const found = set.maps.flatMap((map, n) =>
      Array.from({ length: 256 }, (_, byte) => byte)
        .filter((byte) => !map[byte] && !(n === 0 && PREFIX_BYTES.includes(byte)))
        .map((byte) => `${n ? '0F ' : ''}${hex(byte)}`),
    );
    expect(found).toEqual(undefinedOpcodes());
  });

  it('is a row or a declared #UD in every place of every group', () => {
    set.maps.forEach((map, n) => {
      map.forEach((entry, byte) => {
        const opcode = `${n ? '0F ' : ''}${hex(byte)}`;
        const missing = entry?.rows.flatMap((row, i) => (row ? [] : [`${i >> 1}${i & 1 ? 'r' : 'm'}`])) ?? [];
        expect(missing, opcode).toEqual(holes(opcode));
      });
    });
  });
});
