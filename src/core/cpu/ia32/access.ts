/**
 * Memory as instructions see it: segment checks (SDM volume 3A, 5.3 to 5.5), then paging, then physical
 * memory; alignment checks and data breakpoints on the way. Every engine comes here: the evaluator and
 * the helpers always, compiled code when its inline TLB does not hold an address.
 */
import { Dirty, PAGE_SHIFT, PageKind, type PhysicalMemory, Watch } from '../../memory.js';
import type { CodeCache } from './engine/blocks.js';
import type { Mmu } from './mmu.js';
import type { RunState } from './space.js';
import { Cr0, Fault, Flag, type Ia32State, Seg, Vector } from './state.js';

const PRESENT = 0x80;
const CODE_SEGMENT = 0x18;
const CODE = 0x08;
/** Data: writable. Code: readable. */
const TYPE_RW = 0x02;
/** Data: expand-down. */
const EXPAND_DOWN = 0x04;
const BIG = 0x4000;
/** DR7: local and global enables of the four breakpoints. */
const DR7_ENABLES = 0xff;
/** The widest access compiled code makes inline is 4 bytes: valid offsets are below limit + 1 - 3. */
const FAST_MARGIN = 2;
/** The fast limit of a segment of 4 GiB. */
const FLAT = 0xffffffff - FAST_MARGIN;

export class Access {
  readonly #s: Ia32State;
  readonly #run: RunState;
  readonly #memory: PhysicalMemory;
  readonly #mmu: Mmu;
  readonly #code: CodeCache;
  /** Breakpoints or alignment checks are on: the inline TLB must stay empty. */
  #everyAccess = false;

  constructor(s: Ia32State, run: RunState, memory: PhysicalMemory, mmu: Mmu, code: CodeCache) {
    this.#s = s;
    this.#run = run;
    this.#memory = memory;
    this.#mmu = mmu;
    this.#code = code;
  }

  /** True while every access must be looked at. */
  get checksEveryAccess(): boolean {
    return this.#everyAccess;
  }

