/**
 * Interrupts at every clock of every kind of instruction, single step, shadows, REP, HLT and WAIT: cases derived
 * by hand from the iAPX 86/88 User's Manual, and one property: an interrupt whose handler does nothing changes
 * nothing, whenever it comes.
 */
import { describe, expect, it } from 'vitest';
import { BusStatus, T } from '../../../../src/core/cpu/i8086/state.js';
import { cyclesOf, type Happening, IRQ_VECTOR, Rig } from './support/rig.js';

const STACK = 0x40000;
const TOP = 0x8000;
const POP_CS = 0x0f;
/** LEA, LES, LDS: with a register they show IND, which an interrupt changes. */
const NEED_MEMORY = [0x8d, 0xc4, 0xc5];
const HLT = 0xf4;
const WAIT = 0x9b;
/** How many clocks are tried of each instruction; REWIND86_EVERY_CLOCK=1 makes it all. */
const TIMES = 4;
const EVERY_CLOCK_TIMEOUT = 1_800_000;
/** Below SP, where interrupts leave their frames. */
const FRAMES = 64;

interface Result {
  readonly text: string;
  readonly memory: Buffer;
  readonly clocks: number;
}

function run(rig: Rig, program: readonly number[], happenings: readonly Happening[]): Result {
  rig.fill();
  rig.load(program, { sp: TOP });
  rig.happenings = [...happenings];
  rig.finish();
  const { state } = rig.cpu;
  const memory = Buffer.from(rig.memory.ram);
  const tops = [(state.sreg[2]! << 4) + state.gpr[4]!];
  const moved = tops[0]! - (STACK + TOP);
  // An instruction that set the stack pointer may have left the frame of an interrupt above it.
  if (moved % 2 !== 0 || Math.abs(moved) > FRAMES / 2) tops.push(STACK + TOP);
  for (const top of tops) memory.fill(0, Math.max(0, top - FRAMES), top);
  const end = rig.delivered.at(-1)!.clock;
  return { text: `${rig.registers()} ${rig.written}`, memory, clocks: end };
}

/**
 * Not POP CS: behind it the chip goes on with what it has prefetched, but an interrupt makes it forget that.
 * Nor the byte forms of PUSH and CALL: they write one byte, beside which that of an interrupt's frame shows.
 * An instruction of each other opcode: with registers, with memory, repeated, or with the bytes it needs. */
function instructions(): (readonly number[])[] {
  const rest = [0x40, 0x01, 0x50, 0x02];
  const all = Array.from({ length: 256 }, (_, opcode) => opcode).filter(
    (o) => o !== HLT && o !== WAIT && o !== POP_CS,
  );
  const forms = all.flatMap((opcode) => {
    const memory = [opcode, 0x87, ...rest];
    return NEED_MEMORY.includes(opcode) ? [memory] : [[opcode, 0xc3, ...rest], memory];
  });
  const groups = [0xd1, 0xd3, 0xf6, 0xf7, 0xff].flatMap((opcode) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((digit) => [opcode, 0x06 | (digit << 3), 0x00, 0x90, ...rest]),
  );
  const strings = [0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf].flatMap((opcode) => [
    [0xb9, 3, 0, 0xf3, opcode],
    [0xb9, 3, 0, 0xf2, opcode],
  ]);
  return [...forms, ...groups, ...strings];
}

describe.each(['intr', 'nmi'] as const)('%s', (what) => {
  it.each(['i8086', 'i8088'] as const)(
    'changes nothing on the %s, at whatever clock of whatever instruction',
    (model) => {
      const rig = new Rig({ model });
      let taken = 0;
      for (const [i, program] of instructions().entries()) {
        const expected = run(rig, program, []);
        const step = process.env.REWIND86_EVERY_CLOCK ? 1 : Math.ceil(expected.clocks / TIMES);
        for (let at = 1 + (i % step); at < expected.clocks; at += step) {
          const got = run(rig, program, [{ at, what }]);
          const told = `${program.map((b) => b.toString(16))} at ${at}`;
          expect(got.text, told).toBe(expected.text);
          expect(Buffer.compare(got.memory, expected.memory), told).toBe(0);
          taken += rig.delivered.filter((d) => d.external).length;
        }
      }
      expect(taken).toBeGreaterThan(1000);
    },
    EVERY_CLOCK_TIMEOUT,
  );
});

