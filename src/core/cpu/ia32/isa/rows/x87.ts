/**
 * Rows of the x87 escape opcodes. What they do is one helper each for the register and the memory form
 * (helpers/x87); the rows give names and clocks (i486 manual, 240486, table 10.3: typical values).
 */
import * as ir from '../ir.js';
import { type Row, row, type Shape } from '../row.js';

const here = () => ir.add(ir.cell('eip'), ir.field('here'));

const memoryForm =
  (opcode: number, digit: number): Shape =>
  (b) => {
    b.call('fpuMemory', [opcode, digit, b.seg, b.ea(), b.opsize / 8, here()]);
    b.leave();
  };

/** The decoder puts the ModRM byte where an immediate would be. */
const registerForm =
  (opcode: number): Shape =>
  (b) => {
    b.call('fpuRegister', [opcode, ir.field('imm'), here()]);
    b.leaveOnError();
  };

const wait: Shape = (b) => {
  b.call('fwait', []);
  b.leaveOnError();
};

/** Clocks of the memory forms D8..DF /0../7. */
const MEMORY_CLOCKS: readonly (readonly number[])[] = [
  [10, 11, 4, 4, 10, 10, 73, 73],
  [3, 3, 7, 7, 44, 4, 67, 3],
  [22, 23, 16, 16, 22, 23, 85, 85],
  [11, 11, 32, 32, 11, 6, 11, 6],
  [10, 14, 4, 4, 10, 10, 73, 73],
  [3, 3, 8, 8, 131, 3, 154, 3],
  [24, 26, 18, 18, 24, 25, 85, 85],
  [15, 15, 32, 32, 75, 16, 175, 32],
];

/** Clocks of the register forms, likewise; D9 /6 and /7 are mostly transcendental. */
const REGISTER_CLOCKS: readonly (readonly number[])[] = [
  [10, 16, 4, 4, 10, 10, 73, 73],
  [4, 4, 3, 3, 6, 4, 200, 200],
  [4, 4, 4, 4, 3, 5, 3, 3],
  [4, 4, 4, 4, 7, 4, 4, 3],
  [10, 16, 4, 4, 10, 10, 73, 73],
  [3, 4, 3, 3, 4, 4, 3, 3],
  [10, 16, 4, 5, 10, 10, 73, 73],
  [3, 4, 3, 3, 3, 4, 4, 3],
];

const ESCAPES = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((digit) => ({ n, digit, opcode: 0xd8 + n })),
);

export const X87_ROWS: readonly Row[] = ESCAPES.flatMap(({ n, digit, opcode }) => {
  const text = `${opcode.toString(16).toUpperCase()} /${digit}`;
  return [
    row('x87', `${text} m`, 'M', memoryForm(opcode, digit), MEMORY_CLOCKS[n]![digit]!),
    row('x87', `${text} r`, 'F', registerForm(opcode), REGISTER_CLOCKS[n]![digit]!),
  ];
}).concat([
  row('WAIT', '9B', '', wait, 1),
  row('FXSAVE', '0F AE /0 m', 'M', (b) => fx(b, 'fxsave'), 70, { since: 6 }),
  row('FXRSTOR', '0F AE /1 m', 'M', (b) => fx(b, 'fxrstor'), 70, { since: 6 }),
]);

function fx(b: Parameters<Shape>[0], helper: string): void {
  b.call(helper, [b.seg, b.ea()]);
  b.leave();
}
