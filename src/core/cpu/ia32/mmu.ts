/**
 * Paging (SDM volume 3A, chapter 4: 32-bit paging with PSE) and the software TLB.
 *
 * The TLB is an invisible cache: a write to a page table entry that it was filled from drops what
 * depends on it, so the machine behaves as if every access walked the tables, accessed and dirty bits
 * included. Guests that forget INVLPG are therefore not caught out. Global pages are accepted and mean
 * nothing. Not modelled: PAE, more than 4 GiB, tables in the memory of devices (nothing is present there).
 */
import type { PhysicalMemory } from '../../memory.js';
import { Dirty, PAGE_SHIFT, PageKind, Watch } from '../../memory.js';
import { ITLB_BASE, ITLB_ENTRIES, RAM_BASE, type Space, TLB_BASE, TLB_ENTRIES } from './space.js';
import { Cr0, Cr4, Fault, type Ia32State, Vector } from './state.js';

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const LARGE = 0x80;
const PAGE_MASK = 0xfffff000;
/** Matches no page. */
const NO_TAG = 1;
/** In `tableBase`: nothing known; used as a directory, or at several places. */
const NOWHERE = -1;
const MANY = -2;
/** As long as so few entries of a TLB are in use, dropping them does not look at all of it. */
const MOST_LISTED = 128;

/** Which entries of a TLB may be in use. */
class InUse {
  readonly #list = new Uint16Array(MOST_LISTED);
  readonly #isListed: Uint8Array;
  /** To be looked at: those in the list, or all. */
  count: number;

  /** At first, any of so many. */
  constructor(entries: number) {
    this.#isListed = new Uint8Array(entries);
    this.count = entries;
  }

  get #all(): number {
    return this.#isListed.length;
  }

  add(entry: number): void {
    if (this.#isListed[entry] || this.count === this.#all) return;
    this.#isListed[entry] = 1;
    if (this.count === MOST_LISTED) this.count = this.#all;
    else this.#list[this.count++] = entry;
  }

  clear(): void {
    this.count = 0;
    this.#isListed.fill(0);
  }

  entry(n: number): number {
    return this.count === this.#all ? n : this.#list[n]!;
  }
}

export class Mmu {
  readonly #s: Ia32State;
  readonly #memory: PhysicalMemory;
  readonly #u32: Uint32Array;
  /** Set by `translate`: the page may be written without another walk. */
  writable = false;
  /** Called before accessed and dirty bits change in a page that holds decoded code. */
  onCodeChanged: (address: number, length: number) => void = () => {};
  /** Linear megapage that a page-table page maps, in units of 4 MiB; or NOWHERE, MANY. */
  readonly #tableBase: Int16Array;
  /** TLB generation in which a page was last walked as a table. */
  readonly #walkedIn: Float64Array;
  #generation = 1;
  /** Changes whenever anything cached about a linear address is dropped. */
  epoch = 0;
  /** Entries of both sets, supervisor's first. */
  readonly #inUse = new InUse(2 * TLB_ENTRIES);
  readonly #instructionsInUse = new InUse(2 * ITLB_ENTRIES);

  constructor(s: Ia32State, memory: PhysicalMemory, space: Space) {
    this.#s = s;
    this.#memory = memory;
    this.#u32 = space.u32;
    this.#tableBase = new Int16Array(memory.size >>> PAGE_SHIFT).fill(NOWHERE);
    this.#walkedIn = new Float64Array(memory.size >>> PAGE_SHIFT);
    this.flush();
  }

  /** Changes whenever everything cached is dropped. */
  get generation(): number {
    return this.#generation;
  }

  /** Physical address for a linear one; throws #PF. Sets accessed and dirty bits as the access does. */
  translate(linear: number, write: boolean, user: boolean): number {
    const { cr0 } = this.#s;
    if (!(cr0 & Cr0.PG)) {
      this.writable = true;
      return this.#a20(linear);
    }
    return this.#a20(this.#walk(linear, write, user));
  }

