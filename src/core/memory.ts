/**
 * Physical memory: guest RAM, read-only pages, and memory-mapped devices, in 4 KiB pages of a 4 GiB
 * space. Also keeps, for each page of RAM, who must hear of writes: the CPU (pages that hold decoded
 * code or page tables) and those who keep hashes or copies of pages (first write since they last looked).
 *
 * ROM contents lie in the RAM array at their own addresses; FFFC0000h..FFFFFFFFh reads as
 * C0000h..FFFFFh: the reset vector, and all of a 256 KiB BIOS. Not modelled: more than 4 GiB.
 */
import type { MmioHandler } from './device.js';

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 4096;

/** What a physical page is. */
export const PageKind = { none: 0, ram: 1, rom: 2, mmio: 3 } as const;

/** Bits of `dirty`, one for each that asks which pages were written; a write sets all of them. */
export const Dirty = { hashes: 1, checkpoints: 2, all: 3 } as const;
export type DirtyBit = 1 | 2;

/** Bits of `watched`: why a write to this RAM page (of `reads`: a read of it) must take the slow path. */
export const Watch = { code: 1, pageTable: 2, data: 4, reads: 8 } as const;
const CPU_WATCHES = Watch.code | Watch.pageTable;

/** Physical addresses `address` to `address + length - 1`. */
export interface Range {
  readonly address: number;
  readonly length: number;
}

/** What somebody wants to hear of: accesses to ranges of physical memory, RAM or devices'. */
export interface MemoryTap {
  /** Written by whoever; told before it happens. */
  readonly writes?: readonly Range[];
  /** Read as data, by an instruction or a bus master. */
  readonly reads?: readonly Range[];
  /** `master`: by a bus master, not by an instruction. `value`: what an instruction writes. */
  heard(address: number, length: number, write: boolean, master: boolean, value?: number): void;
}

const ALIAS_FIRST_PAGE = 0xfffc0;

export class PhysicalMemory {
  /** Guest RAM as bytes; physical address = index. */
  readonly ram: Uint8Array;
  readonly size: number;
  /** `PageKind` of each of the 2^20 pages. */
  readonly kind = new Uint8Array(1 << 20);
  /** For each RAM page, `Watch` bits. */
  readonly watched: Uint8Array;
  /** For each RAM page, a bit of `Dirty` for each that has not heard of its last write. */
  readonly dirty: Uint8Array;
  /** Called before a write to a watched page, by whoever writes. */
  onWatchedWrite: (address: number, length: number) => void = () => {};
  /** Called when a page has changed its kind: nothing cached about any page holds. */
  onMappingChanged: () => void = () => {};
  /** Called when writes must be noticed that were not: cached permissions to write must be dropped. */
  onDirtyCleared: () => void = () => {};
  #tap: MemoryTap | undefined;
  readonly #view: DataView;
  readonly #mmio = new Map<number, MmioHandler>();

  /** `ram`: a whole number of pages, at least 1 MiB. */
  constructor(ram: Uint8Array) {
    if (ram.length % PAGE_SIZE !== 0 || ram.length < 1 << 20) {
      throw new RangeError('guest RAM must be whole 4 KiB pages, at least 1 MiB');
    }
    this.ram = ram;
    this.size = ram.length;
    this.#view = new DataView(ram.buffer, ram.byteOffset, ram.length);
    this.watched = new Uint8Array(ram.length >>> PAGE_SHIFT);
    this.dirty = new Uint8Array(ram.length >>> PAGE_SHIFT);
    this.kind.fill(PageKind.ram, 0, ram.length >>> PAGE_SHIFT);
    this.kind.fill(PageKind.rom, ALIAS_FIRST_PAGE);
  }

  /** Makes whole pages RAM, ROM (writes ignored) or nothing (reads FFh). */
  setKind(address: number, length: number, kind: 'ram' | 'rom' | 'none'): void {
    this.kind.fill(PageKind[kind], address >>> PAGE_SHIFT, (address + length) >>> PAGE_SHIFT);
    this.onMappingChanged();
  }

