/** The physical address space beyond RAM. */
import { describe, expect, test } from 'vitest';
import { PhysicalMemory } from '../../src/core/memory.js';

describe('below 4 GiB', () => {
  test('256 KiB of ROM show what lies at C0000h to FFFFFh, and take no writes', () => {
    const memory = new PhysicalMemory(new Uint8Array(1 << 20));
    memory.load(0xc0000, Uint8Array.of(1));
    memory.load(0xfffff, Uint8Array.of(2));
    memory.write(0xfffc0000, 9, 1);
    expect([memory.read(0xfffc0000, 1), memory.read(0xffffffff, 1)]).toEqual([1, 2]);
    expect(memory.read(0xfffbffff, 1)).toBe(0xff);
    expect([...memory.readBytes(0xfffc0000, 1), ...memory.readBytes(0xffffffff, 1)]).toEqual([1, 2]);
  });
});
