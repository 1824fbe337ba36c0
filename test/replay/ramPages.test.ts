import { beforeAll, expect, it } from 'vitest';
import { Dirty, PhysicalMemory } from '../../src/core/memory.js';
import { differingPage, RamPages } from '../../src/replay/ramPages.js';
import { ready } from '../../src/replay/ready.js';

beforeAll(() => ready());

const PAGES = 1024;

it('hashes only what was written, to the same value as from scratch', () => {
  const memory = new PhysicalMemory(new Uint8Array(PAGES * 4096));
  const pages = new RamPages(memory);
  const blank = pages.update();
  for (const at of [0, 4095, 4096, 123_456, PAGES * 4096 - 4]) memory.write(at, 0x5a, 1);
  const written = pages.update();
  expect(written).not.toBe(blank);
  expect(memory.dirty.some((bits) => bits & Dirty.hashes)).toBe(false);
  const fresh = new RamPages(memory);
  expect(fresh.update()).toBe(written);
  expect(fresh.sums).toEqual(pages.sums);
  for (const at of [0, 4095, 4096, 123_456, PAGES * 4096 - 4]) memory.write(at, 0, 1);
  expect(pages.update()).toBe(blank);
});

it('names the one page that differs, whichever it is, and no page if two do', () => {
  const memory = new PhysicalMemory(new Uint8Array(PAGES * 4096));
  const pages = new RamPages(memory);
  const before = [...pages.sums] as [number, number, number];
  for (let page = 0; page < PAGES; page += 31) {
    memory.write(page * 4096 + 7, 1, 1);
    pages.update();
    expect(differingPage(before, pages.sums, PAGES)).toBe(page);
    memory.write(((page + 5) % PAGES) * 4096, 9, 1);
    pages.update();
    expect(differingPage(before, pages.sums, PAGES)).toBeUndefined();
    memory.write(page * 4096 + 7, 0, 1);
    memory.write(((page + 5) % PAGES) * 4096, 0, 1);
    pages.update();
    expect(pages.sums).toEqual(before);
  }
});
