/** The bundled kernel: its multiboot header, and that the race is the three instructions it is told to be. */
import { describe, expect, test } from 'vitest';
import { guestImage, guestSymbols } from '../../../src/devices/firmware/guest.js';

const image = guestImage();
const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
const u32 = (offset: number) => view.getUint32(offset, true);
const LOAD = 0x100000;

const symbols = new Map(
  guestSymbols()
    .trimEnd()
    .split('\n')
    .map((line) => [line.slice(11), Number.parseInt(line.slice(0, 8), 16)] as const),
);
const at = (name: string) => symbols.get(name)! - LOAD;

describe('multiboot header (Multiboot Specification 0.6.96, section 3.1)', () => {
  test('is found in the first 8192 bytes, on a 32-bit boundary, and adds up', () => {
    const header = at('multiboot_header');
    expect(header).toBeLessThan(8192 - 32);
    expect(header % 4).toBe(0);
    expect(u32(header)).toBe(0x1badb002);
    expect((u32(header) + u32(header + 4) + u32(header + 8)) >>> 0).toBe(0);
    expect(u32(header + 4) & 0x10000).not.toBe(0);
  });

  test('says where the flat binary belongs', () => {
    const header = at('multiboot_header');
    const [headerAddress, load, loadEnd, bssEnd, entry] = [12, 16, 20, 24, 28].map((n) => u32(header + n));
    expect(headerAddress).toBe(LOAD + header);
    expect(load).toBe(LOAD);
    expect(loadEnd).toBe(LOAD + image.length);
    expect(entry).toBe(symbols.get('start'));
    for (const name of ['idt', 'monitor_stack_top', 'worker_a_stack_top', 'worker_b_stack_top']) {
      expect(symbols.get(name)).toBeGreaterThanOrEqual(loadEnd!);
      expect(symbols.get(name)).toBeLessThan(bssEnd!);
    }
  });
});

describe('the race', () => {
  test('is load, add, store of one counter, without lock', () => {
    const counter = symbols.get('counter')!;
    const code = [...image.subarray(at('worker.load'), at('worker.store') + 5)];
    const address = [0, 8, 16, 24].map((shift) => (counter >> shift) & 0xff);
    expect(code).toEqual([0xa1, ...address, 0x40, 0xa3, ...address]);
    expect(at('worker.add')).toBe(at('worker.load') + 5);
    expect(at('worker.store')).toBe(at('worker.add') + 1);
  });
});
