/**
 * The instruction set of one CPU family: all rows, checked, expanded into effect lists, and arranged
 * for decoding. Everything an engine needs is derived here from the rows.
 */

import { Vector } from '../state.js';
import { Builder, type Form, type RepPrefix, type Variant } from './builder.js';
import type { Effect } from './ir.js';
import * as ir from './ir.js';
import { operand } from './operands.js';
import type { Row } from './row.js';
import { ARITHMETIC_ROWS } from './rows/arithmetic.js';
import { CONTROL_ROWS } from './rows/control.js';
import { DATA_ROWS } from './rows/data.js';
import { STRING_ROWS } from './rows/string.js';
import { SYSTEM_ROWS } from './rows/system.js';
import { X87_ROWS } from './rows/x87.js';

const ROWS: readonly Row[] = [
  ...ARITHMETIC_ROWS,
  ...DATA_ROWS,
  ...CONTROL_ROWS,
  ...STRING_ROWS,
  ...SYSTEM_ROWS,
  ...X87_ROWS,
];

/** Clocks a repeated string instruction costs besides its iterations (i486: 5 to 12; taken as 7). */
const REPEAT_OVERHEAD = 7;

/** One row in one variant: what engines execute. */
export interface Expanded {
  /** Position in `InstructionSet.expanded`. */
  readonly index: number;
  readonly row: Row;
  readonly variant: Variant;
  readonly effects: readonly Effect[];
  readonly clocks: number;
  /** Nothing can follow in the same block. */
  readonly ends: boolean;
}

/** A decoding table entry: rows by ModRM digit (or one for all), for memory and register forms. */
export interface Entry {
  readonly modrm: boolean;
  /** Index `digit * 2 + (register form ? 1 : 0)` into `rowIndex`, or a single row for all 16. */
  readonly rows: readonly (RowVariants | undefined)[];
}

/** A row with all its variants. */
export interface RowVariants {
  readonly row: Row;
  /** By `variantKey`. */
  readonly variants: readonly (Expanded | undefined)[];
}

const FORMS: readonly Form[] = ['reg', 'm16', 'm32', 'sib'];
const FORM_INDEX: Record<Form, number> = { reg: 0, m16: 1, m32: 2, sib: 3 };
const REPS: readonly RepPrefix[] = ['none', 'rep', 'repne'];
const REP_INDEX: Record<RepPrefix, number> = { none: 0, rep: 1, repne: 2 };

function variantKey({ opsize, addrsize, form, rep }: Variant): number {
  return variantIndex(opsize, addrsize, form, rep);
}

export function variantIndex(opsize: 16 | 32, addrsize: 16 | 32, form: Form, rep: RepPrefix): number {
  const sizes = (opsize === 32 ? 2 : 0) + (addrsize === 32 ? 1 : 0);
  return (sizes * 4 + FORM_INDEX[form]) * 3 + REP_INDEX[rep];
}

/** What the opcode column says. */
interface Opcode {
  readonly map: 0 | 1;
  readonly first: number;
  /** 8 for `+` opcodes, else 1. */
  readonly count: number;
  readonly digit: number | undefined;
  readonly forms: 'm' | 'r' | 'both';
}

export function parseOpcode(text: string): Opcode {
  const match = /^(0F )?([0-9A-F]{2})(\+)?(?: \/([0-7]))?(?: ([mr]))?$/.exec(text);
  if (!match) throw new Error(`opcode column '${text}' cannot be read`);
  const [, prefix, byte, plus, digit, forms] = match;
  return {
    map: prefix ? 1 : 0,
    first: Number.parseInt(byte!, 16),
    count: plus ? 8 : 1,
    digit: digit === undefined ? undefined : Number(digit),
    forms: (forms as 'm' | 'r' | undefined) ?? 'both',
  };
}

const takesModrm = (row: Row, opcode: Opcode): boolean =>
  opcode.digit !== undefined ||
  opcode.forms !== 'both' ||
  row.operands.some((o) => /^[EGRMSCDF]/.test(o) && o !== 'DX' && o !== 'CL');

/** The forms a row's ModRM operand can take. */
function formsOf(row: Row, opcode: Opcode): readonly Form[] {
  if (!takesModrm(row, opcode) || row.operands.some((o) => o[0] === 'R')) return ['reg'];
  if (opcode.forms === 'r') return ['reg'];
  return opcode.forms === 'm' ? FORMS.slice(1) : FORMS;
}

export class InstructionSet {
  readonly expanded: Expanded[] = [];
  /** By map (0: one-byte, 1: 0F) and opcode byte. */
  readonly maps: readonly (Entry | undefined)[][] = [[], []];
  /** #UD; what every encoding without a row is. */
  readonly invalid: Expanded;
  /** #GP(0): longer than 15 bytes. */
  readonly tooLong: Expanded;