describe('an interrupt', () => {
  it('is acknowledged by two cycles, LOCK# low from T2 of the one to T2 of the other, then pushes flags, CS, IP', () => {
    const rig = new Rig();
    rig.load(`${'nop\n'.repeat(12)}int3`, { sp: 0x100, flags: 0x2d5 });
    rig.happenings = [{ at: 14, what: 'intr' }];
    const clocks = rig.record();
    const cycles = cyclesOf(clocks);
    const inta = cycles.filter((c) => c.status === BusStatus.inta);
    expect(inta.length).toBe(2);
    const locked = clocks.flatMap((c, i) => (c.lock ? [i] : []));
    expect(locked[0]).toBe(inta[0]!.at + 1);
    expect(locked.at(-1)).toBe(inta[1]!.at);
    expect(locked.length).toBe(locked.at(-1)! - locked[0]! + 1);
    const vectors = cycles.filter((c) => c.status === BusStatus.memoryRead).slice(0, 2);
    expect(vectors.map((c) => c.address)).toEqual([IRQ_VECTOR * 4, IRQ_VECTOR * 4 + 2]);
    const pushes = cycles.filter((c) => c.status === BusStatus.memoryWrite).slice(0, 3);
    expect(pushes.map((c) => c.address)).toEqual([STACK + 0xfe, STACK + 0xfc, STACK + 0xfa]);
    expect(clocks[inta[1]!.at + 2]!.data & 0xff).toBe(IRQ_VECTOR);
    expect(clocks[inta[1]!.at + 2]!.t).toBe(T.t3);
    expect(rig.word(STACK + 0xfe)).toBe(0xf2d7);
    expect(rig.word(STACK + 0xfc)).toBe(0x1000);
    expect(rig.returns[0]).toBeGreaterThan(0);
    expect(rig.returns[0]).toBeLessThan(12);
  });

  it('waits while IF is clear, an NMI does not; the NMI goes first', () => {
    const rig = new Rig();
    rig.load('cli\nnop\nnop\nnop\nint3');
    rig.happenings = [{ at: 15, what: 'intr' }];
    rig.finish();
    expect(rig.delivered.map((d) => d.vector)).toEqual([3]);
    rig.load('nop\nnop\nnop\nnop\nint3');
    rig.happenings = [
      { at: 15, what: 'intr' },
      { at: 15, what: 'nmi' },
    ];
    rig.finish();
    expect(rig.delivered.map((d) => d.vector)).toEqual([2, IRQ_VECTOR, 3]);
  });

  it.each([
    ['mov ss, ax', 'mov sp, 300h'],
    ['mov es, ax', 'inc bx'],
    ['pop ds', 'inc bx'],
  ])('does not come between %s and the next instruction, nor does an NMI', (load, next) => {
    for (const what of ['intr', 'nmi'] as const) {
      const rig = new Rig();
      const program = `nop\n${load}\n${next}\nnop\nnop\nint3`;
      for (let at = 1; at < 60; at++) {
        rig.fill();
        rig.load(program, { ax: 0x4000, sp: 0x200 });
        rig.happenings = [{ at, what }];
        const between = 1 + (load.startsWith('pop') ? 1 : 2);
        rig.finish();
        expect(rig.returns).not.toContain(between);
      }
    }
  });

  it('comes one instruction after STI', () => {
    const rig = new Rig();
    rig.load('sti\ninc bx\ninc bx\nnop\nint3', { flags: 0 });
    rig.happenings = [{ at: 1, what: 'intr' }];
    rig.finish();
    expect(rig.returns[0]).toBe(2);
  });

  it('does not come between a prefix and its instruction', () => {
    for (let at = 1; at < 60; at++) {
      const rig = new Rig();
      rig.load([0x90, 0x26, 0x2e, 0x3e, 0xf0, 0x88, 0x07, 0x90, 0x90, 0xcc]);
      rig.happenings = [{ at, what: 'nmi' }];
      rig.finish();
      for (const address of [2, 3, 4, 5, 6]) expect(rig.returns).not.toContain(address);
    }
  });
});

