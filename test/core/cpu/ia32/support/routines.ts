/**
 * Random 32-bit programs with structure, as compilers of hot code see it: loops within loops that iterate,
 * calls within a page and to another one, stacks that stay balanced; among them what pulls the ground from
 * under such code: stores into the program, into page tables, ports whose devices interrupt or write memory.
 */
import type { Expanded, InstructionSet } from '../../../../../src/core/cpu/ia32/isa/table.js';
import type { Chance } from './chance.js';
import { instruction } from './programs.js';
import { CODE, PAGE_TABLE } from './states.js';
import { Act, type Contents, FIRST_ACT, PATCHED } from './twins.js';

/** Where routines lie: behind the program, near the end of its page, on another page and over its end. */
const ROUTINES: readonly number[] = [PATCHED, CODE + 0xa00, CODE + 0xfe8, CODE + 0x2000, CODE + 0x2ff0];
/** Bytes of the routine that a device writes to: each an instruction. */
const PATCHABLE = 0x40;
const RET = 0xc3;
const SEGMENT_PREFIXES: readonly number[] = [0x3e, 0x26, 0x36, 0x64, 0x65];
/** The registers that loops count in: ECX, EBX, ESI. */
const COUNTERS: readonly number[] = [1, 3, 6];

const dword = (v: number): number[] => [v & 0xff, (v >>> 8) & 0xff, (v >>> 16) & 0xff, v >>> 24];

export class Routines {
  readonly #set: InstructionSet;
  readonly #from: readonly Expanded[];
  readonly #chance: Chance;

  constructor(set: InstructionSet, from: readonly Expanded[], chance: Chance) {
    this.#set = set;
    this.#from = from;
    this.#chance = chance;
  }

