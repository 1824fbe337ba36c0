/** The cache of decoded code forgets what is written over, and nothing else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodeCache } from '../../../../../src/core/cpu/ia32/engine/blocks.js';
import { Decoder } from '../../../../../src/core/cpu/ia32/isa/decode.js';
import { instructionSet } from '../../../../../src/core/cpu/ia32/isa/table.js';
import { Mmu } from '../../../../../src/core/cpu/ia32/mmu.js';
import { Space } from '../../../../../src/core/cpu/ia32/space.js';
import { IA32 } from '../../../../../src/core/cpu/ia32/state.js';
import { PhysicalMemory, Watch } from '../../../../../src/core/memory.js';

const MIB = 1 << 20;
const PAGE = 0x5000;
const REAL_MODE = 0;
/** Instructions after which it has paid to keep code. */
const LONG = 1000;
const HANDLERS = { end: 1, count: 2, pass: 3, breakpoint: 4, regions: 5 };

/** A cache over 1 MiB of RAM, made once: it is large. */
const space = new Space(MIB);
const memory = new PhysicalMemory(space.ram);
const mmu = new Mmu(IA32.create(space.buffer, 0), memory, space);
/** Instructions retired. */
let retired = 0;
const decoder = new Decoder(instructionSet(6));
const cache = new CodeCache(memory, space, decoder, mmu, {
  handlers: HANDLERS,
  heat: 0,
  retired: () => retired,
  onDropAll: () => {},
});

/** Puts `length - 2` NOPs and a jump to itself at a place in the page, and decodes them. */
function decode(offset: number, length: number): number {
  cache.dropAll();
  memory.ram.fill(0xf4, PAGE, PAGE + 0x1000);
  memory.ram.fill(0x90, PAGE + offset, PAGE + offset + length - 2);
  memory.ram.set([0xeb, 0xfe], PAGE + offset + length - 2);
  return find(offset);
}

function find(offset: number): number {
  return cache.block(PAGE + offset, tableOf(offset)!, REAL_MODE);
}

const tableOf = (offset: number): number | undefined => cache.tableOf(PAGE + offset, REAL_MODE);

/** Executes the instruction at a place in the page alone, as the core does; its record. */
function alone(offset: number): number {
  retired++;
  const at = PAGE + offset;
  return cache.keep(at, undefined, REAL_MODE, cache.decode(at, REAL_MODE)!);
}

const place = fc.integer({ min: 0, max: 0x1000 - 40 });
const length = fc.integer({ min: 2, max: 40 });

describe('a write to a page with decoded code', () => {
  test('drops the code exactly if it touches one of its bytes', () => {
    const near = fc.integer({ min: -70, max: 70 });
    fc.assert(
      fc.property(place, length, near, fc.integer({ min: 1, max: 64 }), (offset, size, distance, written) => {
        const at = Math.max(0, offset + distance);
        const count = Math.min(written, 0x1000 - at);
        const before = decode(offset, size);
        retired += LONG;
        cache.written(PAGE + at, count);
        const touches = at < offset + size && at + count > offset;
        expect(find(offset) !== before).toBe(touches);
      }),
    );
  });

  test('of the whole page drops all', () => {
    const before = decode(0xff0, 16);
    retired += LONG;
    cache.written(PAGE, 0x1000);
    expect(find(0xff0)).not.toBe(before);
  });

  test('is heard of as long as there is code, and no longer', () => {
    decode(0x100, 4);
    expect(memory.watched[PAGE >>> 12]! & Watch.code).not.toBe(0);
    cache.written(PAGE + 0x100, 1);
    expect(memory.watched[PAGE >>> 12]! & Watch.code).toBe(0);
  });
});

describe('a page whose code is written over again and again', () => {
  const rewrite = (after: number): void => {
    decode(0x100, 4);
    retired += after;
    cache.written(PAGE + 0x100, 1);
  };

  test('keeps none, is not watched, and is kept again when it has been let alone', () => {
    rewrite(LONG);
    for (let n = 0; n < 10 && tableOf(0x100) !== undefined; n++) rewrite(3);
    expect(tableOf(0x100)).toBeUndefined();
    const scratch = alone(0x100);
    expect(alone(0x200)).toBe(scratch);
    expect(memory.watched[PAGE >>> 12]! & Watch.code).toBe(0);
    for (let n = 0; n < LONG; n++) alone(0x100);
    expect(tableOf(0x100)).toBeDefined();
    expect(alone(0x100)).not.toBe(scratch);
  });

  test('is treated like any other, as long as much happens in between', () => {
    for (let n = 0; n < 100; n++) rewrite(LONG);
    expect(tableOf(0x100)).toBeDefined();
  });
});

describe('an instruction kept alone', () => {
  test('is found until a byte of it is written, on either page', () => {
    const [first, second] = [PAGE - 2, PAGE];
    for (const written of [undefined, first, first + 1, second, second + 2, second + 3]) {
      retired += LONG;
      cache.dropAll();
      memory.ram.set([0xb8, 1, 2, 3, 4], first);
      const d = decoder.decode((i) => memory.ram[first + i]!, 32);
      cache.keep(first, second, 1, d);
      if (written !== undefined) cache.written(written, 1);
      const found = cache.single(first, 1);
      if (written === undefined || written === second + 3) expect(found?.second).toBe(second);
      else expect(found).toBeUndefined();
    }
  });
});