  /** Brings back the kinds that all pages had when `kind` was copied. */
  loadKinds(kinds: Uint8Array): void {
    this.kind.set(kinds);
    this.onMappingChanged();
  }

  /** Maps a device over whole pages. */
  mapMmio(address: number, length: number, handler: MmioHandler): void {
    for (let page = address >>> PAGE_SHIFT; page < (address + length) / PAGE_SIZE; page++) {
      this.kind[page] = PageKind.mmio;
      this.#mmio.set(page, handler);
    }
    this.onMappingChanged();
  }

  /** Index into `ram` for a physical address on a RAM or ROM page. */
  backing(address: number): number {
    return address >= 0xfffc0000 ? address & 0xfffff : address;
  }

  /** Reads 1, 2 or 4 bytes (little-endian, zero-extended) anywhere; `address` is unsigned. */
  read(address: number, size: number): number {
    const kind = this.kind[address >>> PAGE_SHIFT]!;
    if ((address & (PAGE_SIZE - 1)) + size > PAGE_SIZE) return this.#readSplit(address, size);
    if (kind === PageKind.mmio) return this.#mmio.get(address >>> PAGE_SHIFT)!.read(address, size) >>> 0;
    if (kind === PageKind.none) return size === 4 ? 0xffffffff : (1 << (size * 8)) - 1;
    const at = this.backing(address);
    if (size === 4) return this.#view.getUint32(at, true);
    return size === 2 ? this.#view.getUint16(at, true) : this.ram[at]!;
  }

  /** Writes 1, 2 or 4 bytes anywhere; ROM and unmapped pages ignore it. */
  write(address: number, value: number, size: number): void {
    const page = address >>> PAGE_SHIFT;
    const kind = this.kind[page]!;
    if ((address & (PAGE_SIZE - 1)) + size > PAGE_SIZE) return this.#writeSplit(address, value, size);
    if (kind === PageKind.mmio) return this.#writeMmio(address, value, size);
    if (kind !== PageKind.ram) return;
    if (this.watched[page]) this.#tell(address, size, false, value);
    this.dirty[page] = Dirty.all;
    if (size === 4) this.#view.setUint32(address, value, true);
    else if (size === 2) this.#view.setUint16(address, value, true);
    else this.ram[address] = value;
  }