  constructor(family: number) {
    this.invalid = this.#pseudo('UD', Vector.UD, undefined);
    this.tooLong = this.#pseudo('GP', Vector.GP, 0);
    for (const row of ROWS) if (row.since <= family) this.#install(row);
  }

  #pseudo(mnemonic: string, vector: number, error: number | undefined): Expanded {
    const shape = (b: Builder) => b.raiseIf(ir.constant(32, 1), vector, error);
    const row: Row = { mnemonic, opcode: '', operands: [], shape, clocks: [1, 1], since: 3, lock: false };
    const variant: Variant = { opsize: 32, addrsize: 32, form: 'reg', rep: 'none' };
    return this.#expand(row, variant).expanded;
  }

  #install(row: Row): void {
    const opcode = parseOpcode(row.opcode);
    const variants = this.#variantsOf(row, opcode);
    const map = this.maps[opcode.map] as (Entry | undefined)[];
    for (let byte = opcode.first; byte < opcode.first + opcode.count; byte++) {
      const modrm = takesModrm(row, opcode);
      const entry = map[byte] ?? { modrm, rows: new Array(16).fill(undefined) };
      if (entry.modrm !== modrm) throw new Error(`${row.opcode}: rows disagree on ModRM`);
      map[byte] = entry;
      this.#place(entry, row, opcode, variants);
    }
  }

  #place(entry: Entry, row: Row, opcode: Opcode, variants: RowVariants): void {
    const places = entry.rows as (RowVariants | undefined)[];
    for (let i = 0; i < 16; i++) {
      if (opcode.digit !== undefined && i >> 1 !== opcode.digit) continue;
      if (opcode.forms !== 'both' && (opcode.forms === 'r') !== (i % 2 === 1)) continue;
      const other = places[i];
      if (other) throw new Error(`${row.mnemonic} and ${other.row.mnemonic} both claim ${row.opcode}`);
      places[i] = variants;
    }
  }

  #variantsOf(row: Row, opcode: Opcode): RowVariants {
    const variants: (Expanded | undefined)[] = [];
    for (const form of formsOf(row, opcode)) {
      for (const addrsize of [16, 32] as const) {
        if (form !== 'reg' && (form === 'm16') !== (addrsize === 16)) continue;
        for (const opsize of [16, 32] as const) {
          for (const rep of REPS) this.#addVariant(row, variants, { opsize, addrsize, form, rep });
        }
      }
    }
    return { row, variants };
  }

  /** Expands a variant unless an earlier one, equal in all that the row asked for, serves. */
  #addVariant(row: Row, variants: (Expanded | undefined)[], variant: Variant): void {
    const sources: Variant[] = [
      { ...variant, rep: 'none' },
      { ...variant, opsize: 16 },
      { ...variant, opsize: 16, rep: 'none' },
      { ...variant, addrsize: 16 },
      { ...variant, addrsize: 16, rep: 'none' },
      { ...variant, addrsize: 16, opsize: 16 },
      { ...variant, addrsize: 16, opsize: 16, rep: 'none' },
    ];
    for (const source of sources) {
      const earlier = variants[variantKey(source)];
      if (earlier && this.#serves(earlier, variant)) {
        variants[variantKey(variant)] = earlier;
        return;
      }
    }
    const { expanded, uses } = this.#expand(row, variant);
    this.#uses.set(expanded, uses);
    variants[variantKey(variant)] = expanded;
  }

  readonly #uses = new Map<Expanded, { opsize: boolean; addrsize: boolean; rep: boolean }>();

  #serves(e: Expanded, v: Variant): boolean {
    const uses = this.#uses.get(e)!;
    return (
      e.variant.form === v.form &&
      (!uses.opsize || e.variant.opsize === v.opsize) &&
      (!uses.addrsize || e.variant.addrsize === v.addrsize) &&
      (!uses.rep || e.variant.rep === v.rep)
    );
  }

  #expand(row: Row, variant: Variant) {
    const b = new Builder(variant);
    row.shape(
      b,
      row.operands.map((code) => operand(b, code)),
    );
    const repeats = b.effects.some((e) => e.k === 'repeat');
    const clocks = repeats ? REPEAT_OVERHEAD : row.clocks[variant.form === 'reg' ? 0 : 1];
    const ends = b.effects.some((e) => e.k === 'repeat' || e.k === 'leave' || e.k === 'jump');
    const expanded: Expanded = {
      index: this.expanded.length,
      row,
      variant,
      effects: b.effects,
      clocks,
      ends,
    };
    this.expanded.push(expanded);
    const uses = { opsize: b.usedOpsize, addrsize: b.usedAddrsize, rep: b.usedRep };
    return { expanded, uses };
  }
}

const sets = new Map<number, InstructionSet>();

/** The instruction set of a CPU family, built once. */
export function instructionSet(family: number): InstructionSet {
  let set = sets.get(family);
  if (!set) sets.set(family, (set = new InstructionSet(family)));
  return set;
}
