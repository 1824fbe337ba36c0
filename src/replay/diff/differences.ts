/** In what two machines differ where they stand: registers and flags, fields of state, pages. */
import { I8086Cpu } from '../../core/cpu/i8086/cpu.js';
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import type { Cpu } from '../../core/cpu.js';
import { diffBytes, type State } from '../../core/layout.js';
import type { Machine } from '../../core/machine.js';
import { PAGE_SHIFT, PAGE_SIZE } from '../../core/memory.js';
import { type Registers, registersOf } from '../guest/registers.js';
import { sameBytes } from '../trace/sameBytes.js';
import { type Both, both, type Differing } from './both.js';

export interface Differences {
  readonly registers: readonly Differing<number>[];
  /** Bits of the flags register. */
  readonly flags: readonly Differing<number>[];
  /** `pic.imr`: fields of the CPU that are no registers, of the schedule and of devices. */
  readonly fields: readonly Differing<number | bigint>[];
  /** The first bytes of pages of RAM that differ. */
  readonly pages: readonly PageDifference[];
  /** All pages of RAM that differ. */
  readonly pageCount: number;
  /** Pages that a device keeps (of a disk, what was written to it): how many differ. */
  readonly stores: readonly { readonly device: string; readonly pages: number }[];
}

export interface PageDifference extends Both<Uint8Array> {
  /** Of the first byte that differs. */
  readonly address: number;
}

const FIELDS_A_PART = 16;
const PAGES = 8;
const EXCERPT = 8;
const FLAGS = 'cf pf af zf sf tf if df of nt rf vm ac vif vip id'.split(' ');
/** Fields of a CPU's state that are registers, or follow from them. */
const SHOWN_AS_REGISTERS = new Set(
  'gpr sreg eip eflags flags flagResult flagCarry selector cr0 cr2 cr3 cr4 cpl clock'.split(' '),
);

/** Parts that are in `leftOut` are not looked at. */
export function differences(machines: Both<Machine>, leftOut: ReadonlySet<string>): Differences {
  both(machines, ({ cpu }) => cpu.settle());
  const wanted = (name: string) => !leftOut.has(name);
  return {
    ...registerDifferences(machines),
    fields: fieldDifferences(machines, wanted),
    ...(wanted('RAM') ? pageDifferences(machines) : { pages: [], pageCount: 0 }),
    stores: storeDifferences(machines, wanted),
  };
}

/** A CPU's registers, if it is one whose registers have names. */
export function namedRegisters(cpu: Cpu): Registers | undefined {
  return cpu instanceof Ia32 || cpu instanceof I8086Cpu ? registersOf(cpu) : undefined;
}

function registerDifferences({ a, b }: Both<Machine>): Pick<Differences, 'registers' | 'flags'> {
  const [x, y] = [namedRegisters(a.cpu), namedRegisters(b.cpu)];
  if (!x || !y) return { registers: [], flags: [] };
  const among = (names: readonly string[]) =>
    names
      .filter((name) => x.all.has(name))
      .map((name) => ({ name, a: x.all.get(name)!(), b: y.all.get(name)!() }))
      .filter((register) => register.a !== register.b);
  return { registers: among(x.main), flags: among(FLAGS) };
}

// ---- fields ----

function partsOf(machine: Machine): Map<string, State> {
  const devices = machine.devices.map(({ name, state }): [string, State] => [name, state]);
  return new Map([['cpu', machine.cpu.state], ['schedule', machine.schedule.state], ...devices]);
}

function fieldDifferences(machines: Both<Machine>, wanted: (part: string) => boolean) {
  const parts = both(machines, partsOf);
  const named = namedRegisters(machines.a.cpu) !== undefined;
  const hidden = (part: string, where: string) =>
    part === 'cpu' && named && SHOWN_AS_REGISTERS.has(where.replace(/\[.*/, ''));
  return [...parts.a].flatMap(([part, { layout, bytes }]) => {
    const other = parts.b.get(part);
    if (!wanted(part) || other?.layout.text !== layout.text) return [];
    return diffBytes(layout, bytes, other.bytes, FIELDS_A_PART)
      .filter(({ where }) => !hidden(part, where))
      .map(({ where, a, b }) => ({ name: `${part}.${where}`, a, b }));
  });
}

// ---- pages ----

function pageDifferences({ a, b }: Both<Machine>): Pick<Differences, 'pages' | 'pageCount'> {
  const pages: PageDifference[] = [];
  let pageCount = 0;
  const [x, y] = [a.memory, b.memory];
  for (let page = 0; page < Math.min(x.size, y.size) >>> PAGE_SHIFT; page++) {
    const at = page << PAGE_SHIFT;
    const [one, other] = [x.ram.subarray(at, at + PAGE_SIZE), y.ram.subarray(at, at + PAGE_SIZE)];
    if (sameBytes(one, other)) continue;
    pageCount++;
    if (pages.length < PAGES) pages.push(excerpt(at, one, other));
  }
  return { pages, pageCount };
}

function excerpt(at: number, a: Uint8Array, b: Uint8Array): PageDifference {
  const first = a.findIndex((byte, i) => byte !== b[i]);
  const part = (bytes: Uint8Array) => bytes.slice(first, first + EXCERPT);
  return { address: at + first, a: part(a), b: part(b) };
}

function storeDifferences(machines: Both<Machine>, wanted: (part: string) => boolean) {
  return machines.a.devices.flatMap(({ name, pages }) => {
    const other = machines.b.devices.find((device) => device.name === name)?.pages;
    if (!pages || !other || !wanted(name)) return [];
    const [x, y] = [pages.snapshot(), other.snapshot()];
    const numbers = new Set([...x.keys(), ...y.keys()]);
    const differ = [...numbers].filter((number) => {
      const [one, two] = [x.get(number), y.get(number)];
      return !one || !two || !sameBytes(one, two);
    });
    return differ.length > 0 ? [{ device: name, pages: differ.length }] : [];
  });
}
