/** The Linux loader against the boot protocol (Documentation/x86/boot.rst, zero-page.rst), with made-up kernels. */
import { describe, expect, test } from 'vitest';
import { MAILBOX_ADDRESS, type MemoryPiece } from '../../../src/devices/firmware/biosLayout.js';
import { isLinux, type LinuxBootOptions, loadLinux } from '../../../src/devices/firmware/linuxBoot.js';

const MIB = 1 << 20;
const SETUP_SECTORS = 3;

interface KernelOptions {
  readonly version?: number;
  readonly loadFlags?: number;
  readonly initSize?: number;
  readonly ramdiskMax?: number;
}

/** A bzImage: three setup sectors and the code "CODE". */
function kernel({
  version = 0x20f,
  loadFlags = 1,
  initSize = 3 * MIB,
  ramdiskMax = 0x7fffffff,
}: KernelOptions = {}) {
  const image = new Uint8Array((SETUP_SECTORS + 1) * 512 + 4);
  const view = new DataView(image.buffer);
  image[0x1f1] = SETUP_SECTORS;
  view.setUint16(0x1fa, 0x1234, true); // vid_mode
  view.setUint16(0x1fe, 0xaa55, true);
  image.set([0xeb, 0x66], 0x200); // jump over the header, which ends at 268h
  image.set(new TextEncoder().encode('HdrS'), 0x202);
  view.setUint16(0x206, version, true);
  image[0x211] = loadFlags;
  view.setUint32(0x22c, ramdiskMax, true);
  view.setUint32(0x238, 255, true); // cmdline_size
  view.setUint32(0x258, MIB, true); // pref_address
  view.setUint32(0x260, initSize, true);
  image[0x268] = 0x99; // after the header
  image.set(new TextEncoder().encode('CODE'), (SETUP_SECTORS + 1) * 512);
  return image;
}

function load(options: Partial<LinuxBootOptions> = {}) {
  const loaded = loadLinux({ image: kernel(), commandLine: 'quiet', memory: 32 * MIB, seed: 1, ...options });
  const at = (address: number): MemoryPiece => loaded.pieces.find((p) => p.address === address)!;
  const zeroPage = at(loaded.start.esi).bytes;
  return { ...loaded, at, zeroPage, zero: new DataView(zeroPage.buffer) };
}

describe('Linux loader', () => {
  test('puts the protected-mode code at 1 MiB and starts there, ESI at the zero page', () => {
    const { at, start, zeroPage } = load();
    expect(new TextDecoder().decode(at(MIB).bytes)).toBe('CODE');
    expect(start.eip).toBe(MIB);
    expect(zeroPage.length).toBe(4096);
  });

  test('copies the setup header, and nothing after it', () => {
    const { zero, zeroPage } = load();
    expect(zero.getUint32(0x202, true)).toBe(0x53726448);
    expect(zero.getUint16(0x1fa, true)).toBe(0x1234);
    expect(zeroPage[0x268]).toBe(0);
  });

  test('fills the fields that a boot loader must', () => {
    const { zero, zeroPage, at } = load();
    expect(zeroPage[0x210]).toBe(0xff);
    expect(zero.getUint32(0x214, true)).toBe(MIB);
    const text = at(zero.getUint32(0x228, true)).bytes;
    expect(new TextDecoder().decode(text)).toBe('quiet\0');
  });

  test('hands over a seed for random numbers, another one for another machine', () => {
    const seedOf = (seed: number) => {
      const { zero, at } = load({ seed });
      return at(zero.getUint32(0x250, true)).bytes;
    };
    const data = seedOf(1);
    const view = new DataView(data.buffer);
    expect([view.getBigUint64(0, true), view.getUint32(8, true), view.getUint32(12, true)]).toEqual([
      0n,
      9,
      32,
    ]);
    expect(data.length).toBe(16 + 32);
    expect(seedOf(2)).not.toEqual(data);
    expect(seedOf(1)).toEqual(data);
  });

  test('tells the memory map and the VGA text mode', () => {
    const { zero, zeroPage } = load();
    const entries = Array.from({ length: zeroPage[0x1e8]! }, (_, i) => {
      const at = 0x2d0 + 20 * i;
      return [zero.getUint32(at, true), zero.getUint32(at + 8, true), zero.getUint32(at + 16, true)];
    });
    expect(entries).toContainEqual([0, 0x9fc00, 1]);
    expect(entries).toContainEqual([MIB, 31 * MIB - 0x10000, 1]);
    expect(zeroPage[0x06]).toBe(3);
    expect(zeroPage[0x07]).toBe(80);
    expect(zeroPage[0x0e]).toBe(25);
    expect(zeroPage[0x0f]).toBe(1);
  });

  test('puts the RAM disk on a page, below the ACPI tables', () => {
    const initrd = new Uint8Array(5000).fill(7);
    const { zero, at } = load({ initrd });
    const address = zero.getUint32(0x218, true);
    expect(address).toBe(32 * MIB - 0x10000 - 0x2000);
    expect(zero.getUint32(0x21c, true)).toBe(5000);
    expect(at(address).bytes).toEqual(initrd);
  });

  test('keeps the RAM disk below the highest address that the kernel allows', () => {
    const { zero } = load({ image: kernel({ ramdiskMax: 8 * MIB - 1 }), initrd: new Uint8Array(4096) });
    expect(zero.getUint32(0x218, true)).toBe(8 * MIB - 4096);
  });

  test('leaves the start state in the mailbox', () => {
    const { at, start } = load();
    const words = [...new Uint32Array(at(MAILBOX_ADDRESS).bytes.buffer)];
    expect(words).toEqual([0x36385752, start.eip, start.esp, 0, 0, start.esi]);
  });

  test.each([
    ['not a kernel', { image: new Uint8Array(4096) }, /no setup header/],
    ['an empty file', { image: new Uint8Array(0) }, /no setup header/],
    ['a zImage', { image: kernel({ loadFlags: 0 }) }, /bzImage/],
    ['an old protocol', { image: kernel({ version: 0x201 }) }, /2\.02/],
    ['setup only', { image: kernel().slice(0, 4 * 512) }, /cut off/],
    ['too large for memory', { image: kernel({ initSize: 32 * MIB }) }, /does not fit/],
    ['a RAM disk too large', { initrd: new Uint8Array(29 * MIB) }, /RAM disk does not fit/],
    ['a long command line', { commandLine: 'x'.repeat(256) }, /255 bytes/],
  ])('refuses %s', (_name, options, reason) => {
    expect(() => load(options)).toThrow(reason);
  });

  test('recognizes kernels', () => {
    expect(isLinux(kernel())).toBe(true);
    expect(isLinux(new Uint8Array(1024))).toBe(false);
  });
});