  #a20(physical: number): number {
    return this.#s.a20 ? physical : (physical & ~0x100000) >>> 0;
  }

  #walk(linear: number, write: boolean, user: boolean): number {
    const s = this.#s;
    const pdeAt = ((s.cr3 & PAGE_MASK) + ((linear >>> 22) << 2)) >>> 0;
    const pde = this.#readEntry(pdeAt, MANY);
    if (!(pde & PRESENT)) throw this.#fault(linear, write, user, false);
    if (pde & LARGE && s.cr4 & Cr4.PSE) {
      this.#check(pde & (WRITABLE | USER), linear, write, user);
      const updated = this.#update(pdeAt, pde, write);
      this.writable &&= (updated & DIRTY) !== 0;
      return ((pde & 0xffc00000) | (linear & 0x3fffff)) >>> 0;
    }
    const pteAt = ((pde & PAGE_MASK) + (((linear >>> 12) & 0x3ff) << 2)) >>> 0;
    const pte = this.#readEntry(pteAt, linear >>> 22);
    if (!(pte & PRESENT)) throw this.#fault(linear, write, user, false);
    this.#check(pde & pte & (WRITABLE | USER), linear, write, user);
    if (!(pde & ACCESSED)) this.#writeEntry(pdeAt, pde | ACCESSED);
    const updated = this.#update(pteAt, pte, write);
    this.writable &&= (updated & DIRTY) !== 0;
    return ((pte & PAGE_MASK) | (linear & 0xfff)) >>> 0;
  }

  /** Protection by the rights of both levels; leaves in `writable` whether this privilege may write. */
  #check(rights: number, linear: number, write: boolean, user: boolean): void {
    const mayWrite = (rights & WRITABLE) !== 0 || (!user && !(this.#s.cr0 & Cr0.WP));
    if ((user && !(rights & USER)) || (write && !mayWrite)) throw this.#fault(linear, write, user, true);
    this.writable = mayWrite;
  }

  #fault(linear: number, write: boolean, user: boolean, present: boolean): Fault {
    return new Fault(Vector.PF, (present ? 1 : 0) | (write ? 2 : 0) | (user ? 4 : 0), linear >>> 0);
  }

  #update(at: number, entry: number, write: boolean): number {
    const updated = entry | ACCESSED | (write ? DIRTY : 0);
    if (updated !== entry) this.#writeEntry(at, updated);
    return updated;
  }

  /**
   * Reads an entry and makes sure that a later write to it is noticed. A device is not asked: how often
   * tables are walked is nobody's business.
   */
  #readEntry(at: number, base: number): number {
    if (this.#memory.kind[at >>> PAGE_SHIFT] === PageKind.mmio) return 0;
    const page = this.#memory.backing(at) >>> PAGE_SHIFT;
    if (page < this.#walkedIn.length) this.#noteWalked(page, base);
    return this.#memory.read(at, 4) | 0;
  }

  #noteWalked(page: number, base: number): void {
    if (this.#walkedIn[page] !== this.#generation) this.#tableBase[page] = base;
    else if (this.#tableBase[page] !== base) this.#tableBase[page] = MANY;
    this.#walkedIn[page] = this.#generation;
    if (this.#memory.watched[page]! & Watch.pageTable) return;
    this.#memory.watched[page] = this.#memory.watched[page]! | Watch.pageTable;
    this.dropWriteTags(page);
  }

  /** The processor's own update of accessed and dirty bits: nothing depends on those bits but itself. */
  #writeEntry(at: number, entry: number): void {
    const page = at >>> PAGE_SHIFT;
    const memory = this.#memory;
    if (memory.kind[page] !== PageKind.ram) return;
    if (memory.watched[page]! & Watch.code) this.onCodeChanged(at, 4);
    memory.dirty[page] = Dirty.all;
    const i = RAM_BASE + at;
    this.#u32[i >>> 2] = entry;
  }

  /** Somebody is about to write to a page that was walked as a table. */
  tableWritten(address: number, length: number): void {
    const page = address >>> PAGE_SHIFT;
    if (this.#walkedIn[page] !== this.#generation) {
      this.#memory.watched[page] = this.#memory.watched[page]! & ~Watch.pageTable;
      return;
    }
    for (let at = address & ~3; at < address + length; at += 4) {
      if (!(this.#memory.read(at, 4) & PRESENT)) continue;
      const base = this.#tableBase[page]!;
      if (base === MANY) return this.flush();
      this.invalidate(((base << 22) | ((at & 0xfff) << 10)) >>> 0);
    }
  }

  // ---- the TLB ----

  /** Enters a translated page for one privilege. `writeToo`: stores may go the fast way as well. */
  fill(linear: number, physical: number, writeToo: boolean, user: boolean): void {
    const page = linear & PAGE_MASK;
    const entry = entryOf(linear, user, TLB_ENTRIES);
    const i = tlbWord(entry);
    this.#inUse.add(entry);
    this.#u32[i] = page;
    this.#u32[i + 1] = writeToo ? page : NO_TAG;
    this.#u32[i + 2] = RAM_BASE + this.#memory.backing((physical & PAGE_MASK) >>> 0) - page;
  }

  fillInstruction(linear: number, entryTable: number, user: boolean): void {
    const entry = entryOf(linear, user, ITLB_ENTRIES);
    this.#instructionsInUse.add(entry);
    this.#u32[itlbWord(entry)] = linear & PAGE_MASK;
    this.#u32[itlbWord(entry) + 1] = entryTable;
  }

  /** Drops everything. */
  flush(): void {
    this.#generation++;
    this.epoch++;
    const inUse = this.#inUse;
    for (let n = 0; n < inUse.count; n++) this.#drop(inUse.entry(n));
    inUse.clear();
    this.flushInstructions();
  }

  flushInstructions(): void {
    const inUse = this.#instructionsInUse;
    for (let n = 0; n < inUse.count; n++) this.#u32[itlbWord(inUse.entry(n))] = NO_TAG;
    inUse.clear();
  }

  #drop(entry: number): void {
    this.#u32[tlbWord(entry)] = NO_TAG;
    this.#u32[tlbWord(entry) + 1] = NO_TAG;
  }

  /** Drops one linear page. */
  invalidate(linear: number): void {
    this.epoch++;
    for (const user of [false, true]) {
      this.#drop(entryOf(linear, user, TLB_ENTRIES));
      this.#u32[itlbWord(entryOf(linear, user, ITLB_ENTRIES))] = NO_TAG;
    }
  }

  /** Makes writes to a physical page take the slow path from now on. */
  dropWriteTags(page: number): void {
    const addendPage = (RAM_BASE + (page << PAGE_SHIFT)) >>> 0;
    for (let n = 0; n < this.#inUse.count; n++) {
      const i = tlbWord(this.#inUse.entry(n));
      const tag = this.#u32[i + 1]!;
      if (tag !== NO_TAG && (tag + this.#u32[i + 2]!) >>> 0 === addendPage) this.#u32[i + 1] = NO_TAG;
    }
  }

  dropAllWriteTags(): void {
    for (let n = 0; n < this.#inUse.count; n++) this.#u32[tlbWord(this.#inUse.entry(n)) + 1] = NO_TAG;
  }
}

/** The entry of a TLB, over both sets, that a linear page goes to. */
function entryOf(linear: number, user: boolean, entries: number): number {
  return (user ? entries : 0) + ((linear >>> PAGE_SHIFT) & (entries - 1));
}

/** Where an entry is, in words. */
const tlbWord = (entry: number): number => (TLB_BASE >>> 2) + entry * 4;
const itlbWord = (entry: number): number => (ITLB_BASE >>> 2) + entry * 2;
