/**
 * Paging against a plain walker: random directories and tables with every combination of rights, edited
 * by the guest's own stores, and accesses of every kind through them. What is read, which faults are
 * raised with which error code and CR2, and accessed and dirty bits must be as if every access walked the
 * tables (SDM volume 3A, 4.3, 4.6 to 4.8): the core's TLB must not be noticed.
 */
import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../../../src/core/cpu/ia32/cpu.js';
import { Cr0, Cr4, Seg } from '../../../../src/core/cpu/ia32/state.js';
import { type Bench, bench } from './support/bench.js';
import { Chance } from './support/chance.js';

/** A large page at 0 is all RAM. */
const RAM = 4 << 20;
const FAULT_STACK = 0x9000;
const TSS = 0x3000;
const IDT = 0x5000;
const GDT = 0x4000;
const HANDLER = 0x8000;
/** Two directories, each with tables of its own, in pages the guest edits through a fixed window. */
const DIRECTORIES = [0x10000, 0x11000];
const TABLES = [0x12000, 0x13000, 0x14000];
const TABLE_PAGES = [...DIRECTORIES, ...TABLES];
/** Linear addresses that the accesses go to: two megapages, a few pages each, both ends of a page. */
const MEGAPAGES = [1, 2, 0x3ff];
const PAGES = [0, 1, 2, 0x3ff];
/** What large pages reach. */
const LARGE_FRAMES = [0, 0x1000, 0x2000, 0x3ff000];
const FRAMES = [0x20000, 0x21000, 0x22000, 0x100000, 0x101000];
const SYSTEM_TABLE = 0x15000;
const CODE = 0x6000;
const USER_CODE = 0x7000;
const [PRESENT, WRITABLE, USER, ACCESSED, DIRTY, LARGE] = [1, 2, 4, 0x20, 0x40, 0x80];
const PF = 14;
const CASES = 60;
const STEPS = 250;

interface Access {
  readonly linear: number;
  readonly size: 1 | 2 | 4;
  readonly write: boolean;
  readonly user: boolean;
  readonly value: number;
}

interface Fault {
  readonly error: number;
  readonly cr2: number;
}

/** Memory and registers as the manual describes them, with no cache at all. */
class Walker {
  readonly ram: DataView;
  cr3 = DIRECTORIES[0]!;
  wp = false;
  pse = false;

  constructor(image: Uint8Array) {
    this.ram = new DataView(image.slice().buffer);
  }

  /** Beyond RAM nothing answers, but for the image of the last 128 KiB below 1 MiB under 4 GiB. */
  #byte(at: number): number {
    if (at >= 0xfffe0000) return this.ram.getUint8(at - 0xfff00000);
    return at < RAM ? this.ram.getUint8(at) : 0xff;
  }

  #entry(at: number): number {
    return [3, 2, 1, 0].reduce((v, i) => v * 256 + this.#byte(at + i), 0);
  }

  #set(at: number, bits: number): void {
    if (at < RAM) this.ram.setUint32(at, this.#entry(at) | bits, true);
  }

  /** The physical address, or the fault; sets A and D. */
  translate(linear: number, write: boolean, user: boolean): number | Fault {
    const code = (write ? 2 : 0) | (user ? 4 : 0);
    const directory = this.cr3 + (linear >>> 22) * 4;
    const pde = this.#entry(directory);
    if (!(pde & PRESENT)) return { error: code, cr2: linear };
    const large = this.pse && (pde & LARGE) !== 0;
    const table = ((pde & 0xfffff000) >>> 0) + ((linear >>> 12) % 1024) * 4;
    const pte = large ? pde : this.#entry(table);
    if (!(pte & PRESENT)) return { error: code, cr2: linear };
    const allowed = (bit: number): boolean => (pde & pte & bit) !== 0;
    const forbidden = (user && !allowed(USER)) || (write && !allowed(WRITABLE) && (user || this.wp));
    if (forbidden) return { error: code | 1, cr2: linear };
    this.#set(directory, ACCESSED | (large && write ? DIRTY : 0));
    if (!large) this.#set(table, ACCESSED | (write ? DIRTY : 0));
    return large
      ? ((pde & 0xffc00000) >>> 0) + (linear % 0x400000)
      : ((pte & 0xfffff000) >>> 0) + (linear % 0x1000);
  }

  /** Does the access: what was read (or 0), or the fault. Both pages of one that crosses are checked first. */
  access({ linear, size, write, user, value }: Access): number | Fault {
    const addresses: number[] = [];
    for (let i = 0; i < size; i++) {
      const to = this.translate((linear + i) >>> 0, write, user);
      if (typeof to !== 'number') return to;
      addresses.push(to);
    }
    if (!write) return addresses.reduce((v, at, i) => v + this.#byte(at) * 256 ** i, 0);
    for (const [i, at] of addresses.entries()) {
      if (at < RAM) this.ram.setUint8(at, Math.floor(value / 256 ** i) % 256);
    }
    return 0;
  }
}

