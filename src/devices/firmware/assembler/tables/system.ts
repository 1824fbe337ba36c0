/** Input, output and system instructions (Intel SDM volume 2). Columns: mnemonic, operands, opcode. */
export const SYSTEM = `
  IN       AL,Ib   E4
  IN       eAX,Ib  E5
  IN       AL,DX   EC
  IN       eAX,DX  ED
  OUT      Ib,AL   E6
  OUT      Ib,eAX  E7
  OUT      DX,AL   EE
  OUT      DX,eAX  EF
  CLI      -       FA
  STI      -       FB
  HLT      -       F4
  WAIT     -       9B
  FWAIT    -       9B
  SLDT     Mw      0F 00 /0
  SLDT     Rv      0F 00 /0
  STR      Mw      0F 00 /1
  STR      Rv      0F 00 /1
  LLDT     Ew      0F 00 /2
  LTR      Ew      0F 00 /3
  VERR     Ew      0F 00 /4
  VERW     Ew      0F 00 /5
  SGDT     Ms      0F 01 /0
  SIDT     Ms      0F 01 /1
  LGDT     Ms      0F 01 /2
  LIDT     Ms      0F 01 /3
  SMSW     Mw      0F 01 /4
  SMSW     Rv      0F 01 /4
  LMSW     Ew      0F 01 /6
  INVLPG   M       0F 01 /7
  LAR      Gv,Ew   0F 02
  LAR      Gv,Rd   0F 02
  LSL      Gv,Ew   0F 03
  LSL      Gv,Rd   0F 03
  ARPL     Ew,Gw   63
  CLTS     -       0F 06
  INVD     -       0F 08
  WBINVD   -       0F 09
  UD2      -       0F 0B
  WRMSR    -       0F 30
  RDTSC    -       0F 31
  RDMSR    -       0F 32
  RDPMC    -       0F 33
  SYSENTER -       0F 34
  SYSEXIT  -       0F 35
  CPUID    -       0F A2
  RSM      -       0F AA
  FXSAVE   M       0F AE /0
  FXRSTOR  M       0F AE /1`;
