/**
 * Integer instructions of the 8086 to the Pentium Pro (Intel SDM volume 2). Columns: mnemonic, operand
 * codes, opcode. Of several encodings that fit, the first is taken; the order is NASM's.
 */
import { conditional, hex, numbered } from './families.js';

const ARITHMETIC = numbered(
  'ADD OR ADC SBB AND SUB XOR CMP',
  (name, n) => `
  ${name} Eb,Gb   ${hex(n * 8)}
  ${name} Ev,Gv   ${hex(n * 8 + 1)}
  ${name} Gb,Eb   ${hex(n * 8 + 2)}
  ${name} Gv,Ev   ${hex(n * 8 + 3)}
  ${name} Ev,Ibs  83 /${n}
  ${name} AL,Ib   ${hex(n * 8 + 4)}
  ${name} eAX,Iz  ${hex(n * 8 + 5)}
  ${name} Eb,Ib   80 /${n}
  ${name} Ev,Iz   81 /${n}`,
);

const SHIFTS = numbered(
  'ROL ROR RCL RCR SHL SHR SAL SAR',
  (name, n) => `
  ${name} Eb,1   D0 /${n === 6 ? 4 : n}
  ${name} Eb,CL  D2 /${n === 6 ? 4 : n}
  ${name} Eb,Ib  C0 /${n === 6 ? 4 : n}
  ${name} Ev,1   D1 /${n === 6 ? 4 : n}
  ${name} Ev,CL  D3 /${n === 6 ? 4 : n}
  ${name} Ev,Ib  C1 /${n === 6 ? 4 : n}`,
);

const UNARY = numbered(
  '- - NOT NEG MUL IMUL DIV IDIV',
  (name, n) => `
  ${name} Eb  F6 /${n}
  ${name} Ev  F7 /${n}`,
);

const BITS = numbered(
  '- - - - BT BTS BTR BTC',
  (name, n) => `
  ${name} Ev,Gv  0F ${hex(0x83 + n * 8)}
  ${name} Ev,Ib  0F BA /${n}`,
);

const CONDITIONAL = conditional(
  (cc, n) => `
  J${cc}     Jb     ${hex(0x70 + n)}
  J${cc}     Jz     0F ${hex(0x80 + n)}
  SET${cc}   Eb     0F ${hex(0x90 + n)} /0
  CMOV${cc}  Gv,Ev  0F ${hex(0x40 + n)}`,
);

/** Loops count with CX or ECX: the address size, which a second operand names. */
const LOOPS = [
  ['LOOPNE', 'E0'],
  ['LOOPNZ', 'E0'],
  ['LOOPE', 'E1'],
  ['LOOPZ', 'E1'],
  ['LOOP', 'E2'],
]
  .map(
    ([name, opcode]) => `
  ${name} Jb      ${opcode}
  ${name} Jb,CX   a16 ${opcode}
  ${name} Jb,ECX  a32 ${opcode}`,
  )
  .join('\n');

const STRINGS = [
  ['INS', 0x6c],
  ['OUTS', 0x6e],
  ['MOVS', 0xa4],
  ['CMPS', 0xa6],
  ['STOS', 0xaa],
  ['LODS', 0xac],
  ['SCAS', 0xae],
]
  .map(
    ([name, opcode]) => `
  ${name}B -  ${hex(Number(opcode))}
  ${name}W -  o16 ${hex(Number(opcode) + 1)}
  ${name}D -  o32 ${hex(Number(opcode) + 1)}`,
  )
  .join('\n');

const MOVES = `
  MOV    AL,Ob   A0
  MOV    eAX,Ov  A1
  MOV    Ob,AL   A2
  MOV    Ov,eAX  A3
  MOV    Mw,Sw   8C
  MOV    Rv,Sw   8C
  MOV    Sw,Mw   8E
  MOV    Sw,Rw   8E
  MOV    Sw,Rd   8E
  MOV    Rd,Cd   0F 20
  MOV    Rd,Dd   0F 21
  MOV    Cd,Rd   0F 22
  MOV    Dd,Rd   0F 23
  MOV    Rd,Td   0F 24
  MOV    Td,Rd   0F 26
  MOV    Eb,Gb   88
  MOV    Ev,Gv   89
  MOV    Gb,Eb   8A
  MOV    Gv,Ev   8B
  MOV    Zb,Ib   B0+
  MOV    Zv,Iv   B8+
  MOV    Eb,Ib   C6 /0
  MOV    Ev,Iz   C7 /0
  MOVZX  Gv,Eb   0F B6
  MOVZX  Gd,Ew   o32 0F B7
  MOVSX  Gv,Eb   0F BE
  MOVSX  Gd,Ew   o32 0F BF
  XCHG   eAX,Zv  90+
  XCHG   Zv,eAX  90+
  XCHG   Gb,Eb   86
  XCHG   Gv,Ev   87
  XCHG   Mb,Gb   86
  XCHG   Mv,Gv   87
  LEA    Gv,M    8D
  LDS    Gv,Mp   C5
  LES    Gv,Mp   C4
  LSS    Gv,Mp   0F B2
  LFS    Gv,Mp   0F B4
  LGS    Gv,Mp   0F B5
  BSWAP  Zd      o32 0F C8+
  XLAT   -       D7
  XLATB  -       D7
  LAHF   -       9F
  SAHF   -       9E`;

