/**
 * Guest memory for those who only look: no accessed bits, no faults, no entries in the TLB, no device that
 * notices. Paging as in the Intel SDM, volume 3A, chapter 4 (32-bit paging with PSE), without protection: what
 * the supervisor could read can be looked at. Device memory cannot: reading it can change the device.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0, Cr4, type Ia32State } from '../../core/cpu/ia32/state.js';
import type { Machine } from '../../core/machine.js';
import { PAGE_SHIFT, PAGE_SIZE, PageKind, type PhysicalMemory } from '../../core/memory.js';

const PRESENT = 1;
const LARGE = 0x80;
const PAGE_MASK = 0xfffff000;
const A20 = 0x100000;
const I8086_ADDRESSES = 0xfffff;

export class GuestMemory {
  readonly #memory: PhysicalMemory;
  /** Undefined: the machine has an 8086, without paging. */
  readonly #s: Ia32State | undefined;

  constructor({ memory, cpu }: Machine) {
    this.#memory = memory;
    this.#s = cpu instanceof Ia32 ? cpu.s : undefined;
  }

  /** The physical address of a linear one; undefined if no page is there. */
  translate(linear: number): number | undefined {
    const s = this.#s;
    if (!s) return linear & I8086_ADDRESSES;
    const physical = s.cr0 & Cr0.PG ? this.#walk(s, linear) : linear;
    return physical === undefined || s.a20 ? physical : (physical & ~A20) >>> 0;
  }

  #walk(s: Ia32State, linear: number): number | undefined {
    const pde = this.#entry((s.cr3 & PAGE_MASK) + ((linear >>> 22) << 2));
    if (!(pde & PRESENT)) return undefined;
    if (pde & LARGE && s.cr4 & Cr4.PSE) return ((pde & 0xffc00000) | (linear & 0x3fffff)) >>> 0;
    const pte = this.#entry((pde & PAGE_MASK) + (((linear >>> 12) & 0x3ff) << 2));
    return pte & PRESENT ? ((pte & PAGE_MASK) | (linear & 0xfff)) >>> 0 : undefined;
  }

  /** An entry of a page table; where there is no memory, one that maps nothing. */
  #entry(at: number): number {
    return this.#within(at >>> 0, 4) ?? 0;
  }

  /** 1, 2 or 4 bytes that do not cross a page; undefined outside of RAM and ROM. */
  #within(physical: number, size: number): number | undefined {
    const kind = this.#memory.kind[physical >>> PAGE_SHIFT];
    return kind === PageKind.ram || kind === PageKind.rom ? this.#memory.read(physical, size) : undefined;
  }

  /** Up to 4 bytes at a physical address. */
  #word(address: number, size: number, place: (address: number) => number | undefined): number | undefined {
    if ((address & (PAGE_SIZE - 1)) + size > PAGE_SIZE) return this.#split(address, size, place);
    const physical = place(address);
    return physical === undefined ? undefined : this.#within(physical, size);
  }

  #split(address: number, size: number, place: (address: number) => number | undefined): number | undefined {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) {
      const physical = place((address + i) >>> 0);
      const byte = physical === undefined ? undefined : this.#within(physical, 1);
      if (byte === undefined) return undefined;
      value = value * 256 + byte;
    }
    return value;
  }

  /** 1, 2, 4 or 8 bytes, little-endian. */
  read(address: number, size: number, physical = false): bigint | undefined {
    const place = physical ? (at: number) => at : (at: number) => this.translate(at);
    if (size <= 4) {
      const value = this.#word(address, size, place);
      return value === undefined ? undefined : BigInt(value);
    }
    const low = this.#word(address, 4, place);
    const high = this.#word((address + 4) >>> 0, 4, place);
    if (low === undefined || high === undefined) return undefined;
    return (BigInt(high) << 32n) | BigInt(low);
  }

  /** Bytes from a linear address on, as many as there are. */
  bytes(linear: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = (linear + done) >>> 0;
      const size = Math.min(length - done, PAGE_SIZE - (at & (PAGE_SIZE - 1)));
      const page = this.#stretch(this.translate(at), size);
      if (!page) return out.slice(0, done);
      out.set(page, done);
      done += size;
    }
    return out;
  }

  /** Those just before a linear address, up to `length`, as far back as there are any. */
  bytesBefore(end: number, length: number): Uint8Array {
    const first = Math.max(0, end - length);
    let start = end;
    while (start > first) {
      const page = Math.max(first, Math.floor((start - 1) / PAGE_SIZE) * PAGE_SIZE);
      if (this.bytes(page, start - page).length < start - page) break;
      start = page;
    }
    return this.bytes(start, end - start);
  }

  /** RAM or ROM within a page, a live view. */
  #stretch(physical: number | undefined, size: number): Uint8Array | undefined {
    if (physical === undefined) return undefined;
    const kind = this.#memory.kind[physical >>> PAGE_SHIFT];
    if (kind !== PageKind.ram && kind !== PageKind.rom) return undefined;
    const at = this.#memory.backing(physical);
    return this.#memory.ram.subarray(at, at + size);
  }
}