const dword = (v: number): number[] => [v & 0xff, (v >>> 8) & 0xff, (v >>> 16) & 0xff, v >>> 24];

/** Instructions at fixed places: loads into EAX from [ESI], stores of EAX to [ESI], and the system ones. */
const INSTRUCTIONS: Record<string, readonly number[]> = {
  read1: [0x8a, 0x06],
  read2: [0x66, 0x8b, 0x06],
  read4: [0x8b, 0x06],
  write1: [0x88, 0x06],
  write2: [0x66, 0x89, 0x06],
  write4: [0x89, 0x06],
  invlpg: [0x0f, 0x01, 0x3e],
  movCr3: [0x0f, 0x22, 0xd8],
  movCr0: [0x0f, 0x22, 0xc0],
  movCr4: [0x0f, 0x22, 0xe0],
};
const SPACING = 16;
const NAMES = Object.keys(INSTRUCTIONS);

function image(chance: Chance): Uint8Array {
  const ram = new Uint8Array(RAM);
  const put = (at: number, bytes: readonly number[]): void => ram.set(bytes, at);
  for (const frame of FRAMES) for (let i = 0; i < 0x1000; i++) ram[frame + i] = chance.bits();
  for (const base of [CODE, USER_CODE])
    for (const [i, n] of NAMES.entries()) put(base + i * SPACING, INSTRUCTIONS[n]!);
  put(GDT + 8, [0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0]);
  put(GDT + 16, [0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0]);
  put(IDT + PF * 8, [HANDLER & 0xff, HANDLER >> 8, 8, 0, 0, 0x8e, 0, 0]);
  put(TSS + 4, [...dword(FAULT_STACK), 16, 0, 0, 0]);
  // The first 4 MiB lie where they are for supervisors, the user code for all: the guest edits tables there.
  for (let page = 0; page < RAM >>> 12; page++) {
    put(
      SYSTEM_TABLE + page * 4,
      dword((page << 12) | PRESENT | WRITABLE | ACCESSED | DIRTY | (page === USER_CODE >> 12 ? USER : 0)),
    );
  }
  for (const directory of DIRECTORIES)
    put(directory, dword(SYSTEM_TABLE | PRESENT | WRITABLE | USER | ACCESSED));
  for (const directory of DIRECTORIES)
    for (const n of MEGAPAGES) put(directory + n * 4, dword(directoryEntry(chance)));
  for (const table of TABLES) for (const n of PAGES) put(table + n * 4, dword(tableEntry(chance)));
  return ram;
}

const rights = (chance: Chance): number =>
  (chance.oneIn(6) ? 0 : PRESENT) |
  (chance.oneIn(3) ? 0 : WRITABLE) |
  (chance.oneIn(3) ? 0 : USER) |
  (chance.bits() & (ACCESSED | DIRTY));
const directoryEntry = (chance: Chance): number =>
  chance.oneIn(6) ? rights(chance) | LARGE : chance.pick(TABLES) | rights(chance);
const tableEntry = (chance: Chance): number => chance.pick([...FRAMES, TABLES[0]!]) | rights(chance);

class Machine {
  readonly #bench: Bench;

  constructor(engine: EngineName) {
    this.#bench = bench(engine, 'i686', RAM);
  }

  load(ram: Uint8Array): void {
    const { cpu, memory } = this.#bench;
    cpu.reset();
    memory.load(0, ram);
    const { s } = cpu;
    for (const seg of [Seg.es, Seg.cs, Seg.ss, Seg.ds]) [s.base[seg], s.limit[seg]] = [0, 0xffffffff];
    [s.gdtBase, s.gdtLimit, s.idtBase, s.idtLimit] = [GDT, 0x17, IDT, 0x7ff];
    [s.base[Seg.tr], s.limit[Seg.tr]] = [TSS, 0x67];
    s.cr0 = Cr0.PE | Cr0.PG | Cr0.ET;
    s.cr3 = DIRECTORIES[0]!;
    cpu.dropCaches();
  }

  /** Executes one of the instructions; EAX after it, or the page fault. */
  execute(name: string, eax: number, esi: number, user: boolean): number | Fault {
    const { cpu, memory, wires } = this.#bench;
    const { s } = cpu;
    s.cpl = user ? 3 : 0;
    for (const seg of [Seg.es, Seg.ss, Seg.ds]) s.access[seg] = user ? 0xc0f3 : 0xc093;
    s.access[Seg.cs] = user ? 0xc0fb : 0xc09b;
    s.selector[Seg.cs] = user ? 0x1b : 8;
    s.selector[Seg.ss] = user ? 0x23 : 16;
    for (const seg of [Seg.es, Seg.cs, Seg.ss, Seg.ds]) cpu.segmentChanged(seg);
    cpu.modeChanged(false);
    s.eip = (user ? USER_CODE : CODE) + NAMES.indexOf(name) * SPACING;
    cpu.setFlags(2);
    [s.gpr[0], s.gpr[12], s.gpr[8]] = [eax, esi, FAULT_STACK];
    wires.delivered.length = 0;
    cpu.run(cpu.clock + 1);
    if (wires.delivered.length === 0) return s.gpr[0]!;
    expect(wires.delivered).toEqual([PF]);
    return { error: memory.read(s.gpr[8]!, 4), cr2: s.cr2 };
  }

