/**
 * Who called whom, told from the stack alone: there is no debug information. A caller is known by a return address, a
 * word on the stack that points behind a CALL. Three things speak for one: that this CALL leads to the function in
 * which execution is; that the chain of frame pointers (EBP, or BP) says where it lies; that it is the first one
 * found. In flat and segmented code, of 16 and 32 bits, with near and far calls, and across interrupts.
 * Left out: calls that were made with the other operand size, and stacks that grow elsewhere than they began.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0, Flag, Reg, Seg, slot } from '../../core/cpu/ia32/state.js';
import type { Machine } from '../../core/machine.js';
import { type CallSite, callBefore, LONGEST_CALL, type Target } from './callSites.js';
import { GuestMemory } from './guestMemory.js';
import { handlerOf, type InterruptFrame, interruptFrame } from './interruption.js';
import { hexText } from './numbers.js';
import { registersOf } from './registers.js';
import { currentSegments, isVirtual8086, type Segment, segmentOf } from './segments.js';
import type { Symbols } from './symbols.js';

export interface Frame {
  /** Linear address at which the function goes on; of the first frame, the next instruction. */
  readonly pc: number;
  /** Linear address of the stack as the function finds it again. */
  readonly stack: number;
  /** Function and offset, if it has a name. */
  readonly at: string | undefined;
  /** How execution left it: `here` it has not. */
  readonly left: 'here' | 'call' | 'interrupt';
  /**
   * `certain`: the registers say so, or a call that leads to the function it should, by its symbol. `likely`: a call
   * that leads near it, a chain of frame pointers, what looks like an interrupt's frame; or any that would be
   * certain, were those before it. `possible`: a word on the stack that points behind a call, perhaps left there by
   * one that has long returned.
   */
  readonly certainty: 'certain' | 'likely' | 'possible';
}

/** The frame of an interrupt that is known to lie on the stack. */
export interface KnownInterrupt {
  /** Linear address. */
  readonly at: number;
  readonly frame: InterruptFrame;
}

/** Most frames that are told, and of those that are only possible, most in a row. */
const FRAMES = 64;
const POSSIBLE_IN_A_ROW = 4;
/** Words of the stack in which a caller is looked for. */
const WORDS = 256;
/** A function without a name is taken for no longer than this. */
const FUNCTION = 4096;
/** Words that a call pushes. */
const PUSHED: Readonly<Record<CallSite['kind'], number>> = { near: 1, far: 2, int: 3 };
/** EFLAGS: bit 1 is always set, these never; an interrupt that was taken found IF set. */
const FLAGS_SET = Flag.IF | 2;
const FLAGS_CLEAR = 0xffc08028;

/** Where a function stands in its execution. */
interface Place extends Frame {
  readonly code: Segment;
  readonly stackSegment: Segment;
  /** Linear. */
  readonly framePointer: number;
  readonly virtual: boolean;
}

/** The function in which the machine stands first, then its callers. */
export function callStack(
  machine: Machine,
  symbols: Symbols,
  interrupts: readonly KnownInterrupt[] = [],
): Frame[] {
  const walk = new Walk(machine, symbols, interrupts);
  const places = [walk.here()];
  let doubtful = 0;
  while (places.length < FRAMES && doubtful < POSSIBLE_IN_A_ROW) {
    const caller = walk.caller(places.at(-1)!);
    if (!caller) break;
    const doubted = caller.certainty === 'certain' && places.at(-1)!.certainty !== 'certain';
    places.push(doubted ? { ...caller, certainty: 'likely' } : caller);
    doubtful = caller.certainty === 'possible' ? doubtful + 1 : 0;
  }
  return places.map(({ pc, stack, at, left, certainty }) => ({ pc, stack, at, left, certainty }));
}

class Walk {
  readonly #machine: Machine;
  readonly #symbols: Symbols;
  readonly #interrupts: ReadonlyMap<number, InterruptFrame>;
  readonly #memory: GuestMemory;

  constructor(machine: Machine, symbols: Symbols, interrupts: readonly KnownInterrupt[]) {
    this.#machine = machine;
    this.#symbols = symbols;
    this.#interrupts = new Map(interrupts.map(({ at, frame }) => [at, frame]));
    this.#memory = new GuestMemory(machine);
  }

  here(): Place {
    const { cpu } = this.#machine;
    const registers = registersOf(cpu);
    const { code, stack: stackSegment } = currentSegments(this.#machine);
    const pc = registers.pc();
    const bp = cpu instanceof Ia32 ? cpu.s.gpr[slot(Reg.ebp)]! : registers.all.get('bp')!();
    return {
      pc,
      stack: registers.stack(),
      at: this.#symbols.show(pc),
      left: 'here',
      certainty: 'certain',
      code,
      stackSegment,
      framePointer: this.#onStack(stackSegment, bp),
      virtual: isVirtual8086(this.#machine),
    };
  }

  #onStack(segment: Segment, offset: number): number {
    return (segment.base + (segment.wide ? offset : offset & 0xffff)) >>> 0;
  }

  /** The best candidate among the next words of the stack. */
  caller(inner: Place): Place | undefined {
    const size = inner.code.wide ? 4 : 2;
    let possible: Place | undefined;
    for (let i = 0; i < WORDS; i++) {
      const at = inner.stack + i * size;
      const known = this.#interrupts.get(at);
      if (known) return this.#interrupted(inner, known, 'certain');
      const value = this.#word(at, size);
      if (value === undefined) break;
      const found = this.#returnAt(inner, at, size, value);
      if (found && found.certainty !== 'possible') return found;
      possible ??= found;
      const frame = this.#looksLikeInterrupt(at, inner);
      if (frame) return this.#interrupted(inner, frame, 'likely');
    }
    return possible;
  }

  #word(at: number, size: number): number | undefined {
    const value = this.#memory.read(at >>> 0, size);
    return value === undefined ? undefined : Number(value);
  }

