/**
 * How a linear address becomes a physical one: 32-bit paging with PSE, as in the Intel SDM, volume 3A, 4.3 and 4.6.
 * Looking marks nothing as accessed.
 */
import { Cr0, Cr4, type Ia32State } from '../../core/cpu/ia32/state.js';
import type { Machine } from '../../core/machine.js';
import { PAGE_SHIFT, PageKind } from '../../core/memory.js';
import type { Debugger } from '../debug/debugger.js';
import { addressOf } from './expressions.js';
import { bitNames, hex, plain } from './plain.js';
import { processorOf } from './processor.js';
import type { PageStep } from './view.js';

const Bit = { P: 1, W: 2, U: 4, PWT: 8, PCD: 0x10, A: 0x20, D: 0x40, PS: 0x80, G: 0x100 } as const;
const { PS: _, ...SMALL_BITS } = Bit;
const PAGE_FRAME = 0xfffff000;
const LARGE_FRAME = 0xffc00000;
const LARGE_OFFSET = 0x3fffff;
const A20 = 0x100000;

export function pagesOf(debug: Debugger, of: string | undefined): PageStep[] {
  const place = of === undefined ? { value: BigInt(debug.pc) } : addressOf(debug, of);
  if ('error' in place) return [{ level: 'linear', text: plain(place.error) }];
  const linear = Number(BigInt.asUintN(32, place.value));
  const start = { level: 'linear', address: linear, text: plain(debug.symbols.show(linear) ?? '') };
  const processor = processorOf(debug);
  if (processor?.kind !== 'ia32') return [start, ...unpaged(debug, linear, 'an 8086 has no paging')];
  const s = processor.now;
  if (s.cr0 & Cr0.PG) return [start, ...new Walk(debug, s, linear).steps];
  const why = s.cr0 & Cr0.PE ? 'paging is off' : 'real mode: there is no paging';
  return [start, ...unpaged(debug, linear, why)];
}

function unpaged({ memory, machine }: Debugger, linear: number, why: string): PageStep[] {
  const physical = memory.translate(linear)!;
  return [{ level: 'paging', text: why }, physicalStep(machine, physical, linear)];
}

class Walk {
  readonly steps: PageStep[] = [];
  readonly #debug: Debugger;
  readonly #s: Ia32State;
  readonly #linear: number;

  constructor(debug: Debugger, s: Ia32State, linear: number) {
    this.#debug = debug;
    this.#s = s;
    this.#linear = linear;
    const directory = (s.cr3 & PAGE_FRAME) >>> 0;
    this.steps.push({ level: 'CR3', entry: hex(s.cr3), text: `page directory at ${hex(directory)}` });
    this.#directoryEntry((directory + ((linear >>> 22) << 2)) >>> 0);
  }

  #directoryEntry(at: number): void {
    const { cr4 } = this.#s;
    const entry = this.#entry('PDE', at, (entry) => {
      return entry & Bit.PS && cr4 & Cr4.PSE
        ? `4 MiB page at ${hex((entry & LARGE_FRAME) >>> 0)} ${bitNames(entry, Bit)}`
        : `page table at ${hex((entry & PAGE_FRAME) >>> 0)} ${bitNames(entry, SMALL_BITS)}`;
    });
    if (entry === undefined) return;
    if (entry & Bit.PS && cr4 & Cr4.PSE) {
      return this.#result((entry & LARGE_FRAME) | (this.#linear & LARGE_OFFSET), entry);
    }
    this.#tableEntry(((entry & PAGE_FRAME) + (((this.#linear >>> 12) & 0x3ff) << 2)) >>> 0, entry);
  }

  #tableEntry(at: number, directory: number): void {
    const entry = this.#entry('PTE', at, (entry) => {
      return `page at ${hex((entry & PAGE_FRAME) >>> 0)} ${bitNames(entry, SMALL_BITS)}`;
    });
    if (entry === undefined) return;
    this.#result((entry & PAGE_FRAME) | (this.#linear & 0xfff), entry & directory);
  }

  /** Undefined if the walk ends here. */
  #entry(level: string, at: number, describe: (entry: number) => string): number | undefined {
    const read = this.#debug.memory.read(at, 4, true);
    const entry = Number(read ?? 0);
    const present = (entry & Bit.P) !== 0;
    const text = read === undefined ? 'no memory there' : present ? describe(entry) : 'not present';
    this.steps.push({ level, address: at, entry: read === undefined ? '?' : hex(entry), text });
    return present ? entry : undefined;
  }

  /** `rights`: what all levels allow. */
  #result(physical: number, rights: number): void {
    const { cr0, a20 } = this.#s;
    const masked = (a20 ? physical : physical & ~A20) >>> 0;
    const user = rights & Bit.U ? (rights & Bit.W ? 'read and write' : 'read') : 'nothing';
    const supervisor = rights & Bit.W || !(cr0 & Cr0.WP) ? 'read and write' : 'read';
    this.steps.push(physicalStep(this.#debug.machine, masked, physical >>> 0));
    this.steps.push({ level: 'rights', text: `supervisor: ${supervisor}; user: ${user}` });
  }
}

const KINDS: Readonly<Record<number, string>> = {
  [PageKind.ram]: 'RAM',
  [PageKind.rom]: 'ROM',
  [PageKind.mmio]: "a device's memory",
  [PageKind.none]: 'nothing',
};

/** `asked`: the address before the A20 gate. */
function physicalStep({ memory }: Machine, physical: number, asked: number): PageStep {
  const kind = KINDS[memory.kind[physical >>> PAGE_SHIFT]!]!;
  const gated = (asked ^ physical) === A20 ? ', by the closed A20 gate' : '';
  return { level: 'physical', address: physical, text: kind + gated };
}
