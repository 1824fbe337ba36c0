/** The language around the instructions, after the NASM manual: data, labels, expressions, macros, errors. */
import { describe, expect, test } from 'vitest';
import { AssemblerError, assemble } from '../../../../src/devices/firmware/assembler/assembler.js';

const bytes = (source: string, bits = 16) => [...assemble(`bits ${bits}\n${source}`).bytes];
const words = (source: string) => {
  const { bytes } = assemble(source);
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(i * 2, true));
};
const text = (source: string) => new TextDecoder().decode(assemble(source).bytes);

describe('data', () => {
  test('units, strings and padding', () => {
    expect(bytes('db 1, "ab", 255, -1')).toEqual([1, 97, 98, 255, 255]);
    expect(bytes('dw "abc"')).toEqual([97, 98, 99, 0]);
    expect(bytes('dd 12345678h')).toEqual([0x78, 0x56, 0x34, 0x12]);
    expect(bytes('dq -2')).toEqual([254, 255, 255, 255, 255, 255, 255, 255]);
    expect(bytes("dw 'ab'+1")).toEqual([98, 98]);
    expect(bytes("db `\\n\\x41\\0`, '\\n'")).toEqual([10, 0x41, 0, 92, 110]);
  });

  test('floating constants are IEEE 754', () => {
    expect(bytes('dd 1.5, -2.0')).toEqual([0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]);
    expect(bytes('dq 1.0')).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  });

  test('number notations', () => {
    expect(bytes('db 10, 0x1f, 1fh, $1f, 1010b, 0b1010, 17o, 0q17, 1_0, 10d')).toEqual([
      10, 31, 31, 31, 10, 10, 15, 15, 10, 10,
    ]);
  });

  test('times, resb and align', () => {
    expect(bytes('times 3 db 7')).toEqual([7, 7, 7]);
    expect(bytes('db 1\nresw 1\ndb 2')).toEqual([1, 0, 0, 2]);
    expect(bytes('db 1\nalign 4\ndb 2\nalign 4, db 0')).toEqual([1, 0x90, 0x90, 0x90, 2, 0, 0, 0]);
    expect(assemble('db 1\ntimes 510-($-$$) db 0\ndw 0aa55h').bytes.length).toBe(512);
  });

  test('incbin takes a part of a file', () => {
    const options = { incbin: () => Uint8Array.of(1, 2, 3, 4, 5) };
    expect([...assemble('incbin "x"', options).bytes]).toEqual([1, 2, 3, 4, 5]);
    expect([...assemble('incbin "x", 1, 1+1', options).bytes]).toEqual([2, 3]);
  });
});

describe('expressions', () => {
  test.each([
    ['2+3*4', 14],
    ['(2+3)*4', 20],
    ['-7 // 2', -3],
    ['-7 %% 2', -1],
    ['1 << 4 | 1', 17],
    ['~0 & 0ffh', 255],
    ['5 > 3 && 2 = 2', 1],
    ['6 & 3 == 2', 1],
    ['!5', 0],
    ['1 ? 7 : 8', 7],
    ["'A'", 65],
    ['0ffffh ^ 00ffh', 0xff00],
    ['17 % 5', 2],
    ['1000h >> 8', 16],
  ])('%s', (expression, value) => {
    expect(assemble(`x equ ${expression}`).symbols.get('x')).toBe(value);
  });

  test('an address is not a plain number', () => {
    expect(() => bytes('here: dw here >> 4')).toThrow('plain numbers');
    expect(words('org 100h\ndw 0\nhere: dw (here-$$) >> 1')).toEqual([0, 1]);
  });
});

describe('labels', () => {
  test('local labels belong to the last other one', () => {
    const { symbols } = assemble('org 10h\na: nop\n.x: nop\nb: nop\n.x: nop\njmp a.x');
    expect([...symbols]).toEqual([
      ['a', 0x10],
      ['a.x', 0x11],
      ['b', 0x12],
      ['b.x', 0x13],
    ]);
  });

  test('constants may be used before they are defined, through others', () => {
    expect(bytes('db a\na equ b+1\nb equ c+1\nc equ 1')).toEqual([3]);
  });

  test('jumps are short where they reach', () => {
    expect(bytes('jmp x\ntimes 127 nop\nx:').slice(0, 2)).toEqual([0xeb, 127]);
    expect(bytes('jmp x\ntimes 128 nop\nx:').slice(0, 3)).toEqual([0xe9, 128, 0]);
    expect(bytes('x: times 126 nop\njmp x').slice(-2)).toEqual([0xeb, 0x80]);
    expect(bytes('jz near x\nx:', 32)).toEqual([0x0f, 0x84, 0, 0, 0, 0]);
    expect(() => bytes('jmp short x\ntimes 128 nop\nx:')).toThrow('does not reach');
  });

  test('a jump that grows makes others grow', () => {
    // The second jump must be long; only then is the first one's target out of reach.
    const source = 'jmp x\njmp y\ntimes 125 nop\nx: times 10 nop\ny:';
    expect(bytes(source).slice(0, 6)).toEqual([0xe9, 128, 0, 0xe9, 135, 0]);
  });

  test('struc gives offsets and a size; absolute counts without bytes', () => {
    const result = assemble(
      'struc p\n.x: resw 1\n.y: resd 1\nendstruc\nabsolute 500h\nbuf: resb p_size\nend_:',
    );
    expect(Object.fromEntries(result.symbols)).toEqual({
      p: 0,
      'p.x': 0,
      'p.y': 2,
      p_size: 6,
      buf: 0x500,
      end_: 0x506,
    });
    expect([...result.labels.keys()]).toEqual(['buf', 'end_']);
    expect(result.bytes.length).toBe(0);
  });

  test('labels are of code or of data, as what comes behind them', () => {
    const { labels } = assemble(
      'K equ 5\na:\nb: nop\nc: db 1\nd: times 2 nop\ne: align 4\nf: dd K\n.g: resb 3\nh: ret\nend_:',
    );
    expect(Object.fromEntries(labels)).toEqual({
      ...{ a: 'code', b: 'code', c: 'data', d: 'code', e: 'data', f: 'data', 'f.g': 'data', h: 'code' },
      end_: 'data',
    });
  });
});