  // ---- calls ----

  /** What speaks for `value`, the word at `at`, being where the caller goes on. */
  #returnAt(inner: Place, at: number, size: 2 | 4, value: number): Place | undefined {
    const near = this.#called(inner, at, size, value, inner.code);
    if (near) return near;
    const selector = this.#word(at + size, 2);
    if (selector === undefined) return undefined;
    return this.#called(inner, at, size, value, segmentOf(this.#machine, selector, inner.virtual), selector);
  }

  /** With a selector: by a far call or INT. */
  #called(
    inner: Place,
    at: number,
    size: 2 | 4,
    offset: number,
    code: Segment,
    selector?: number,
  ): Place | undefined {
    const pc = (code.base + offset) >>> 0;
    const before = this.#memory.bytes((pc - LONGEST_CALL) >>> 0, LONGEST_CALL);
    const site = before.length < LONGEST_CALL ? undefined : callBefore(before, offset, code.wide);
    if (!site || (site.kind === 'near') !== (selector === undefined)) return undefined;
    const inChain = site.kind !== 'int' && inner.framePointer === at - size;
    const chained = inChain ? this.#word(inner.framePointer, size) : undefined;
    const certainty = this.#leadsTo(site, code, inner);
    return {
      ...inner,
      pc,
      stack: at + PUSHED[site.kind] * size,
      code,
      at: this.#nameOf(pc),
      left: site.kind === 'int' ? 'interrupt' : 'call',
      framePointer: chained === undefined ? inner.framePointer : this.#onStack(inner.stackSegment, chained),
      certainty: certainty === 'possible' && inChain ? 'likely' : certainty,
    };
  }

  /** Does a call lead to the function in which `inner` is? */
  #leadsTo({ target }: CallSite, code: Segment, inner: Place): Frame['certainty'] {
    const entry = target && this.#entryOf(target, code, inner);
    if (entry === undefined) return 'possible';
    const [called, within] = [this.#symbols.nearest(entry), this.#symbols.nearest(inside(inner))];
    // Labels within a function are called after it, as in NASM.
    if (called && within) {
      const same = called.name === within.name || within.name.startsWith(`${called.name}.`);
      return same && entry <= inner.pc ? 'certain' : 'possible';
    }
    return entry <= inner.pc && inner.pc - entry < FUNCTION ? 'likely' : 'possible';
  }

  #entryOf(target: Target, code: Segment, { virtual }: Place): number | undefined {
    const place = 'vector' in target ? handlerOf(this.#machine, target.vector) : target;
    if (!place) return undefined;
    const { selector, offset } = place;
    const { base } = selector === undefined ? code : segmentOf(this.#machine, selector, virtual);
    return (base + offset) >>> 0;
  }

  /** Of the call, which may be the last instruction of its function. */
  #nameOf(pc: number): string | undefined {
    const symbol = this.#symbols.nearest((pc - 1) >>> 0);
    return symbol && `${symbol.name}+${hexText(symbol.offset + 1)}`;
  }

  // ---- interrupts ----

  #interrupted(inner: Place, frame: InterruptFrame, certainty: Frame['certainty']): Place {
    const { pc, stack, code, stackSegment = inner.stackSegment, flags } = frame;
    const { framePointer } = inner;
    const virtual = (flags & Flag.VM) !== 0;
    const at = this.#symbols.show(pc);
    return { pc, stack, at, left: 'interrupt', certainty, code, stackSegment, framePointer, virtual };
  }

  /** In protected mode a frame of 32 bits can be told by its selector and its flags. */
  #looksLikeInterrupt(at: number, inner: Place): InterruptFrame | undefined {
    const { cpu } = this.#machine;
    if (!(cpu instanceof Ia32) || !(cpu.s.cr0 & Cr0.PE) || !inner.code.wide) return undefined;
    const [selector, flags] = [this.#word(at + 4, 4), this.#word(at + 8, 4)];
    if (selector === undefined || flags === undefined) return undefined;
    if ((flags & FLAGS_SET) !== FLAGS_SET || (flags & FLAGS_CLEAR) !== 0) return undefined;
    const current = cpu.s.selector[Seg.cs]!;
    if (!(flags & Flag.VM) && selector !== current && !(selector <= 0xffff && (selector & 3) === 3)) {
      return undefined;
    }
    const frame = interruptFrame(this.#machine, at, 4);
    return frame && this.#word(frame.pc, 1) !== undefined ? frame : undefined;
  }
}

/** An address of the function: a return address may be that of the next one. */
function inside({ pc, left }: Frame): number {
  return left === 'call' ? (pc - 1) >>> 0 : pc;
}
