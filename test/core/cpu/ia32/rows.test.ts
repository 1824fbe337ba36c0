/**
 * The table of instructions as a person reviews it: golden files of all rows (opcode, mnemonic, operands,
 * clocks, first CPU) and of what some of them do. A change here is a change of the instruction set:
 * REWIND86_GOLDEN=write rewrites the files.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printEffect } from '../../../../src/core/cpu/ia32/isa/ir.js';
import type { Row } from '../../../../src/core/cpu/ia32/isa/row.js';
import { type Expanded, instructionSet } from '../../../../src/core/cpu/ia32/isa/table.js';

/** Every row of the newest CPU, which has all; not the two pseudo-instructions of the decoder. */
const ROWS = [...new Set(instructionSet(6).expanded.map((e) => e.row))].filter((r) => r.opcode !== '');
const SINCE: Record<number, string> = { 3: 'i386', 4: 'i486', 5: 'i586', 6: 'i686' };

function golden(name: string, text: string): void {
  const path = join(import.meta.dirname, 'golden', name);
  if (process.env.REWIND86_GOLDEN === 'write') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

/** One row on a line; clocks of the register form and, where it differs, of the memory form. */
function line({ opcode, mnemonic, operands, clocks, since, lock }: Row): string {
  const [register, memory] = clocks;
  const cost = register === memory ? `${register}` : `${register}/${memory}`;
  const columns = [
    opcode.padEnd(10),
    mnemonic.padEnd(10),
    operands.join(',').padEnd(9),
    cost.padEnd(6),
    SINCE[since],
  ];
  return `${columns.join(' ')}${lock ? ' lock' : ''}`;
}

/** Representative variants: opcode, operand size, address size, form, repeat prefix. */
const SHOWN: readonly (readonly [string, string, Partial<Expanded['variant']>])[] = [
  ['ADD', '00', { form: 'm16' }],
  ['ADC', '11', { form: 'reg', opsize: 32 }],
  ['INC', '40+', { opsize: 16 }],
  ['SHL', 'D3 /4', { form: 'reg', opsize: 32 }],
  ['RCR', 'D1 /3', { form: 'reg', opsize: 16 }],
  ['IMUL', '0F AF', { form: 'sib', opsize: 32 }],
  ['DIV', 'F7 /6', { form: 'reg', opsize: 32 }],
  ['DAA', '27', {}],
  ['BTS', '0F AB', { form: 'm32', opsize: 32 }],
  ['CMPXCHG', '0F B1', { form: 'm32', opsize: 32 }],
  ['MOV', '8B', { form: 'm16', opsize: 16 }],
  ['PUSH', '50+', { opsize: 32 }],
  ['POP', '8F /0', { form: 'sib', opsize: 32 }],
  ['POP', '17', { opsize: 16 }],
  ['LDS', 'C5 m', { form: 'm16', opsize: 16 }],
  ['JNE', '75', { opsize: 32 }],
  ['CALL', 'E8', { opsize: 16 }],
  ['LOOP', 'E2', { opsize: 16, addrsize: 16 }],
  ['MOVS', 'A5', { opsize: 32, addrsize: 32, rep: 'rep' }],
  ['SCAS', 'AE', { addrsize: 16, rep: 'repne' }],
  ['IN', 'EC', {}],
  ['ARPL', '63', { form: 'm16' }],
  ['x87', 'D8 /0 m', { form: 'm32', opsize: 32 }],
];

function find(mnemonic: string, opcode: string, wanted: Partial<Expanded['variant']>): Expanded {
  const matches = ({ row, variant }: Expanded): boolean =>
    row.mnemonic === mnemonic &&
    row.opcode === opcode &&
    Object.entries(wanted).every(([key, value]) => variant[key as keyof typeof variant] === value);
  const found = instructionSet(6).expanded.find(matches);
  if (!found) throw new Error(`no ${mnemonic} ${opcode} with ${JSON.stringify(wanted)}`);
  return found;
}

function describeEffects({ row, variant, clocks, effects }: Expanded): string {
  const { opsize, addrsize, form, rep } = variant;
  const head = `${row.opcode} ${row.mnemonic} ${row.operands.join(',')} (${opsize}-bit operands, ${addrsize}-bit addresses, ${form}, ${rep}), ${clocks} clocks`;
  return `${head}\n${effects.map((e) => printEffect(e, '  ')).join('\n')}\n`;
}

describe('the instruction table', () => {
  it('has the reviewed rows', () => golden('rows.txt', `${ROWS.map(line).join('\n')}\n`));

  it('gives representative rows the reviewed effects', () =>
    golden('effects.txt', SHOWN.map((x) => describeEffects(find(...x))).join('\n')));

  it('costs at least one clock everywhere, and each iteration too', () => {
    for (const { row, clocks, effects } of instructionSet(6).expanded) {
      expect(clocks, row.mnemonic).toBeGreaterThanOrEqual(1);
      for (const e of effects) if (e.k === 'repeat') expect(e.clocks, row.mnemonic).toBeGreaterThanOrEqual(1);
    }
  });
});
