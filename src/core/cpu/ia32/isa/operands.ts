/**
 * Operand codes (SDM volume 2, appendix A.2) as operands a shape can read and write. Codes:
 * `E` ModRM register or memory, `G` ModRM reg, `R` ModRM register only, `M` memory only, `Z` register in
 * the opcode, `I` immediate, `J` relative target, `O` memory at an immediate offset, `A` far pointer,
 * `S` `C` `D` segment, control and debug register numbers; then the size: `b` byte, `w` word, `d` double
 * word, `v` by operand size, `z` immediate of at most 32 bits, `bs` byte sign-extended to operand size.
 * Upper-case register names and `1` are themselves; `eAX` is AX or EAX.
 */
import { Reg } from '../state.js';
import type { Builder, Operand } from './builder.js';
import type { Value } from './ir.js';
import * as ir from './ir.js';
import type { Width } from './ops.js';

const FIXED: Record<string, readonly [number, Width]> = {
  AL: [0, 8],
  CL: [1, 8],
  AH: [4, 8],
  AX: [0, 16],
  DX: [2, 16],
};

function widthOf(b: Builder, size: string): Width {
  if (size === 'b') return 8;
  if (size === 'w') return 16;
  return size === 'd' ? 32 : b.opsize;
}

const readOnly = (code: string, v: Value): Operand => ({
  code,
  w: v.w,
  read: () => v,
  write: () => {
    throw new Error(`${code} cannot be written`);
  },
});

function register(b: Builder, code: string, at: Value, w: Width): Operand {
  return { code, w, read: () => b.let(ir.gpr(w, at)), write: (v) => b.setGpr(at, v) };
}

function memory(b: Builder, code: string, off: () => Value, w: Width): Operand {
  return {
    code,
    w,
    read: (intent = 'r') => b.load(b.seg, off(), w, intent),
    write: (v) => b.store(b.seg, off(), v),
  };
}

/** The operand for a code in the variant that `b` builds. */
export function operand(b: Builder, code: string): Operand {
  const fixed = FIXED[code];
  if (fixed) return register(b, code, ir.constant(32, fixed[0] >= 4 ? 1 : fixed[0] * 8), fixed[1]);
  if (code === 'eAX') return register(b, code, ir.constant(32, Reg.eax * 8), b.opsize);
  if (code === '1' || code === '3') return readOnly(code, ir.constant(8, Number(code)));
  const size = code.slice(1);
  switch (code[0]) {
    case 'E':
      if (b.form === 'reg') return register(b, code, ir.field('rm'), widthOf(b, size));
      return memory(b, code, () => b.ea(), widthOf(b, size));
    case 'R':
      return register(b, code, ir.field('rm'), widthOf(b, size));
    case 'G':
    case 'Z':
      return register(b, code, ir.field('reg'), widthOf(b, size));
    case 'O':
      return memory(b, code, () => ir.field('disp'), widthOf(b, size));
    case 'M':
      return readOnly(code, b.ea());
    case 'I':
      return readOnly(code, immediate(b, size));
    default:
      // J, A, S, C, D, X, Y: the shape reads the fields itself.
      return readOnly(code, ir.field('imm'));
  }
}

/** The decoder has sign-extended `bs` immediates to 32 bits. */
function immediate(b: Builder, size: string): Value {
  const w = size === 'bs' || size === 'z' ? b.opsize : widthOf(b, size);
  return ir.low(ir.field('imm'), w);
}
