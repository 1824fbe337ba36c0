/** Single-step tests made by hand, in the suites' own forms: as JSON, and as the same in chunks. */

export interface MadeState {
  readonly regs: Readonly<Record<string, number>>;
  readonly ram: readonly (readonly number[])[];
  readonly queue?: readonly number[];
}

export interface MadeTest {
  readonly idx: number;
  readonly name: string;
  readonly bytes: readonly number[];
  readonly initial: MadeState;
  readonly final: MadeState;
  readonly cycles: readonly (readonly (number | string)[])[];
  readonly exception?: { readonly number: number; readonly flag_address: number };
}

const REGISTERS = 'ax bx cx dx cs ss ds es sp bp si di ip flags'.split(' ');
const GENERAL = { ax: 1, bx: 2, cx: 3, dx: 4, ss: 5, ds: 6, es: 7, sp: 8, bp: 9, si: 10, di: 11 };

/** A NOP with five bytes in the queue, as an 8086 was captured executing it. */
export const NOP: MadeTest = {
  idx: 3,
  name: 'nop',
  bytes: [0x90],
  initial: {
    regs: { ...GENERAL, cs: 0x1000, ip: 0x101, flags: 0xf002 },
    ram: [0x10101, 0x10102, 0x10103, 0x10104, 0x10105].map((at) => [at, 0x90]),
    queue: [0x90, 0x90, 0x90, 0x90, 0x90],
  },
  final: { regs: { ip: 0x102 }, ram: [], queue: [0x90, 0x90, 0x90] },
  cycles: [
    [0, 0x9c33, '--', '---', '---', 0, 0, 'PASV', 'Ti', 'F', 0x90],
    [0, 0x9c33, '--', '---', '---', 0, 0, 'PASV', 'Ti', '-', 0],
    [1, 0x10106, '--', '---', '---', 0, 0, 'CODE', 'T1', '-', 0],
  ],
};

/** A NOP of the 80286, with a LOCK before it, which that chip ignores, or without; and the HLT behind it. */
export function nop286(bytes: readonly number[]): MadeTest {
  return {
    idx: 0,
    name: 'nop',
    bytes: [...bytes, 0xf4],
    initial: {
      regs: { ...GENERAL, cs: 0x1000, ip: 0x100, flags: 0x0002 },
      ram: [...bytes, 0xf4].map((byte, i) => [0x10100 + i, byte]),
    },
    final: { regs: { ip: 0x101 + bytes.length }, ram: [] },
    // How many clocks the chip took; what they hold does not count.
    cycles: NOP.cycles,
  };
}

const u16 = (n: number): number[] => [n & 0xff, (n >> 8) & 0xff];
const u32 = (n: number): number[] => [...u16(n & 0xffff), ...u16(n >>> 16)];
const text = (s: string): number[] => [...s].map((c) => c.charCodeAt(0));

function chunk(tag: string, data: readonly number[]): number[] {
  return [...text(tag), ...u32(data.length), ...data];
}

function state(tag: string, { regs, ram, queue = [] }: MadeState): number[] {
  const given = REGISTERS.filter((name) => regs[name] !== undefined);
  const mask = given.reduce((bits, name) => bits | (1 << REGISTERS.indexOf(name)), 0);
  return chunk(tag, [
    ...chunk('REGS', [...u16(mask), ...given.flatMap((name) => u16(regs[name]!))]),
    ...chunk('RAM ', [...u32(ram.length), ...ram.flatMap(([at, value]) => [...u32(at!), value!])]),
    ...chunk('QUEU', [...u32(queue.length), ...queue]),
  ]);
}

const STATUS = ['INTA', 'IOR', 'IOW', 'MEMR', 'MEMW', 'HALT', 'CODE', 'PASV'];
const T_STATES = ['Ti', 'T1', 'T2', 'T3', 'T4', 'Tw'];

/** Of clocks without a bus command, which are all that the tests above have. */
function clock([pins, address, , , , bhe, data, status, t, op, byte]: readonly (
  | number
  | string
)[]): number[] {
  const places = [STATUS.indexOf(String(status)), T_STATES.indexOf(String(t)), '-FES'.indexOf(String(op))];
  const bus = [4, 0, 0, Number(bhe), ...u16(Number(data))];
  return [Number(pins), ...u32(Number(address)), ...bus, ...places, Number(byte)];
}

/** A file in chunks. `cpu`: four characters. */
export function mooOf(cpu: string, tests: readonly MadeTest[]): Uint8Array {
  const chunks = tests.map(({ idx, name, bytes, initial, final, cycles }) =>
    chunk('TEST', [
      ...u32(idx),
      ...chunk('NAME', [...u32(name.length), ...text(name)]),
      ...chunk('BYTS', [...u32(bytes.length), ...bytes]),
      ...state('INIT', initial),
      ...state('FINA', final),
      ...chunk('CYCL', [...u32(cycles.length), ...cycles.flatMap(clock)]),
    ]),
  );
  return Uint8Array.from([
    ...chunk('MOO ', [1, 1, 0, 0, ...u32(tests.length), ...text(cpu)]),
    ...chunks.flat(),
  ]);
}
