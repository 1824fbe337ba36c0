/** The multiboot loader against the Multiboot Specification 0.6.96, with made-up kernels and the project's own. */
import { describe, expect, test } from 'vitest';
import type { LoadedKernel, MemoryPiece } from '../../../src/devices/firmware/biosLayout.js';
import { guestImage } from '../../../src/devices/firmware/guest.js';
import { isMultiboot, loadMultiboot } from '../../../src/devices/firmware/multiboot.js';

const MIB = 1 << 20;
const MEMORY = 16 * MIB;

function words(...values: number[]): Uint8Array {
  return new Uint8Array(new Uint32Array(values).buffer);
}

/** Header fields: magic, flags, checksum, then addresses. */
function header(flags: number, ...addresses: number[]): Uint8Array {
  return words(0x1badb002, flags, -(0x1badb002 + flags), ...addresses);
}

/** An ELF file with one segment: linked at C0100000h, loaded at 2 MiB, with a header and 8 KiB more to clear. */
function elf(flags = 0, physical = 2 * MIB): Uint8Array {
  const image = new Uint8Array(0x1000 + 16);
  const view = new DataView(image.buffer);
  image.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true); // executable
  view.setUint16(18, 3, true); // 386
  view.setUint32(24, 0xc010000c, true); // entry
  view.setUint32(28, 52, true); // program headers
  view.setUint16(42, 32, true);
  view.setUint16(44, 1, true);
  image.set(words(1, 0x1000, 0xc0100000, physical, 16, 0x2000, 7, 0x1000), 52);
  image.set(header(flags), 0x1000);
  image.set([0xf4], 0x100c);
  return image;
}

/** An image that says where it belongs: at 1 MiB, its header at 1 MiB + 8, a BSS to 1 MiB + 100h. */
function addressed(): Uint8Array {
  const image = new Uint8Array(64).fill(0x90);
  image.set(header(0x10000, MIB + 8, MIB, MIB + 64, MIB + 0x100, MIB + 48), 8);
  return image;
}

const load = (image: Uint8Array, initrd?: Uint8Array): LoadedKernel =>
  loadMultiboot({ image, commandLine: 'a b', memory: MEMORY, ...(initrd ? { initrd } : {}) });

function pieceAt({ pieces }: LoadedKernel, address: number): MemoryPiece {
  return pieces.find((p) => address >= p.address && address < p.address + p.bytes.length)!;
}

function read32(loaded: LoadedKernel, address: number): number {
  const { bytes, address: base } = pieceAt(loaded, address);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(address - base, true);
}

function readText(loaded: LoadedKernel, address: number): string {
  const { bytes, address: base } = pieceAt(loaded, address);
  return new TextDecoder().decode(bytes.subarray(address - base)).split('\0')[0]!;
}

describe('multiboot loader', () => {
  test('loads ELF segments at their physical addresses, cleared to their size', () => {
    const { pieces, start } = load(elf());
    const code = pieces[0]!;
    expect(code.address).toBe(2 * MIB);
    expect(code.bytes.length).toBe(0x2000);
    expect(code.bytes[12]).toBe(0xf4);
    expect(code.bytes.subarray(16).every((b) => b === 0)).toBe(true);
    expect(start.eip).toBe(2 * MIB + 12);
  });

  test('loads an image where its header says', () => {
    const { pieces, start } = load(addressed());
    const code = pieces[0]!;
    expect(code.address).toBe(MIB);
    expect(code.bytes.length).toBe(0x100);
    expect([code.bytes[0], code.bytes[63], code.bytes[64]]).toEqual([0x90, 0x90, 0]);
    expect(start.eip).toBe(MIB + 48);
  });

  test('starts with the magic in EAX and the information in EBX', () => {
    const loaded = load(elf());
    const info = loaded.start.ebx;
    expect(loaded.start.eax).toBe(0x2badb002);
    expect(read32(loaded, info) & 0x247).toBe(0x244 | 1);
    expect(read32(loaded, info + 4)).toBe(639);
    expect(read32(loaded, info + 8)).toBe(15 * 1024 - 64);
    expect(readText(loaded, read32(loaded, info + 16))).toBe('a b');
    expect(readText(loaded, read32(loaded, info + 64))).toBe('Rewind86');
  });

  test('gives the memory map with a size before each entry', () => {
    const loaded = load(elf());
    const length = read32(loaded, loaded.start.ebx + 44);
    const map = read32(loaded, loaded.start.ebx + 48);
    const entries: number[][] = [];
    for (let at = map; at < map + length; at += read32(loaded, at) + 4) {
      entries.push([read32(loaded, at + 4), read32(loaded, at + 12), read32(loaded, at + 20)]);
    }
    expect(entries).toContainEqual([0, 0x9fc00, 1]);
    expect(entries).toContainEqual([MIB, 15 * MIB - 0x10000, 1]);
  });

  test('gives a RAM disk as a module, on a page after the kernel', () => {
    const initrd = Uint8Array.from([1, 2, 3]);
    const loaded = load(elf(), initrd);
    const module = read32(loaded, loaded.start.ebx + 24);
    const [start, end] = [read32(loaded, module), read32(loaded, module + 4)];
    expect(read32(loaded, loaded.start.ebx + 20)).toBe(1);
    expect([start, end]).toEqual([2 * MIB + 0x2000, 2 * MIB + 0x2003]);
    expect(pieceAt(loaded, start).bytes).toEqual(initrd);
  });

  test('without one there are no modules', () => {
    const loaded = load(elf());
    expect(read32(loaded, loaded.start.ebx + 20)).toBe(0);
  });

  test('no two pieces overlap', () => {
    const pieces = [...load(elf(), new Uint8Array(100)).pieces].sort((a, b) => a.address - b.address);
    for (let i = 1; i < pieces.length; i++) {
      const before = pieces[i - 1]!;
      expect(before.address + before.bytes.length).toBeLessThanOrEqual(pieces[i]!.address);
    }
  });

  test("loads the project's own guest at 1 MiB", () => {
    const { pieces } = load(guestImage());
    expect(pieces[0]!.address).toBe(MIB);
  });

  test.each([
    ['no header', new Uint8Array(8192), /no header/],
    ['a demand that we do not know', elf(0x8), /demands flags 8h/],
    ['an ELF file that is cut off', elf().slice(0, 0x1000 + 12), /cut off/],
    ['low memory in use', elf(0, 0x1000), /taken/],
    ['video memory', elf(0, 0xb8000), /taken/],
    ['an address beyond memory', elf(0, MEMORY), /does not fit/],
    ['an addressed image that is cut off', addressed().slice(0, 60), /not in the file/],
  ])('refuses %s', (_name, image, reason) => {
    expect(() => load(image)).toThrow(reason);
  });

  test('a wrong checksum is no header', () => {
    const image = elf();
    image[0x1008]! ^= 1;
    expect(isMultiboot(image)).toBe(false);
    expect(isMultiboot(elf())).toBe(true);
  });
});
