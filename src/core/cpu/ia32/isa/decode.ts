/**
 * Decoding: bytes to a variant of a row and its fields (SDM volume 2, chapter 2). One decoder serves
 * every engine. Bytes are fetched one by one, so that a fault on the instruction's second page is raised
 * exactly when a byte of it is needed.
 */
import { IA32, Seg } from '../state.js';
import type { Form, RepPrefix } from './builder.js';
import type { Entry, Expanded, InstructionSet } from './table.js';
import { variantIndex } from './table.js';

/** The fields of one decoded instruction, see `FieldName`; reused from one decode to the next. */
export interface Decoded {
  expanded: Expanded;
  length: number;
  reg: number;
  /** Also `rm`. */
  base: number;
  index: number;
  scale: number;
  seg: number;
  disp: number;
  imm: number;
}

/** Bytes of the longest instruction. */
export const MAX_LENGTH = 15;
const ZERO = IA32.at.zero;
const SEGMENT_PREFIX: Record<number, number> = {
  38: Seg.es,
  46: Seg.cs,
  54: Seg.ss,
  62: Seg.ds,
  100: Seg.fs,
  101: Seg.gs,
};

/** Base and index registers of the eight 16-bit address forms; -1: none. */
const ADDRESS16: readonly (readonly [number, number])[] = [
  [3, 6],
  [3, 7],
  [5, 6],
  [5, 7],
  [6, -1],
  [7, -1],
  [5, -1],
  [3, -1],
];

const slotOf = (register: number): number => (register < 0 ? ZERO : register * 8);
const byteRegister = (n: number): number => (n < 4 ? n * 8 : (n - 4) * 8 + 1);

/** Thrown inside the decoder when the 16th byte would be fetched. */
const TOO_LONG = Symbol('instruction longer than 15 bytes');

export class Decoder {
  readonly #set: InstructionSet;
  readonly out: Decoded;
  /** Gives byte `i` of the instruction; may throw a Fault. */
  #fetch: (i: number) => number = () => 0;
  #at = 0;
  #opsize: 16 | 32 = 16;
  #addrsize: 16 | 32 = 16;
  #segment = -1;
  #rep: RepPrefix = 'none';
  #lock = false;
  #form: Form = 'reg';
  #modrm = 0;

  constructor(set: InstructionSet) {
    this.#set = set;
    this.out = {
      expanded: set.invalid,
      length: 0,
      reg: 0,
      base: ZERO,
      index: ZERO,
      scale: 0,
      seg: Seg.ds,
      disp: 0,
      imm: 0,
    };
  }

  /** Decodes one instruction in a code segment of `size` bits. The result is valid until the next call. */
  decode(fetch: (i: number) => number, size: 16 | 32): Decoded {
    this.#fetch = fetch;
    this.#at = 0;
    this.#opsize = this.#addrsize = size;
    this.#segment = -1;
    this.#rep = 'none';
    this.#lock = false;
    this.#form = 'reg';
    const { out } = this;
    out.reg = out.scale = out.disp = out.imm = 0;
    out.base = out.index = ZERO;
    out.seg = Seg.ds;
    try {
      this.out.expanded = this.#instruction();
    } catch (e) {
      if (e !== TOO_LONG) throw e;
      this.out.expanded = this.#set.tooLong;
    }
    this.out.length = this.#at;
    return this.out;
  }

  #byte(): number {
    if (this.#at >= MAX_LENGTH) throw TOO_LONG;
    const b = this.#fetch(this.#at);
    this.#at++;
    return b;
  }

  #word(): number {
    const lowByte = this.#byte();
    return lowByte | (this.#byte() << 8);
  }

  #dword(): number {
    const lowWord = this.#word();
    return lowWord | (this.#word() << 16);
  }

  #signedByte = (): number => (this.#byte() << 24) >> 24;

  #instruction(): Expanded {
    let opcode = this.#prefixes();
    let map = this.#set.maps[0]!;
    if (opcode === 0x0f) {
      map = this.#set.maps[1]!;
      opcode = this.#byte();
    }
    const entry = map[opcode];
    if (!entry) return this.#set.invalid;
    const chosen = this.#select(entry);
    if (!chosen) return this.#set.invalid;
    const { row, variants } = chosen;
    this.#operands(row.operands, opcode);
    if (this.#lock && !(row.lock && this.#form !== 'reg')) return this.#set.invalid;
    const key = variantIndex(this.#opsize, this.#addrsize, this.#form, this.#rep);
    return variants[key] ?? this.#set.invalid;
  }

  #prefixes(): number {
    const size = this.#opsize;
    const other = size === 16 ? 32 : 16;
    for (;;) {
      const b = this.#byte();
      const segment = SEGMENT_PREFIX[b];
      if (segment !== undefined) this.#segment = segment;
      else if (b === 0x66) this.#opsize = other;
      else if (b === 0x67) this.#addrsize = other;
      else if (b === 0xf0) this.#lock = true;
      else if (b === 0xf2) this.#rep = 'repne';
      else if (b === 0xf3) this.#rep = 'rep';
      else return b;
    }
  }

