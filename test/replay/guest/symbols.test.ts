/** Symbols in the forms in which kernels and compilers leave them, and the nearest one to an address. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSymbols, Symbols } from '../../../src/replay/guest/symbols.js';

const read = (text: string) => readSymbols(new TextEncoder().encode(text));

describe('text', () => {
  it.each([
    ['System.map', 'c1000000 T _text\nc1234560 D jiffies\n'],
    ['nm', '         U printf\nc1000000 T _text\nc1234560 D jiffies\n'],
    ['nm -S', 'c1000000 00000010 T _text\nc1234560 00000004 D jiffies\n'],
    ['kallsyms', 'c1000000 T _text\nf8000000 t probe\t[e1000]\nc1234560 D jiffies\n'],
    ['a list', '; labels\nC1000000 _text\r\nC1234560 jiffies\r\n'],
  ])('of %s', (_, text) => {
    const symbols = read(text);
    expect(symbols.address('jiffies')).toBe(0xc1234560);
    expect(symbols.address('_text')).toBe(0xc1000000);
    expect(symbols.address('printf')).toBeUndefined();
  });

  it('says what is code and what is data, as nm does', () => {
    const kinds = [...read('1 T f\n2 t g\n3 W h\n4 D a\n5 b b\n6 R c\n7 V d\n8 A e\n9 i\n')].map(
      (s) => s.kind,
    );
    expect(kinds).toEqual(['code', 'code', 'code', 'data', 'data', 'data', 'data', undefined, undefined]);
  });

  it('that is none of these is refused, with the line', () => {
    expect(() => read('c1000000 T _text\nhello, world\n')).toThrow('line 2 is no address and name');
    expect(() => read('\n')).toThrow('it holds no symbols');
    expect(() => read('ffffffff81000000 T _text\n')).toThrow('64-bit');
  });
});

/** An ELF file with a symbol table and its names: specification 1.2, figures 1-3, 1-9 and 1-15. */
function elf(
  symbols: readonly { name: string; address: number; info: number; section: number }[],
): Uint8Array {
  const names = `\0${symbols.map((s) => `${s.name}\0`).join('')}`;
  const [table, strings, sections] = [52, 52 + 16 * symbols.length, 52 + 16 * symbols.length + names.length];
  const file = new Uint8Array(sections + 3 * 40);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint32(32, sections, true);
  view.setUint16(46, 40, true);
  view.setUint16(48, 3, true);
  let at = 1;
  for (const [i, s] of symbols.entries()) {
    view.setUint32(table + 16 * i, at, true);
    view.setUint32(table + 16 * i + 4, s.address, true);
    view.setUint8(table + 16 * i + 12, s.info);
    view.setUint16(table + 16 * i + 14, s.section, true);
    at += s.name.length + 1;
  }
  file.set(new TextEncoder().encode(names), strings);
  const section = (n: number, fields: readonly number[]) => {
    for (const [i, v] of fields.entries()) view.setUint32(sections + 40 * n + 4 * i, v, true);
  };
  section(1, [0, 2, 0, 0, table, 16 * symbols.length, 2]);
  section(2, [0, 3, 0, 0, strings, names.length, 0]);
  return file;
}

describe('ELF', () => {
  const file = elf([
    { name: 'main', address: 0x8048000, info: 0x12, section: 1 },
    { name: 'main.c', address: 0, info: 4, section: 0xfff1 },
    { name: 'elsewhere', address: 0, info: 0x10, section: 0 },
    { name: 'count', address: 0x804a000, info: 0x11, section: 2 },
  ]);

  it('gives functions and variables that are defined', () => {
    const symbols = readSymbols(file);
    expect([...symbols.names]).toEqual(['main', 'count']);
    expect(symbols.address('count')).toBe(0x804a000);
    expect([...symbols].map(({ kind }) => kind)).toEqual(['code', 'data']);
  });

  it('that is damaged is refused with a reason, never otherwise', () => {
    const place = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 6 }), fc.nat(file.length), (changes, length) => {
        const bad = file.slice(0, length);
        for (const [at, byte] of changes) if (at < length) bad[at] = byte;
        try {
          readSymbols(bad);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

describe('the nearest symbol', () => {
  const symbols = new Symbols([
    { name: 'b', address: 0x200 },
    { name: 'a', address: 0x100 },
  ]);

  it('is the last one at or before the address, if that is not far', () => {
    expect([0xff, 0x100, 0x1ff, 0x200, 0x21f].map((at) => symbols.show(at))).toEqual([
      undefined,
      'a',
      'a+0ffh',
      'b',
      'b+1fh',
    ]);
    expect(symbols.show(0x10200 - 1)).toBe('b+0ffffh');
    expect(symbols.show(0x10200)).toBeUndefined();
  });

  it('of two tables is the first one’s where both have the name', () => {
    const both = new Symbols([{ name: 'a', address: 0x150 }]).with(symbols);
    expect(both.address('a')).toBe(0x150);
    expect(both.address('b')).toBe(0x200);
  });
});