  /** The program, to begin at `at`, and what it calls. */
  contents(at: number): Contents[] {
    const called = ROUTINES.map((place): Contents => {
      if (place === PATCHED) return [place, [0xe6, FIRST_ACT + Act.patch, ...this.#patchable(), RET]];
      return [place, [...this.#straight(1 + this.#chance.below(4)), RET]];
    });
    return [...called, [at, this.#program(at)]];
  }

  #program(at: number): number[] {
    const code: number[] = [];
    for (let n = 0; n < 8; n++) code.push(...this.#piece(at + code.length, 2));
    return [...code, 0xe9, ...dword(-(code.length + 5))];
  }

  /** Increments and decrements of registers other than ESP and the counters. */
  #patchable(): number[] {
    return Array.from({ length: PATCHABLE }, () => this.#chance.pick([0x40, 0x42, 0x48, 0x4a, 0x90]));
  }

  #straight(count: number): number[] {
    const one = () => instruction(this.#set, this.#chance.pick(this.#from), 32, this.#chance);
    return Array.from({ length: count }, one).flat();
  }

  /** One piece of a program, at an address; loops within it at most `depth` deep. */
  #piece(at: number, depth: number): number[] {
    const chance = this.#chance;
    switch (chance.below(depth > 0 ? 15 : 11)) {
      case 0:
      case 1:
        return this.#call(at);
      case 2:
        return this.#pushed(at, depth);
      case 3:
        return this.#overwrite(at);
      case 4:
        return this.#changePages();
      case 5:
        return this.#loadSegment();
      case 6:
        return [0xe6, FIRST_ACT + chance.below(Object.keys(Act).length)];
      case 7:
      case 8:
        return this.#straight(1 + chance.below(4));
      case 9:
      case 10:
        return [...this.#compute(), ...this.#useFlags()];
      default:
        return this.#loop(at, depth - 1);
    }
  }

  /** A few instructions between two of EAX, EDX and EDI that set flags, some of which read them too. */
  #compute(): number[] {
    const chance = this.#chance;
    const register = () => chance.pick([0, 2, 7]);
    const modrm = (reg: number) => 0xc0 | (reg << 3) | register();
    const one = (): readonly number[] =>
      chance.pick([
        [chance.below(8) * 8 + chance.below(4), modrm(register())],
        [chance.pick([0x38, 0x39, 0x3a, 0x3b, 0x84, 0x85]), modrm(register())],
        [0x80, modrm(chance.below(8)), chance.pick([0, 1, 0x7f, 0x80, 0xff])],
        [0x83, modrm(chance.below(8)), chance.pick([0, 1, 0x7f, 0x80, 0xff])],
        [0xff, modrm(chance.below(2))],
        [chance.pick([0xf6, 0xf7]), modrm(3)],
        [chance.pick([0xd0, 0xd1]), modrm(chance.below(8))],
        [chance.pick([0xc0, 0xc1]), modrm(chance.below(8)), chance.below(34)],
      ]);
    return Array.from({ length: 1 + chance.below(3) }, one).flat();
  }

  /** A conditional jump over an instruction, SETcc, CMOVcc, LAHF, ADC or SBB. */
  #useFlags(): readonly number[] {
    const chance = this.#chance;
    const condition = chance.below(16);
    return chance.pick([
      [0x70 + condition, 1, 0x42],
      [0x70 + condition, 1, 0x42],
      [0x0f, 0x90 + condition, 0xc0 + chance.below(8)],
      [0x0f, 0x40 + condition, 0xc2],
      [0x9f],
      [0x11, 0xd0],
      [0x18, 0xc2],
    ]);
  }

  #call(at: number): number[] {
    return [0xe8, ...dword(this.#chance.pick(ROUTINES) - (at + 5))];
  }

  #pushed(at: number, depth: number): number[] {
    const register = this.#chance.pick([0, 1, 2, 3, 6, 7]);
    return [0x50 + register, ...this.#piece(at + 1, depth), 0x58 + register];
  }

  /** A store of a harmless instruction, or of anything, into the program. */
  #overwrite(at: number): number[] {
    const chance = this.#chance;
    const target = chance.oneIn(2) ? at + chance.below(40) : CODE + chance.below(0x1000);
    const value = chance.pick([0x90, 0x40, 0x4a, 0xf5, 0xf9, chance.below(256)]);
    const prefix = chance.oneIn(3) ? [chance.pick(SEGMENT_PREFIXES)] : [];
    return [...prefix, 0xc6, 0x05, ...dword(target), value];
  }

  /** Accessed and dirty bits cleared, the right to write taken or given; or all translations dropped. */
  #changePages(): number[] {
    const chance = this.#chance;
    const page = chance.pick([0x10, 0x12, 0x8, 0x20, 0x21]);
    const entry = dword(PAGE_TABLE + page * 4);
    return chance.pick([
      [0x80, 0x25, ...entry, 0x9f],
      [0x80, 0x35, ...entry, 0x02],
      [0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8],
    ]);
  }

  /** mov ax, selector; mov seg, ax: mostly the flat one. */
  #loadSegment(): number[] {
    const chance = this.#chance;
    const selector = chance.pick([16, 16, chance.below(32) * 8]) | chance.pick([0, 0, 3]);
    return [0x66, 0xb8, selector, 0, 0x8e, 0xc0 | (chance.pick([0, 2, 3, 3, 3]) << 3)];
  }

  /** mov counter, n; the body; dec counter; jnz, or loop. */
  #loop(at: number, depth: number): number[] {
    const chance = this.#chance;
    const counter = chance.pick(COUNTERS);
    const set = [0xb8 + counter, ...dword(1 + chance.below(12))];
    const start = at + set.length;
    const body: number[] = [];
    for (let n = 1 + chance.below(3); n > 0; n--) body.push(...this.#piece(start + body.length, depth));
    const back = (length: number): number => -(body.length + length);
    if (counter === 1 && body.length < 120 && chance.oneIn(2)) {
      return [...set, ...body, chance.pick([0xe2, 0xe2, 0xe0, 0xe1]), back(2) & 0xff];
    }
    return [...set, ...body, 0x48 + counter, 0x0f, chance.pick([0x85, 0x85, 0x8f, 0x87]), ...dword(back(7))];
  }
}
