/**
 * x87 instructions (Intel SDM volume 2). Columns: mnemonic, operand codes, opcode. Forms without FN wait
 * first (9B). `toSTi` is an operand written `to stN`.
 */
import { hex, numbered } from './families.js';

/** `to`: opcode of the form that keeps its result in ST(i); subtraction and division are swapped there. */
const ARITHMETIC = [
  ['ADD', 0, 0xc0],
  ['MUL', 1, 0xc8],
  ['SUB', 4, 0xe8],
  ['SUBR', 5, 0xe0],
  ['DIV', 6, 0xf8],
  ['DIVR', 7, 0xf0],
]
  .map(([name, digit, to]) => {
    const from = hex(0xc0 + Number(digit) * 8);
    const into = hex(Number(to));
    return `
  F${name}   Md       D8 /${digit}
  F${name}   Mq       DC /${digit}
  F${name}   toSTi    DC ${into}+
  F${name}   STi      D8 ${from}+
  F${name}   STi,ST0  DC ${into}+
  F${name}   ST0,STi  D8 ${from}+
  F${name}   -        DE ${hex(Number(to) + 1)}
  F${name}P  STi      DE ${into}+
  F${name}P  STi,ST0  DE ${into}+
  F${name}P  -        DE ${hex(Number(to) + 1)}
  FI${name}  Md       DA /${digit}
  FI${name}  Mw       DE /${digit}`;
  })
  .join('\n');

const COMPARISON = [
  ['FCOM', 2, 'D8 D0'],
  ['FCOMP', 3, 'D8 D8'],
]
  .map(
    ([name, digit, opcode]) => `
  ${name}  Md       D8 /${digit}
  ${name}  Mq       DC /${digit}
  ${name}  STi      ${opcode}+
  ${name}  ST0,STi  ${opcode}+
  ${name}  -        D8 ${hex(0xc1 + Number(digit) * 8)}
  ${String(name).replace('F', 'FI')}  Md  DA /${digit}
  ${String(name).replace('F', 'FI')}  Mw  DE /${digit}`,
  )
  .join('\n');

/** name, opcode of the ST(i) form; without operand ST(1) is meant. */
const WITH_STACK = [
  ['FUCOM', 'DD', 0xe0],
  ['FUCOMP', 'DD', 0xe8],
  ['FCOMI', 'DB', 0xf0],
  ['FCOMIP', 'DF', 0xf0],
  ['FUCOMI', 'DB', 0xe8],
  ['FUCOMIP', 'DF', 0xe8],
  ['FCMOVB', 'DA', 0xc0],
  ['FCMOVE', 'DA', 0xc8],
  ['FCMOVBE', 'DA', 0xd0],
  ['FCMOVU', 'DA', 0xd8],
  ['FCMOVNB', 'DB', 0xc0],
  ['FCMOVNE', 'DB', 0xc8],
  ['FCMOVNBE', 'DB', 0xd0],
  ['FCMOVNU', 'DB', 0xd8],
]
  .map(
    ([name, first, second]) => `
  ${name}  STi      ${first} ${hex(Number(second))}+
  ${name}  ST0,STi  ${first} ${hex(Number(second))}+
  ${name}  -        ${first} ${hex(Number(second) + 1)}`,
  )
  .join('\n');

const TRANSFER = `
  FLD     Md       D9 /0
  FLD     Mq       DD /0
  FLD     Mt       DB /5
  FLD     STi      D9 C0+
  FLD     -        D9 C1
  FST     Md       D9 /2
  FST     Mq       DD /2
  FST     STi      DD D0+
  FST     -        DD D1
  FSTP    Md       D9 /3
  FSTP    Mq       DD /3
  FSTP    Mt       DB /7
  FSTP    STi      DD D8+
  FSTP    -        DD D9
  FILD    Md       DB /0
  FILD    Mw       DF /0
  FILD    Mq       DF /5
  FIST    Md       DB /2
  FIST    Mw       DF /2
  FISTP   Md       DB /3
  FISTP   Mw       DF /3
  FISTP   Mq       DF /7
  FBLD    Mt       DF /4
  FBSTP   Mt       DF /6
  FXCH    -        D9 C9
  FXCH    STi      D9 C8+
  FXCH    STi,ST0  D9 C8+
  FXCH    ST0,STi  D9 C8+
  FCOMPP  -        DE D9
  FUCOMPP -        DA E9
  FFREE   STi      DD C0+
  FFREE   -        DD C1`;

/** D9 E0 to D9 FF, in the order of the opcode map. */
const CONSTANTS = numbered(
  'FCHS FABS - - FTST FXAM - - FLD1 FLDL2T FLDL2E FLDPI FLDLG2 FLDLN2 FLDZ - ' +
    'F2XM1 FYL2X FPTAN FPATAN FXTRACT FPREM1 FDECSTP FINCSTP ' +
    'FPREM FYL2XP1 FSQRT FSINCOS FRNDINT FSCALE FSIN FCOS',
  (name, n) => `${name} - D9 ${hex(0xe0 + n)}`,
);

const CONTROL = `
  FNOP    -   D9 D0
  FENI    -   9B DB E0
  FNENI   -   DB E0
  FDISI   -   9B DB E1
  FNDISI  -   DB E1
  FCLEX   -   9B DB E2
  FNCLEX  -   DB E2
  FINIT   -   9B DB E3
  FNINIT  -   DB E3
  FSETPM  -   DB E4
  FLDCW   Mw  D9 /5
  FSTCW   Mw  9B D9 /7
  FNSTCW  Mw  D9 /7
  FSTSW   Mw  9B DD /7
  FSTSW   AX  9B DF E0
  FNSTSW  Mw  DD /7
  FNSTSW  AX  DF E0
  FLDENV  M   D9 /4
  FSTENV  M   9B D9 /6
  FNSTENV M   D9 /6
  FRSTOR  M   DD /4
  FSAVE   M   9B DD /6
  FNSAVE  M   DD /6`;

export const X87 = [ARITHMETIC, COMPARISON, WITH_STACK, TRANSFER, CONSTANTS, CONTROL].join('\n');