describe('repetition', () => {
  const REP_MOVSB = [0xbe, 0, 0x80, 0xbf, 0, 0x90, 0xb9, 40, 0, 0xf3, 0xa4, 0xcc];

  it('is interrupted between iterations and goes on where it was', () => {
    const rig = new Rig();
    rig.load(REP_MOVSB);
    for (let i = 0; i < 40; i++) rig.memory.ram[0x58000 + i] = i + 1;
    rig.happenings = [100, 200, 300].map((at) => ({ at, what: 'intr' as const }));
    rig.finish();
    expect(rig.delivered.filter((d) => d.external).length).toBe(3);
    expect([...rig.memory.ram.slice(0x29000, 0x29028)]).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(rig.returns).toContain(9);
  });

  it('is the instruction where it stands, before every iteration', () => {
    const rig = new Rig();
    rig.load(REP_MOVSB);
    const places: number[] = [];
    rig.cpu.observer = { boundary: () => places.push(rig.cpu.programCounter.ip) === 0 };
    rig.finish();
    expect(places.slice(0, 3)).toEqual([0, 3, 6]);
    expect(places.filter((ip) => ip === 9).length).toBe(40);
    expect(places.filter((ip) => ip === 11).length).toBe(1);
  });

  it('forgets a second prefix: the chip returns to the last one only', () => {
    const rig = new Rig();
    // CS: REP MOVSB, interrupted, goes on as REP MOVSB from DS.
    rig.load([0xbe, 0, 0x80, 0xbf, 0, 0x90, 0xb9, 40, 0, 0x2e, 0xf3, 0xa4, 0xcc]);
    rig.memory.ram.fill(0xaa, 0x18000, 0x18028);
    rig.memory.ram.fill(0xbb, 0x58000, 0x58028);
    rig.happenings = [{ at: 200, what: 'intr' }];
    rig.finish();
    const copied = [...rig.memory.ram.slice(0x29000, 0x29028)];
    const turn = copied.indexOf(0xbb);
    expect(turn).toBeGreaterThan(0);
    expect(copied).toEqual(copied.map((_, i) => (i < turn ? 0xaa : 0xbb)));
  });

  it('with REP as the first of two prefixes goes on without REP', () => {
    const rig = new Rig();
    rig.load([0xbe, 0, 0x80, 0xbf, 0, 0x90, 0xb9, 40, 0, 0xf3, 0x2e, 0xa4, 0xcc]);
    rig.happenings = [{ at: 200, what: 'intr' }];
    rig.finish();
    rig.cpu.settle();
    expect(rig.cpu.state.gpr[1]).toBeGreaterThan(1);
  });
});

