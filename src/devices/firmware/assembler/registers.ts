/** The registers by name: class, number in an encoding, and width in bits. */
export type RegisterClass = 'general' | 'segment' | 'control' | 'debug' | 'test' | 'float';

export interface Register {
  readonly name: string;
  readonly group: RegisterClass;
  readonly number: number;
  readonly bits: number;
}

const NAMES: readonly [group: RegisterClass, bits: number, names: string][] = [
  ['general', 8, 'al cl dl bl ah ch dh bh'],
  ['general', 16, 'ax cx dx bx sp bp si di'],
  ['general', 32, 'eax ecx edx ebx esp ebp esi edi'],
  ['segment', 16, 'es cs ss ds fs gs'],
  ['control', 32, 'cr0 cr1 cr2 cr3 cr4'],
  ['debug', 32, 'dr0 dr1 dr2 dr3 dr4 dr5 dr6 dr7'],
  ['test', 32, 'tr0 tr1 tr2 tr3 tr4 tr5 tr6 tr7'],
  ['float', 80, 'st0 st1 st2 st3 st4 st5 st6 st7'],
];

const REGISTERS = new Map<string, Register>();
for (const [group, bits, names] of NAMES) {
  names.split(' ').forEach((name, number) => {
    REGISTERS.set(name, { name, group, number, bits });
  });
}

export function isRegister(name: string): boolean {
  return REGISTERS.has(name);
}

export function registerNamed(name: string): Register | undefined {
  return REGISTERS.get(name);
}