  /** Looks again at what `checksEveryAccess` depends on: DR7, CR0.AM, AC and CPL. */
  refreshChecks(): void {
    const s = this.#s;
    const aligned = (s.cr0 & Cr0.AM) !== 0 && (s.eflags & Flag.AC) !== 0 && s.cpl === 3;
    const now = aligned || (s.dr[7]! & DR7_ENABLES) !== 0;
    if (now && !this.#everyAccess) this.#mmu.flush();
    this.#everyAccess = now;
  }

  // ---- segments ----

  /** Recomputes the fast limits of a segment register. */
  segmentChanged(seg: number): void {
    const access = this.#s.access[seg]!;
    const limit = this.#s.limit[seg]!;
    const plain = (access & PRESENT) !== 0 && !((access & CODE) === 0 && access & EXPAND_DOWN);
    const fast = plain ? Math.max(0, limit - FAST_MARGIN) : 0;
    this.#run.fastRead[seg] = access & CODE && !(access & TYPE_RW) ? 0 : fast;
    this.#run.fastWrite[seg] = access & CODE || !(access & TYPE_RW) ? 0 : fast;
    const flat = this.#run.fastWrite[seg] === FLAT && this.#s.base[seg] === 0;
    const wide = seg !== Seg.ss || (access & BIG) !== 0;
    this.#run.flat = (this.#run.flat & ~(1 << seg)) | (flat && wide ? 1 << seg : 0);
  }

  /** The linear address of an access through a segment, or #GP(0), #SS(0). */
  linear(seg: number, offset: number, size: number, write: boolean): number {
    if (!this.#allowed(seg, offset, size, write)) throw new Fault(seg === Seg.ss ? Vector.SS : Vector.GP, 0);
    const linear = (this.#s.base[seg]! + offset) >>> 0;
    if (this.#everyAccess) this.#checkAlignment(linear, size);
    return linear;
  }

  #allowed(seg: number, offset: number, size: number, write: boolean): boolean {
    const access = this.#s.access[seg]!;
    const limit = this.#s.limit[seg]!;
    if (!(access & PRESENT)) return false;
    const isCode = (access & CODE_SEGMENT) === CODE_SEGMENT;
    if (write ? isCode || !(access & TYPE_RW) : isCode && !(access & TYPE_RW)) return false;
    const last = offset + size - 1;
    if (isCode || !(access & EXPAND_DOWN)) return last <= limit || (limit === 0xffffffff && size <= 4);
    return offset > limit && last <= (access & BIG ? 0xffffffff : 0xffff);
  }

  #checkAlignment(linear: number, size: number): void {
    const s = this.#s;
    const on = (s.cr0 & Cr0.AM) !== 0 && (s.eflags & Flag.AC) !== 0 && s.cpl === 3;
    if (on && (linear & (size - 1)) !== 0) throw new Fault(Vector.AC, 0);
  }

  // ---- linear addresses ----

  read(linear: number, size: number, user: boolean): number {
    if ((linear & 0xfff) + size > 0x1000) return this.#readSplit(linear, size, user);
    const physical = this.#mmu.translate(linear, false, user);
    this.#fill(linear, physical, user);
    if (this.#everyAccess) this.#matchBreakpoints(linear, size, false);
    this.#memory.hearRead(physical, size);
    return this.#memory.read(physical, size);
  }

  write(linear: number, value: number, size: number, user: boolean): void {
    if ((linear & 0xfff) + size > 0x1000) return this.#writeSplit(linear, value, size, user);
    const physical = this.#mmu.translate(linear, true, user);
    if (this.#everyAccess) this.#matchBreakpoints(linear, size, true);
    this.#memory.write(physical, value, size);
    this.#fill(linear, physical, user);
  }

  /** Throws #PF if a write would. */
  probeWrite(linear: number, length: number, user: boolean): void {
    this.#mmu.translate(linear, true, user);
    const second = secondPage(linear, length);
    if (second !== undefined) this.#mmu.translate(second, true, user);
  }

  #readSplit(linear: number, size: number, user: boolean): number {
    const places = this.#split(linear, size, false, user);
    for (const at of places) this.#memory.hearRead(at, 1);
    return places.reduce((value, at, i) => value + this.#memory.read(at, 1) * 2 ** (8 * i), 0);
  }

  #writeSplit(linear: number, value: number, size: number, user: boolean): void {
    const places = this.#split(linear, size, true, user);
    for (const [i, at] of places.entries()) this.#memory.write(at, (value >>> (8 * i)) & 0xff, 1);
  }

  /** Where the bytes of an access to two pages are: both are translated before either is touched. */
  #split(linear: number, size: number, write: boolean, user: boolean): number[] {
    const second = secondPage(linear, size)!;
    const here = 0x1000 - (linear & 0xfff);
    const first = this.#mmu.translate(linear, write, user);
    const behind = this.#mmu.translate(second, write, user);
    if (this.#everyAccess) {
      this.#matchBreakpoints(linear, here, write);
      this.#matchBreakpoints(second, size - here, write);
    }
    return Array.from({ length: size }, (_, i) => (i < here ? first + i : behind + i - here));
  }

  /** Lets later accesses to the page go the fast way, as far as nobody must hear of them. */
  #fill(linear: number, physical: number, user: boolean): void {
    if (this.#everyAccess) return;
    const memory = this.#memory;
    const page = physical >>> PAGE_SHIFT;
    const kind = memory.kind[page]!;
    if (kind !== PageKind.ram && kind !== PageKind.rom) return;
    if (memory.watchesReads(page)) return;
    const plain = kind === PageKind.ram && memory.dirty[page] === Dirty.all && memory.watched[page] === 0;
    this.#mmu.fill(linear, physical, plain && this.#mmu.writable, user);
  }

  /** Data breakpoints (SDM volume 3A, 17.2.5): DR6 bits to report at the next boundary. */
  #matchBreakpoints(linear: number, size: number, write: boolean): void {
    const { dr } = this.#s;
    for (let n = 0; n < 4; n++) {
      const control = dr[7]! >>> (16 + 4 * n);
      if (!((dr[7]! >>> (2 * n)) & 3)) continue;
      const kind = control & 3;
      if (kind !== 3 && !(kind === 1 && write)) continue;
      const length = [1, 2, 8, 4][(control >>> 2) & 3]!;
      const start = (dr[n]! & ~(length - 1)) >>> 0;
      if (linear < start + length && linear + size > start) this.#s.debugPending |= 1 << n;
    }
  }

  // ---- slow paths of compiled code ----

  /**
   * True if an access that reached the slow path must be made with an exact clock and be followed by a
   * look around: it touches a device, or a write changes code or page tables that are in use.
   */
  needsPrecise(linear: number, size: number, write: boolean, user: boolean): boolean {
    if (this.#everyAccess) return true;
    const second = secondPage(linear, size);
    const here = second === undefined ? size : 0x1000 - (linear & 0xfff);
    const first = this.#pageNeedsPrecise(this.#mmu.translate(linear, write, user), here, write);
    if (second === undefined) return first;
    return this.#pageNeedsPrecise(this.#mmu.translate(second, write, user), size - here, write) || first;
  }

  #pageNeedsPrecise(physical: number, size: number, write: boolean): boolean {
    const page = physical >>> PAGE_SHIFT;
    const kind = this.#memory.kind[page]!;
    if (kind === PageKind.rom && this.#memory.watchesReads(page)) return true;
    if (kind !== PageKind.ram) return kind === PageKind.mmio;
    const watched = this.#memory.watched[page]!;
    if (watched === 0) return false;
    if (watched & Watch.reads && this.#memory.observes(physical, size, false)) return true;
    if (!write) return false;
    if (watched & Watch.data && this.#memory.observes(physical, size, true)) return true;
    return (watched & Watch.pageTable) !== 0 || this.#code.overlaps(physical, size);
  }
}

/** The start of the second page that a range touches: where its fault is, if it has one. */
function secondPage(linear: number, length: number): number | undefined {
  const last = (linear + length - 1) >>> 0;
  return ((linear ^ last) & ~0xfff) === 0 ? undefined : (last & ~0xfff) >>> 0;
}
