/**
 * Effective addresses: from a sum of registers and numbers to ModRM, SIB and displacement bytes (Intel
 * SDM volume 2, section 2.1.5, tables 2-1 to 2-3). Where several encodings mean the same, the choice
 * is NASM's: the first register written is the base; [eax*2] becomes [eax+eax]; the shortest
 * displacement is used unless the address is that of a label.
 */
import { Fault } from './errors.js';
import type { Term, Value } from './expressions.js';
import { registerNamed } from './registers.js';

export interface EffectiveAddress {
  /** 16 or 32. */
  readonly addressBits: number;
  /** mod and r/m fields of ModRM. */
  readonly mod: number;
  readonly rm: number;
  readonly sib: number | undefined;
  /** Bytes of the displacement. */
  readonly displacementBytes: number;
}

export interface AddressRequest {
  readonly value: Value;
  /** Address size if no register decides. */
  readonly defaultBits: number;
  /** That an a16 or a32 prefix asks for; 0 without one. */
  readonly writtenBits: number;
  readonly displacementSize: number | undefined;
  /** Keep [eax*2] as an index. */
  readonly whole: boolean;
}

export function encodeAddress(request: AddressRequest): EffectiveAddress {
  const terms = collect(request.value.terms);
  const bits = addressBits(terms, request);
  return bits === 16 ? encode16(terms, request) : encode32(terms, request);
}

/** Adds up what names the same register: [eax+eax*2] is [eax*3]. */
function collect(terms: readonly Term[]): Term[] {
  const sums = new Map<string, Term>();
  for (const term of terms) {
    const before = sums.get(term.register);
    sums.set(term.register, before ? { ...before, factor: before.factor + term.factor } : term);
  }
  return [...sums.values()].filter((t) => t.factor !== 0n);
}

function addressBits(terms: readonly Term[], request: AddressRequest): number {
  const widths = new Set(terms.map((t) => generalBits(t.register)));
  if (widths.size > 1) throw new Fault('registers of different sizes cannot make one address');
  const [width] = widths;
  const { displacementSize: asked, writtenBits, defaultBits } = request;
  const bits = width ?? (asked === 16 || asked === 32 ? asked : writtenBits || defaultBits);
  if (writtenBits !== 0 && bits !== writtenBits) throw new Fault('the prefix and the address differ in size');
  return bits;
}

function generalBits(name: string): number {
  const register = registerNamed(name)!;
  if (register.group !== 'general' || register.bits === 8) throw new Fault(`${name} cannot be in an address`);
  return register.bits;
}

/** Bytes of a displacement next to registers. `forced`: a form without displacement does not exist. */
function displacement(request: AddressRequest, bits: number, forced: boolean): number {
  const { value, displacementSize } = request;
  if (displacementSize === 8) return 1;
  if (displacementSize !== undefined) return bits / 8;
  if (!value.known || value.origins !== 0) return bits / 8;
  if (value.n === 0n && !forced) return 0;
  const n = BigInt.asIntN(bits, value.n);
  return n >= -128n && n <= 127n ? 1 : bits / 8;
}

/** mod for 0, 1, and 2 or 4 bytes of displacement. */
function modOf(bytes: number): number {
  return bytes === 0 ? 0 : bytes === 1 ? 1 : 2;
}

/** Table 2-1: r/m of each pair of registers. */
const PAIRS_16 = ['bx+si', 'bx+di', 'bp+si', 'bp+di', 'si', 'di', 'bp', 'bx'];

function encode16(terms: readonly Term[], request: AddressRequest): EffectiveAddress {
  const common = { addressBits: 16, sib: undefined };
  if (terms.length === 0) return { ...common, mod: 0, rm: 6, displacementBytes: 2 };
  const names = terms.map((t) => t.register).sort();
  const rm = PAIRS_16.indexOf(names.join('+'));
  if (rm < 0 || terms.some((t) => t.factor !== 1n)) {
    throw new Fault(`[${terms.map((t) => t.register).join('+')}] is not a 16-bit address`);
  }
  const bytes = displacement(request, 16, names.join('+') === 'bp');
  return { ...common, mod: modOf(bytes), rm, displacementBytes: bytes };
}

const ESP = 4;
const EBP = 5;

function encode32(terms: readonly Term[], request: AddressRequest): EffectiveAddress {
  const { base, index, scale } = chooseBase(terms, request.whole);
  const common = { addressBits: 32 };
  if (base === undefined && index === undefined) {
    return { ...common, mod: 0, rm: 5, sib: undefined, displacementBytes: 4 };
  }
  if (base === undefined) {
    return { ...common, mod: 0, rm: ESP, sib: sibByte(scale, index!, EBP), displacementBytes: 4 };
  }
  const bytes = displacement(request, 32, base === EBP);
  const rm = index !== undefined || base === ESP ? ESP : base;
  const sib = rm === ESP ? sibByte(scale, index ?? ESP, base) : undefined;
  return { ...common, mod: modOf(bytes), rm, sib, displacementBytes: bytes };
}

function sibByte(scale: number, index: number, base: number): number {
  return (Math.log2(scale) << 6) | (index << 3) | base;
}

interface Choice {
  readonly base: number | undefined;
  readonly index: number | undefined;
  readonly scale: number;
}

function chooseBase(terms: readonly Term[], whole: boolean): Choice {
  const parts = terms.map((t) => ({
    n: registerNamed(t.register)!.number,
    factor: Number(t.factor),
    scaled: t.scaled,
  }));
  if (parts.length > 2) throw new Fault('an address has at most two registers');
  const [first, second] = parts;
  if (!first) return { base: undefined, index: undefined, scale: 1 };
  if (!second) return chooseSingle(first.n, first.factor, first.scaled && whole);
  const swap = first.factor !== 1 || (second.factor === 1 && first.scaled);
  const [base, index] = swap ? [second, first] : [first, second];
  if (base.factor !== 1) throw new Fault('only one register of an address can be scaled');
  if (index.n === ESP && index.factor === 1) return checked({ base: ESP, index: base.n, scale: 1 });
  return checked({ base: base.n, index: index.n, scale: index.factor });
}

/** `whole`: written with a `*` after nosplit. */
function chooseSingle(n: number, factor: number, whole: boolean): Choice {
  if (factor === 1 && (!whole || n === ESP)) return { base: n, index: undefined, scale: 1 };
  if (factor === 2 && !whole && n !== ESP) return checked({ base: n, index: n, scale: 1 });
  if ([3, 5, 9].includes(factor)) return checked({ base: n, index: n, scale: factor - 1 });
  return checked({ base: undefined, index: n, scale: factor });
}

function checked(choice: Choice): Choice {
  if (choice.index === ESP) throw new Fault('esp cannot be an index');
  if (![1, 2, 4, 8].includes(choice.scale)) throw new Fault(`${choice.scale} is not a scale`);
  return choice;
}