describe('single step', () => {
  /** INT 1 counts in BP at its own place. */
  function traced(program: string, registers = {}): { rig: Rig; addresses: number[] } {
    const rig = new Rig();
    const addresses: number[] = [];
    rig.handler(1, [0xe6, 0x01, 0xcf], 0x540);
    rig.load(program, { flags: 0x100, sp: 0x400, bp: 0, ...registers });
    rig.cpu.observer = {
      boundary: () => {
        const { cs, ip } = rig.cpu.programCounter;
        if (cs === 0x54 && ip === 0) {
          const sp = rig.cpu.state.gpr[4]!;
          addresses.push(rig.word((rig.cpu.state.sreg[2]! << 4) + sp));
        }
        return false;
      },
    };
    rig.finish();
    return { rig, addresses };
  }

  it('traps behind every instruction', () => {
    const { addresses } = traced('nop\ninc ax\nmov bx, 1234h\nadd ax, bx\nint3');
    expect(addresses.slice(0, 4)).toEqual([1, 2, 5, 7]);
  });

  it('does not trap behind a load of SS, but behind the instruction after it', () => {
    const { addresses } = traced('nop\nmov ss, ax\nmov sp, 400h\nnop\nint3', { ax: 0x4000 });
    expect(addresses.slice(0, 3)).toEqual([1, 6, 7]);
  });

  it('traps behind every iteration of a repeated instruction, the last one included', () => {
    const { addresses } = traced('mov cx, 3\nrep stosb\nnop\nint3');
    expect(addresses.slice(0, 5)).toEqual([3, 3, 3, 3, 5]);
  });

  it('begins with the instruction behind the IRET that sets TF, and ends behind the POPF that clears it', () => {
    const rig = traced(
      'mov ax, 100h\npush ax\npush cs\nmov ax, target\npush ax\niret\nnop\ntarget: nop\nnop\nint3',
      {
        flags: 0,
      },
    );
    expect(rig.addresses.slice(0, 2)).toEqual([12, 13]);
    const end = traced('xor ax, ax\npush ax\npopf\nnop\nnop\nint3');
    expect(end.addresses).toEqual([2, 3, 4]);
  });
});

describe('HLT', () => {
  it('drives its status for one clock with ALE, then nothing until an interrupt, which returns behind it', () => {
    const rig = new Rig();
    rig.load('hlt\nint3');
    rig.happenings = [{ at: 200, what: 'intr' }];
    const clocks = rig.record();
    const halts = clocks.filter((c) => c.status === BusStatus.halt);
    expect(halts.slice(0, -1).length).toBe(1);
    expect(halts[0]!.ale).toBe(true);
    const inta = clocks.find((c) => c.status === BusStatus.inta)!;
    expect(inta.clock).toBeGreaterThan(200);
    expect(inta.clock).toBeLessThan(212);
    for (const c of clocks) if (c.clock > halts[0]!.clock + 1 && c.clock < 200) expect(c.t).toBe(T.idle);
    expect(rig.returns).toContain(1);
  });

  it('sleeps as it would wait: with every clock observed, it wakes at the same one', () => {
    for (const at of [60, 61, 62, 63, 150, 1501]) {
      const results = [true, false].map((observed) => {
        const rig = new Rig();
        rig.load('inc bx\nhlt\nint3');
        rig.happenings = [
          { at, what: 'intr' },
          { at: at - 3, what: 'steal', clocks: 6 },
        ];
        if (observed) rig.cpu.busObserver = () => {};
        rig.finish();
        return [rig.cpu.clock, rig.registers(), rig.granted, rig.delivered];
      });
      expect(results[0]).toEqual(results[1]);
    }
  });

  it('with interrupts off is for ever, but for an NMI', () => {
    const rig = new Rig();
    rig.load('cli\nhlt\nint3');
    expect(rig.cpu.run(1000)).toBe('halted');
    expect(rig.cpu.dead).toBe(true);
    rig.cpu.nmi();
    expect(rig.cpu.dead).toBe(false);
    rig.finish();
    expect(rig.delivered.map((d) => d.vector)).toEqual([2, 3]);
  });
});

describe('WAIT', () => {
  it('waits for TEST#, and can be interrupted and paused meanwhile', () => {
    let ready = false;
    const rig = new Rig({ test: () => ready });
    rig.load('wait\ninc bx\nint3', { bx: 0 });
    rig.happenings = [{ at: 100, what: 'intr' }];
    expect(rig.cpu.run(500)).toBe('clock');
    expect(rig.cpu.clock).toBeLessThan(510);
    expect(rig.delivered.map((d) => d.vector)).toEqual([IRQ_VECTOR]);
    expect(rig.returns).toContain(0);
    ready = true;
    rig.finish();
    rig.cpu.settle();
    expect(rig.cpu.state.gpr[3]).toBe(1);
  });
});
