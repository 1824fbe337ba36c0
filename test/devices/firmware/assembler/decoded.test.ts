/** What the assembler makes, an independent decoder (iced-x86) takes for the same instruction. */
import { Decoder, Formatter, FormatterSyntax } from 'iced-x86';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../../../src/devices/firmware/assembler/assembler.js';
import { corpus } from './corpus.js';

/** Names of one instruction; the first is the decoder's. */
const SYNONYMS: readonly string[] = [
  ...['shl sal', 'xlatb xlat', 'int1 icebp', 'wait fwait', 'ret retn retw retd', 'retf retfw retfd'],
  ...['pusha pushaw pushad', 'popa popaw popad', 'pushf pushfw pushfd', 'popf popfw popfd'],
  ...['iret iretw iretd', 'loopne loopnz', 'loope loopz'],
  ...['fneni feni', 'fndisi fdisi', 'fnclex fclex', 'fninit finit', 'fnsetpm fsetpm', 'fnstcw fstcw'],
  ...['fnstsw fstsw', 'fnstenv fstenv', 'fnsave fsave'],
];
const CONDITIONS = 'b:c:nae ae:nb:nc e:z ne:nz be:na a:nbe p:pe np:po l:nge ge:nl le:ng g:nle'.split(' ');

const synonyms = new Map<string, string>();
for (const [first, ...others] of SYNONYMS.map((names) => names.split(' '))) {
  for (const name of others) synonyms.set(name, first!);
}
for (const [first, ...others] of CONDITIONS.map((names) => names.split(':'))) {
  for (const name of others) {
    for (const stem of ['j', 'set', 'cmov']) synonyms.set(stem + name, stem + first);
  }
}

/** Whole lines that are another instruction: x87 arithmetic without operands pops, and 90h is both. */
const WHOLE = new Map([
  ...['add', 'mul', 'sub', 'subr', 'div', 'divr'].map((name) => [`f${name}`, `f${name}p`] as const),
  ['xchg ax, ax', 'nop'],
  ['xchg ax,ax', 'nop'],
  ['xchg eax, eax', 'nop'],
  ['xchg eax,eax', 'nop'],
]);

const PREFIX = /^(lock|rep|repe|repne|[efg]s|[oa](16|32)) /;

/** The mnemonic under its first name. */
function mnemonic(text: string): string {
  let rest = text;
  while (PREFIX.test(rest)) rest = rest.replace(PREFIX, '');
  const name = rest.split(' ')[0]!;
  return WHOLE.get(rest) ?? synonyms.get(name) ?? name;
}

const formatter = new Formatter(FormatterSyntax.Nasm);

/** All instructions in `bytes`; the wait of FINIT and the like counts to the next. */
function decode(bytes: Uint8Array, bits: number): { texts: string[]; length: number } {
  const decoder = new Decoder(bits, bytes, 0);
  const texts: string[] = [];
  let length = 0;
  while (length < bytes.length) {
    const instruction = decoder.decode();
    length += instruction.length;
    texts.push(formatter.format(instruction));
    instruction.free();
  }
  decoder.free();
  return { texts: texts.length > 1 && texts[0] === 'wait' ? texts.slice(1) : texts, length };
}

/** The line alone, with a label before and after; undefined if it is refused. */
function bytesOf(line: string, bits: number): Uint8Array | undefined {
  const own = line.replaceAll('far_ahead', 'ahead');
  try {
    return assemble(`bits ${bits}\nback: dd 0, 0\n${own}\nahead:`).bytes.subarray(8);
  } catch {
    return undefined;
  }
}

describe('an independent decoder', () => {
  // LOCK where it is not allowed and the test registers of the 486 are not instructions to the decoder.
  const lines = corpus(6).filter((line) => !/^lock (?!inc|add)|\btr\d/.test(line));

  test.each([16, 32])('reads the same instruction in %i-bit code', (bits) => {
    const wrong: string[] = [];
    let read = 0;
    for (const line of lines) {
      const bytes = bytesOf(line, bits);
      if (!bytes) continue;
      read++;
      const { texts, length } = decode(bytes, bits);
      const names = texts.map(mnemonic);
      const same = names.length === 1 && names[0] === mnemonic(line);
      if (!same || length !== bytes.length) wrong.push(`${line}: ${texts.join(' | ')}`);
    }
    expect(wrong).toEqual([]);
    expect(read).toBeGreaterThan(lines.length * 0.9);
  });
});