const STACK = `
  PUSH   Zv      50+
  PUSH   ES      06
  PUSH   CS      0E
  PUSH   SS      16
  PUSH   DS      1E
  PUSH   FS      0F A0
  PUSH   GS      0F A8
  PUSH   Ev      FF /6
  PUSH   Ibs     6A
  PUSH   Iz      68
  POP    Zv      58+
  POP    ES      07
  POP    SS      17
  POP    DS      1F
  POP    FS      0F A1
  POP    GS      0F A9
  POP    Ev      8F /0
  PUSHA  -       60
  PUSHAW -       o16 60
  PUSHAD -       o32 60
  POPA   -       61
  POPAW  -       o16 61
  POPAD  -       o32 61
  PUSHF  -       9C
  PUSHFW -       o16 9C
  PUSHFD -       o32 9C
  POPF   -       9D
  POPFW  -       o16 9D
  POPFD  -       o32 9D
  ENTER  Iw,Ib   C8
  LEAVE  -       C9`;

const CALCULATION = `
  INC    Zv        40+
  INC    Eb        FE /0
  INC    Ev        FF /0
  DEC    Zv        48+
  DEC    Eb        FE /1
  DEC    Ev        FF /1
  TEST   Eb,Gb     84
  TEST   Ev,Gv     85
  TEST   Gb,Mb     84
  TEST   Gv,Mv     85
  TEST   AL,Ib     A8
  TEST   eAX,Iz    A9
  TEST   Eb,Ib     F6 /0
  TEST   Ev,Iz     F7 /0
  IMUL   Gv,Ev     0F AF
  IMUL   Gv,Ev,Ibs 6B
  IMUL   Gv,Ev,Iz  69
  IMUL   Gv,Ibs    6B
  IMUL   Gv,Iz     69
  SHLD   Ev,Gv,Ib  0F A4
  SHLD   Ev,Gv,CL  0F A5
  SHRD   Ev,Gv,Ib  0F AC
  SHRD   Ev,Gv,CL  0F AD
  BSF    Gv,Ev     0F BC
  BSR    Gv,Ev     0F BD
  XADD   Eb,Gb     0F C0
  XADD   Ev,Gv     0F C1
  CMPXCHG Eb,Gb    0F B0
  CMPXCHG Ev,Gv    0F B1
  CMPXCHG8B Mq     0F C7 /1
  DAA    -         27
  DAS    -         2F
  AAA    -         37
  AAS    -         3F
  AAM    -         D4 0A
  AAM    Ib        D4
  AAD    -         D5 0A
  AAD    Ib        D5
  CBW    -         o16 98
  CWDE   -         o32 98
  CWD    -         o16 99
  CDQ    -         o32 99
  SALC   -         D6
  CLC    -         F8
  STC    -         F9
  CMC    -         F5
  CLD    -         FC
  STD    -         FD
  NOP    -         90
  PAUSE  -         F3 90`;

const TRANSFER = `
  JMP    Jb    EB
  JMP    Jz    E9
  JMP    Ap    EA
  JMP    Mp    FF /5
  JMP    Ev    FF /4
  CALL   Jz    E8
  CALL   Ap    9A
  CALL   Mp    FF /3
  CALL   Ev    FF /2
  RET    -     C3
  RET    Iw    C2
  RETN   -     C3
  RETN   Iw    C2
  RETF   -     CB
  RETF   Iw    CA
  JCXZ   Jb    a16 E3
  JECXZ  Jb    a32 E3
  INT    Ib    CD
  INT3   -     CC
  INTO   -     CE
  INT1   -     F1
  ICEBP  -     F1
  IRET   -     CF
  IRETW  -     o16 CF
  IRETD  -     o32 CF
  BOUND  Gv,Ma 62`;

export const INTEGER = [
  ARITHMETIC,
  SHIFTS,
  UNARY,
  BITS,
  CONDITIONAL,
  LOOPS,
  STRINGS,
  MOVES,
  STACK,
  CALCULATION,
  TRANSFER,
].join('\n');
