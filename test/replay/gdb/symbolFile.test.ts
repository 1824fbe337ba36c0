/** Files of symbols for gdb: read again by the project's own reader, and by readelf if the host has it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symbolFile } from '../../../src/replay/gdb/symbolFile.js';
import { type GuestSymbol, readSymbols } from '../../../src/replay/guest/symbols.js';

const symbols = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[A-Za-z_][\w.]{0,20}$/),
    address: fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 5000 })),
    kind: fc.constantFrom('code' as const, 'data' as const),
  }),
  { selector: ({ name }) => name, minLength: 1 },
);

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

describe('a file of symbols', () => {
  it('holds each with its address', () => {
    fc.assert(
      fc.property(symbols, (all) => {
        const read = [...readSymbols(symbolFile(all))].sort(byName);
        const kinds = new Map(all.map(({ address }) => [address, new Set<string>()]));
        for (const { address, kind } of all) kinds.get(address)!.add(kind);
        expect(read).toEqual(
          [...all].sort(byName).map((symbol) => {
            // Two kinds of things cannot be at one place.
            return kinds.get(symbol.address)!.size === 1 ? symbol : { ...symbol, kind: expect.anything() };
          }),
        );
      }),
    );
  });

  const readelf = (file: string) => spawnSync('readelf', ['-aW', file], { encoding: 'utf8' });

  it.skipIf(readelf('--version').error)('is an ELF file that readelf finds nothing wrong with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rewind86-'));
    const file = join(folder, 'symbols');
    const all: GuestSymbol[] = [
      { name: 'low', address: 0x1000 },
      { name: 'near', address: 0x1fff },
      { name: 'variable', address: 0x2000, kind: 'data' },
      { name: 'far', address: 0xc5000000 },
      { name: 'last', address: 0xffffffff },
    ];
    writeFileSync(file, symbolFile(all));
    const { stdout, stderr } = readelf(file);
    rmSync(folder, { recursive: true });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/Machine: +Intel 80386/);
    // gdb gives an address a name only within a section.
    const sections = [...stdout.matchAll(/NOBITS +([0-9a-f]{8}) \S+ ([0-9a-f]+)/g)].map(([, at, size]) => {
      return { from: Number.parseInt(at!, 16), to: Number.parseInt(at!, 16) + Number.parseInt(size!, 16) };
    });
    for (const { name, address, kind } of all) {
      expect(stdout).toMatch(
        new RegExp(
          `${address.toString(16).padStart(8, '0')} +0 ${kind === 'data' ? 'OBJECT' : 'FUNC'} .* ${name}\\n`,
        ),
      );
      expect(sections.some(({ from, to }) => from <= address && address < to)).toBe(true);
    }
    expect(sections).toHaveLength(4);
  });
});