  #writeMmio(address: number, value: number, size: number): void {
    this.#hear(address, size, true, false, value);
    this.#mmio.get(address >>> PAGE_SHIFT)!.write(address, value, size);
  }

  #tell(address: number, length: number, master: boolean, value?: number): void {
    const watched = this.watched[address >>> PAGE_SHIFT]!;
    if (watched & CPU_WATCHES) this.onWatchedWrite(address, length);
    if (watched & Watch.data) this.#hear(address, length, true, master, value);
  }

  #hear(address: number, length: number, write: boolean, master: boolean, value?: number): void {
    if (!this.#tap || !this.observes(address, length, write)) return;
    this.#tap.heard(address, length, write, master, value);
  }

  /** An instruction reads data: to be called by the CPU, for `read` does not tell data from code. */
  hearRead(address: number, length: number): void {
    this.#hear(address, length, false, false);
  }

  /**
   * Has accesses told; undefined ends that. The processor's own marks in page tables (accessed, dirty) and its
   * walks through them are not told.
   */
  observe(tap: MemoryTap | undefined): void {
    for (let page = 0; page < this.watched.length; page++) this.watched[page]! &= CPU_WATCHES;
    this.#tap = tap;
    this.#mark(tap?.writes, Watch.data);
    this.#mark(tap?.reads, Watch.reads);
    if (tap?.reads) this.onMappingChanged();
    else this.onDirtyCleared();
  }

  #mark(ranges: readonly Range[] = [], bit: number): void {
    for (const { address, length } of ranges) {
      const last = Math.min((address + length - 1) >>> PAGE_SHIFT, this.watched.length - 1);
      for (let page = address >>> PAGE_SHIFT; page <= last; page++) this.watched[page]! |= bit;
    }
  }

  /** Must a read of some byte of this page take the slow path? ROM has no marks of its own where it is no RAM. */
  watchesReads(page: number): boolean {
    if (page < this.watched.length) return (this.watched[page]! & Watch.reads) !== 0;
    return this.#tap?.reads !== undefined && this.observes(page * PAGE_SIZE, PAGE_SIZE, false);
  }

  /** Would somebody hear of an access? */
  observes(at: number, length: number, write: boolean): boolean {
    const overlaps = (r: Range) => at < r.address + r.length && at + length > r.address;
    return (write ? this.#tap?.writes : this.#tap?.reads)?.some(overlaps) ?? false;
  }

  #readSplit(address: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.read((address + i) >>> 0, 1) << (8 * i);
    return value >>> 0;
  }

  #writeSplit(address: number, value: number, size: number): void {
    for (let i = 0; i < size; i++) this.write((address + i) >>> 0, (value >>> (8 * i)) & 0xff, 1);
  }

  /** Copies out of physical memory, as a bus master would (DMA). */
  readBytes(address: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = (address + done) >>> 0;
      const chunk = Math.min(length - done, PAGE_SIZE - (at & (PAGE_SIZE - 1)));
      const kind = this.kind[at >>> PAGE_SHIFT]!;
      this.#hear(at, chunk, false, true);
      if (kind === PageKind.ram || kind === PageKind.rom) {
        const from = this.backing(at);
        out.set(this.ram.subarray(from, from + chunk), done);
      } else for (let i = 0; i < chunk; i++) out[done + i] = this.read(at + i, 1);
      done += chunk;
    }
    return out;
  }

  /** Copies into physical memory, as a bus master would (DMA); ROM and unmapped pages ignore it. */
  writeBytes(address: number, data: Uint8Array): void {
    for (let done = 0; done < data.length; ) {
      const at = (address + done) >>> 0;
      const page = at >>> PAGE_SHIFT;
      const chunk = Math.min(data.length - done, PAGE_SIZE - (at & (PAGE_SIZE - 1)));
      if (this.kind[page] === PageKind.ram) {
        if (this.watched[page]) this.#tell(at, chunk, true);
        this.dirty[page] = Dirty.all;
        this.ram.set(data.subarray(done, done + chunk), at);
      } else for (let i = 0; i < chunk; i++) this.write(at + i, data[done + i]!, 1);
      done += chunk;
    }
  }

  /** Puts bytes into RAM or ROM whatever the page's kind: firmware images and loaded kernels. */
  load(address: number, data: Uint8Array): void {
    if (address + data.length > this.size) {
      throw new RangeError(`image of ${data.length} bytes at ${address.toString(16)}h does not fit in RAM`);
    }
    const end = address + data.length;
    for (let page = address >>> PAGE_SHIFT; page < end / PAGE_SIZE; page++) {
      if (this.watched[page]) {
        const start = Math.max(address, page << PAGE_SHIFT);
        this.#tellChanges(start, data.subarray(start - address, ((page + 1) << PAGE_SHIFT) - address));
      }
      this.dirty[page] = Dirty.all;
    }
    this.ram.set(data, address);
  }

  /** Of a watched page only what differs counts as written: code beside data that travel in time stays decoded. */
  #tellChanges(address: number, data: Uint8Array): void {
    for (let i = 0; i < data.length; i++) {
      if (data[i] === this.ram[address + i]) continue;
      const first = i;
      while (i < data.length && data[i] !== this.ram[address + i]) i++;
      this.onWatchedWrite(address + first, i - first);
    }
  }

  /** Calls `look` for each page written since the last time for this bit; the next write is noticed again. */
  takeDirty(bit: DirtyBit, look: (page: number) => void): void {
    const { dirty } = this;
    for (let page = 0; page < dirty.length; page++) {
      if (!(dirty[page]! & bit)) continue;
      look(page);
      dirty[page] = dirty[page]! & ~bit;
    }
    this.onDirtyCleared();
  }
}