describe('preprocessor', () => {
  test('definitions, with and without parameters', () => {
    expect(bytes('%define A B+1\n%define B 2\ndb A')).toEqual([3]);
    expect(bytes('%define twice(x) ((x)*2)\ndb twice(3+1)')).toEqual([8]);
    expect(bytes('%assign n 3\n%assign n n+1\ndb n')).toEqual([4]);
    expect(bytes('%define a 1\n%xdefine b a\n%define a 2\ndb b, a')).toEqual([1, 2]);
  });

  test('macros: arguments, defaults, greed, labels of their own', () => {
    expect(bytes('%macro two 1-2 9\ndb %1, %2, %0\n%endmacro\ntwo 1\ntwo 1, 2')).toEqual([1, 9, 2, 1, 2, 2]);
    expect(text('%macro all 1+\ndb %1\n%endmacro\nall "a", "b"')).toBe('ab');
    expect(bytes('%macro spin 0\n%%l: jmp %%l\n%endmacro\nspin\nspin')).toEqual([0xeb, 0xfe, 0xeb, 0xfe]);
    expect(bytes('%macro if_ 2\nj%1 %2\n%endmacro\nx: if_ nz, x')).toEqual([0x75, 0xfe]);
    const each = '%macro each 1-*\n%rep %0\ndb %1*2\n%rotate 1\n%endrep\n%endmacro\neach 1, 2, 3';
    expect(bytes(each)).toEqual([2, 4, 6]);
  });

  test('macro-local labels do not end the scope of local labels', () => {
    const source = 'f:\n.a: nop\n%macro m 0\n%%x: nop\n%endmacro\nm\njmp .a';
    expect(bytes(source)).toEqual([0x90, 0x90, 0xeb, 0xfc]);
  });

  test('repetition and pasting', () => {
    const { symbols } = assemble('%assign i 0\n%rep 3\nl_%+i: db i\n%assign i i+1\n%endrep');
    expect([...symbols.keys()]).toEqual(['l_0', 'l_1', 'l_2']);
    const counted = '%assign n 0\n%rep 9\n%assign n n+1\n%if n = 3\n%exitrep\n%endif\n%endrep\ndb n';
    expect(bytes(counted)).toEqual([3]);
  });

  test('conditions', () => {
    const choose = (n: number) =>
      bytes(`%define N ${n}\n%if N = 1\ndb 1\n%elif N > 5\ndb 5\n%else\ndb 0\n%endif`);
    expect([choose(1), choose(6), choose(2)]).toEqual([[1], [5], [0]]);
    expect(bytes('%ifdef X\n%if 1/0\n%endif\ndb 1\n%else\ndb 2\n%endif')).toEqual([2]);
    expect(bytes('%ifndef X\ndb 1\n%endif\n%ifidni Ax, aX\ndb 2\n%endif')).toEqual([1, 2]);
  });

  test('include finds its file by name', () => {
    const include = (name: string) => `db "${name}"`;
    expect(new TextDecoder().decode(assemble('%include "x.inc"', { include }).bytes)).toBe('x.inc');
  });
});

describe('listing', () => {
  test('every line with its place', () => {
    const { listing } = assemble('mov ax, 1 ; one\n\nx: times 2 nop', { name: 'a.asm' });
    expect(listing).toEqual([
      { offset: 0, length: 3, file: 'a.asm', line: 1, text: 'mov ax, 1 ; one' },
      { offset: 3, length: 2, file: 'a.asm', line: 3, text: 'x: times 2 nop' },
    ]);
  });
});

describe('errors are one line that says where', () => {
  test.each([
    ['nop\nmov ax, nowhere', 'a.asm:2: nowhere is not defined'],
    ['x:\nx:', 'a.asm:2: x is defined twice'],
    ['a equ b\nb equ a', 'a.asm:1: b is defined by itself'],
    ['db 256', 'a.asm:1: the value 256 does not fit in 8 bits'],
    ['mov ax,', 'a.asm:1: expected an expression at the end of the line'],
    ['db 1 2', 'a.asm:1: did not expect 2 here'],
    ['%if 1\nnop', 'a.asm:1: no %endif belongs to this condition'],
    ['%macro m 0\nnop', 'a.asm:1: %endmacro is missing'],
    ['%macro m 0\nm\n%endmacro\nm', 'a.asm:4: macros or files are nested too deeply'],
    ['%error "not this way"', 'a.asm:1: not this way'],
    ["db 'open", 'a.asm:1: the string is not closed'],
    ['db 12z', 'a.asm:1: 12z is not a number'],
    ['frob: bar ax', 'a.asm:1: expected an instruction before bar'],
    ['%include "b.asm"', 'a.asm:1: files cannot be included here'],
    ['dw 1/0', 'a.asm:1: division by zero'],
    ['times -1 nop', 'a.asm:1: -1 is negative'],
  ])('%j', (source, message) => {
    const failing = () => assemble(source, { name: 'a.asm' });
    expect(failing).toThrow(AssemblerError);
    expect(failing).toThrow(new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
  });

  test('in an included file, its own name and line', () => {
    const include = () => 'nop\nmov eax, bl';
    expect(() => assemble('%include "inc.asm"', { include })).toThrow(/^inc\.asm:2: /);
  });
});
