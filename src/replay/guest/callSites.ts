/**
 * Calls that return to an address: found by decoding backwards from it (iced-x86), for a call's length is not known
 * from behind. Forms (Intel SDM volume 2, CALL and INT): E8 and FF /2 near, 9A and FF /3 far, with the operand size
 * of the code segment, and CD; calls with the other size (66h) are left out.
 */
import { Code, Decoder, DecoderOptions, type Instruction, OpKind } from 'iced-x86';

export interface CallSite {
  readonly kind: 'near' | 'far' | 'int';
  /** In bytes. */
  readonly length: number;
  /** Where it leads, if the instruction says it. */
  readonly target: Target | undefined;
}

/** An offset in the caller's segment, or another; or the vector of an INT. */
export type Target =
  | { readonly offset: number; readonly selector: number | undefined }
  | { readonly vector: number };

/** The longest call: FF with a SIB byte and a displacement of 32 bits, and a segment prefix. */
export const LONGEST_CALL = 8;
const SHORTEST_CALL = 2;

/** The call that ends where `before` ends; `offset` is that place in its code segment. */
export function callBefore(before: Uint8Array, offset: number, wide: boolean): CallSite | undefined {
  for (let length = SHORTEST_CALL; length <= before.length; length++) {
    const bytes = before.subarray(before.length - length);
    if (!mayBeCall(bytes)) continue;
    const site = decoded(bytes, offset - length, wide);
    if (site) return site;
  }
  return undefined;
}

/** Spares most bytes the decoder: opcodes of calls, and prefixes. */
function mayBeCall(bytes: Uint8Array): boolean {
  const [first, second] = [bytes[0]!, bytes[1]!];
  const prefixed = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65].includes(first);
  const opcode = prefixed ? second : first;
  return opcode === 0xe8 || opcode === 0x9a || opcode === 0xff || first === 0xcd;
}

function decoded(bytes: Uint8Array, offset: number, wide: boolean): CallSite | undefined {
  const decoder = new Decoder(wide ? 32 : 16, bytes, DecoderOptions.None);
  decoder.ip = BigInt.asUintN(wide ? 32 : 16, BigInt(offset));
  const instruction = decoder.decode();
  const site = instruction.length === bytes.length ? siteOf(instruction, wide ? 4 : 2) : undefined;
  instruction.free();
  decoder.free();
  return site;
}

function siteOf(instruction: Instruction, size: number): CallSite | undefined {
  if (instruction.code === Code.Int_imm8)
    return { kind: 'int', length: instruction.length, target: { vector: instruction.immediate8 } };
  const near = instruction.isCallNear || instruction.isCallNearIndirect;
  const far = instruction.isCallFar || instruction.isCallFarIndirect;
  const pushed = far ? 2 * size : size;
  if ((!near && !far) || instruction.stackPointerIncrement !== -pushed) return undefined;
  return { kind: far ? 'far' : 'near', length: instruction.length, target: targetOf(instruction) };
}

function targetOf(instruction: Instruction): Target | undefined {
  switch (instruction.op0Kind) {
    case OpKind.NearBranch16:
    case OpKind.NearBranch32:
      return { offset: Number(instruction.nearBranchTarget), selector: undefined };
    case OpKind.FarBranch16:
      return { offset: instruction.farBranch16, selector: instruction.farBranchSelector };
    case OpKind.FarBranch32:
      return { offset: instruction.farBranch32, selector: instruction.farBranchSelector };
    default:
      return undefined;
  }
}