  get ram(): Uint8Array {
    return this.#bench.memory.ram;
  }

  get cr0(): number {
    return this.#bench.cpu.s.cr0;
  }
}

function randomAccess(chance: Chance): Access {
  const page = chance.pick(MEGAPAGES) * 0x400000 + chance.pick(PAGES) * 0x1000;
  const offset = chance.pick([0, 1, 0x7fe, 0xffc, 0xffd, 0xffe, 0xfff]);
  const size = chance.pick([1, 2, 4] as const);
  const linear = (page + offset) >>> 0;
  return { linear, size, write: chance.oneIn(2), user: chance.oneIn(2), value: chance.bits() };
}

/** A store to a table through its own address, and half of the time what the manual asks for behind it. */
function editTables(machine: Machine, walker: Walker, chance: Chance): string {
  const table = chance.pick(TABLE_PAGES);
  const isDirectory = DIRECTORIES.includes(table);
  const at = table + chance.pick(isDirectory ? MEGAPAGES : PAGES) * 4;
  const entry = isDirectory ? directoryEntry(chance) : tableEntry(chance);
  const size = chance.pick([1, 4, 4, 4]);
  machine.execute(size === 4 ? 'write4' : 'write1', entry, at, false);
  if (size === 4) walker.ram.setUint32(at, entry, true);
  else walker.ram.setUint8(at, entry & 0xff);
  if (chance.oneIn(2)) machine.execute('invlpg', 0, randomAccess(chance).linear, false);
  return `entry ${at.toString(16)} = ${entry.toString(16)} (${size})`;
}

function changeMode(machine: Machine, walker: Walker, chance: Chance): string {
  const choice = chance.below(3);
  if (choice === 0) {
    walker.cr3 = chance.pick(DIRECTORIES);
    machine.execute('movCr3', walker.cr3, 0, false);
    return `cr3 = ${walker.cr3.toString(16)}`;
  }
  if (choice === 1) {
    walker.wp = chance.oneIn(2);
    machine.execute('movCr0', (Cr0.PE | Cr0.PG | Cr0.ET | (walker.wp ? Cr0.WP : 0)) >>> 0, 0, false);
    return `wp = ${walker.wp}`;
  }
  walker.pse = chance.oneIn(2);
  machine.execute('movCr4', walker.pse ? Cr4.PSE : 0, 0, false);
  return `pse = ${walker.pse}`;
}

/** What differs, with everything that led to it. */
function live(machine: Machine, seed: number): string | undefined {
  const chance = new Chance(seed);
  const ram = image(chance);
  machine.load(ram);
  const walker = new Walker(ram);
  const log: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    const what = chance.below(8);
    if (what === 0) log.push(changeMode(machine, walker, chance));
    else if (what === 1) log.push(editTables(machine, walker, chance));
    else {
      const access = randomAccess(chance);
      log.push(JSON.stringify(access));
      const difference = compareAccess(machine, walker, access);
      if (difference) return `seed ${seed}: ${difference} after\n${log.slice(-12).join('\n')}`;
    }
  }
  return undefined;
}

function compareAccess(machine: Machine, walker: Walker, access: Access): string | undefined {
  const { linear, size, write, user, value } = access;
  const got = machine.execute(`${write ? 'write' : 'read'}${size}`, write ? value : 0, linear, user);
  const want = walker.access(access);
  const gotText = typeof got === 'number' && write ? 'done' : JSON.stringify(got);
  const wantText = typeof want === 'number' && write ? 'done' : JSON.stringify(want);
  if (gotText !== wantText) return `${gotText}, not ${wantText}`;
  for (const page of [...TABLE_PAGES, ...FRAMES, ...LARGE_FRAMES]) {
    const [a, b] = [machine.ram, new Uint8Array(walker.ram.buffer)].map((m) =>
      m.subarray(page, page + 0x1000),
    );
    if (Buffer.compare(a!, b!) !== 0) return `page ${page.toString(16)} differs`;
  }
  return undefined;
}

describe.each(['interpreter', 'evaluator'] as const)('paging in the %s', (engine) => {
  it('is that of a walk of the tables at every access', () => {
    const machine = new Machine(engine);
    for (let seed = 1; seed <= CASES; seed++) {
      const failure = live(machine, seed);
      if (failure) expect.fail(failure);
    }
  });
});