  /** Reads ModRM where the entry has one and picks the row. */
  #select(entry: Entry) {
    if (!entry.modrm) return entry.rows[0];
    this.#modrm = this.#byte();
    const registerForm = this.#modrm >= 0xc0;
    return entry.rows[((this.#modrm >> 3) & 7) * 2 + (registerForm ? 1 : 0)];
  }

  #operands(codes: readonly string[], opcode: number): void {
    const { out } = this;
    const hasRm = codes.some((c) => c[0] === 'E' || c[0] === 'M');
    if (hasRm && this.#modrm < 0xc0) this.#memory();
    out.seg = this.#segment >= 0 ? this.#segment : hasRm && this.#form !== 'reg' ? out.seg : Seg.ds;
    let immediates = 0;
    for (const code of codes) if (this.#operandField(code, opcode, immediates)) immediates++;
  }

  /** Fills the field of one operand; true if it took an immediate. */
  #operandField(code: string, opcode: number, immediates: number): boolean {
    const { out } = this;
    const reg = (this.#modrm >> 3) & 7;
    const rm = this.#modrm & 7;
    const isByte = code[1] === 'b';
    switch (code[0]) {
      case 'G':
        out.reg = isByte ? byteRegister(reg) : reg * 8;
        return false;
      case 'E':
      case 'R':
        if (this.#form === 'reg') out.base = isByte ? byteRegister(rm) : rm * 8;
        return false;
      case 'Z':
        out.reg = isByte ? byteRegister(opcode & 7) : (opcode & 7) * 8;
        return false;
      case 'S':
      case 'C':
        if (code !== 'CL') out.reg = reg;
        return false;
      case 'D':
        if (code !== 'DX') out.reg = reg;
        return false;
      case 'F':
        out.imm = this.#modrm;
        return false;
      case 'O':
        out.disp = this.#addrsize === 16 ? this.#word() : this.#dword();
        return false;
      case 'A':
        if (code !== 'Ap') return false;
        out.imm = this.#opsize === 16 ? this.#word() : this.#dword();
        out.disp = this.#word();
        return false;
      case 'I':
      case 'J':
        return this.#immediate(code, immediates);
      default:
        return false;
    }
  }

  /** The first immediate goes to `imm`, a second one (ENTER) to `disp`. */
  #immediate(code: string, immediates: number): boolean {
    const v = this.#immediateValue(code);
    if (immediates === 0) this.out.imm = v;
    else this.out.disp = v;
    return true;
  }

  #immediateValue(code: string): number {
    switch (code) {
      case 'Ib':
        return this.#byte();
      case 'Ibs':
      case 'Jb':
        return this.#signedByte();
      case 'Iw':
        return this.#word();
      default:
        return this.#opsize === 16 ? (this.#word() << 16) >> 16 : this.#dword();
    }
  }

  #memory(): void {
    if (this.#addrsize === 16) this.#memory16();
    else this.#memory32();
  }

  #memory16(): void {
    const { out } = this;
    const mod = this.#modrm >> 6;
    const rm = this.#modrm & 7;
    const [base, index] = ADDRESS16[rm]!;
    const absolute = mod === 0 && rm === 6;
    this.#form = 'm16';
    out.base = absolute ? ZERO : slotOf(base);
    out.index = slotOf(index);
    out.seg = !absolute && base === 5 ? Seg.ss : Seg.ds;
    if (absolute || mod === 2) out.disp = this.#word();
    else out.disp = mod === 1 ? this.#signedByte() : 0;
  }

  #memory32(): void {
    const { out } = this;
    const mod = this.#modrm >> 6;
    let base = this.#modrm & 7;
    this.#form = 'm32';
    if (base === 4) base = this.#sib();
    const absolute = mod === 0 && base === 5;
    out.base = absolute ? ZERO : slotOf(base);
    out.seg = !absolute && (base === 4 || base === 5) ? Seg.ss : Seg.ds;
    if (absolute || mod === 2) out.disp = this.#dword();
    else out.disp = mod === 1 ? this.#signedByte() : 0;
  }

  /** Reads SIB; returns the base register. */
  #sib(): number {
    const sib = this.#byte();
    const index = (sib >> 3) & 7;
    if (index !== 4) {
      this.#form = 'sib';
      this.out.index = index * 8;
      this.out.scale = sib >> 6;
    }
    return sib & 7;
  }
}
