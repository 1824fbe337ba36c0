/**
 * The bus of both chips, followed from outside as a coprocessor follows it: T-states in their order, the queue
 * rebuilt from fetches and QS1, QS0, wait states, stolen bus clocks, LOCK#. Facts are those of the iAPX 86/88
 * User's Manual, chapter 4.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BusClock } from '../../../../src/core/cpu/i8086/biu.js';
import { BusStatus, QueueOp, T } from '../../../../src/core/cpu/i8086/state.js';
import { CODE, cyclesOf, Rig } from './support/rig.js';

const { t1, t2, t3, t4, wait, idle } = T;
const NEXT: readonly (readonly number[])[] = [[idle, t1], [t2], [t3], [t4, wait], [idle, t1], [wait, t4]];

/** What is wrong with the order of states: nothing. */
function expectLegalStates(clocks: readonly BusClock[]): void {
  const wrong = clocks.filter((c, i) => {
    const before = clocks[i - 1];
    if (!before) return false;
    const afterHalt = before.status === BusStatus.halt && c.t === idle;
    const inOrder = afterHalt || NEXT[before.t]!.includes(c.t);
    const passive = c.status === BusStatus.passive;
    const status = c.t === t4 || c.t === idle ? passive : c.t === t1 || c.t === t2 ? !passive : true;
    return !(inOrder && status && c.ale === (c.t === t1) && c.clock === before.clock + 1);
  });
  expect(wrong).toEqual([]);
}

/** The queue as an 8087 rebuilds it: what leaves it must be what was fetched. */
function expectQueueFollows(clocks: readonly BusClock[], size: number, width: number): void {
  let queue: number[] = [];
  let fetched: number[] = [];
  let address = -1;
  clocks.forEach((c, i) => {
    if (c.queueOp === QueueOp.empty) {
      queue = [];
      address = -1;
    } else if (c.queueOp !== QueueOp.none) expect(queue.shift(), `byte read at ${i}`).toBe(c.queueByte);
    queue.push(...fetched);
    fetched = [];
    expect(queue.length).toBeLessThanOrEqual(size);
    const before = clocks[i - 1];
    if (before?.cycle === BusStatus.code && before.t === t4)
      address = before.address + fetchedBytes(before, width);
    // A new CS moves the fetches by paragraphs, the end of the segment by 64 KiB.
    if (c.t === t1 && c.status === BusStatus.code && address >= 0) expect((c.address - address) & 15).toBe(0);
    if (c.t === t4 && c.cycle === BusStatus.code) {
      const { data } = [...clocks.slice(0, i)].reverse().find((d) => d.t === t3 || d.t === wait)!;
      if (fetchedBytes(c, width) === 2) fetched = [data & 0xff, data >> 8];
      else fetched = [width === 2 ? data >> 8 : data];
    }
  });
}

const fetchedBytes = (c: BusClock, width: number): number => (width === 2 && (c.address & 1) === 0 ? 2 : 1);

const PROGRAM = `
        mov si, 8000h
        mov di, 9001h
        mov cx, 5
        rep movsw
        mov ax, [si]
        push ax
        add [8003h], ax
        call far_off
        mul bx
        jmp over
        nop
        nop
over:   pop ax
        xchg [8007h], al
        int3
far_off: mov dx, [bp+si+7]
        inc word [8005h]
        ret
`;

describe.each(['i8086', 'i8088'] as const)('the bus of the %s', (model) => {
  const size = model === 'i8086' ? 6 : 4;
  const width = model === 'i8086' ? 2 : 1;

  it('goes through its T-states in order, and its queue can be followed', () => {
    const rig = new Rig({ model });
    rig.load(PROGRAM);
    const clocks = rig.record();
    expectLegalStates(clocks);
    expectQueueFollows(clocks, size, width);
    expect(clocks.length).toBeGreaterThan(300);
  });

  it('does so with random bytes for programs', () => {
    const rig = new Rig({ model });
    const bytes = fc.array(fc.nat(255), { minLength: 1, maxLength: 24 });
    fc.assert(
      fc.property(bytes, fc.nat(0xffff), (program, ip) => {
        rig.fill();
        rig.load(program, { ip, flags: 0 });
        const clocks: BusClock[] = [];
        rig.cpu.busObserver = (pins) => clocks.push(pins);
        rig.cpu.run(400);
        expectLegalStates(clocks);
        expectQueueFollows(clocks, size, width);
      }),
      { numRuns: 150 },
    );
  });

  it('moves a word in one cycle at an even address of the 8086, else in two', () => {
    for (const at of [0x8000, 0x8001]) {
      const rig = new Rig({ model });
      rig.load(`mov [${at}], ax`);
      const writes = cyclesOf(rig.record()).filter((c) => c.status === BusStatus.memoryWrite);
      const own = writes.filter((c) => c.address >> 16 === 5 && (c.address & 0xffff) < 0xa000);
      expect(own.map((c) => c.address & 0xffff)).toEqual(width === 2 && at % 2 === 0 ? [at] : [at, at + 1]);
      if (width === 2) expect(own.map((c) => c.bhe)).toEqual(at % 2 === 0 ? [false] : [false, true]);
      expect(rig.word(0x50000 + at)).toBe(0x1111);
    }
  });

  it('is lengthened by wait states, one Tw each, and computes the same', () => {
    const plain = new Rig({ model });
    plain.load(PROGRAM);
    const expected = cyclesOf(plain.record()).length;
    for (const n of [1, 2, 5]) {
      const rig = new Rig({ model, waits: () => n });
      rig.load(PROGRAM);
      const clocks = rig.record();
      expectLegalStates(clocks);
      expectQueueFollows(clocks, size, width);
      const cycles = cyclesOf(clocks);
      for (const { at } of cycles) {
        const states = clocks.slice(at, at + 4 + n).map((c) => c.t);
        expect(states).toEqual([t1, t2, t3, ...Array(n).fill(wait), t4]);
      }
      expect(cycles.length).toBeLessThanOrEqual(expected);
      expect(rig.registers()).toBe(plain.registers());
      expect(rig.sameMemory(plain)).toBe(true);
    }
  });

  it('asks for wait states by status and address', () => {
    const asked: string[] = [];
    const waits = (status: number, address: number): number => {
      asked.push(`${status} ${address}`);
      return 0;
    };
    const rig = new Rig({ model, waits });
    rig.load('mov dx, 3F8h\nout dx, al\nin al, 60h\nmov al, [1234h]');
    rig.record();
    expect(asked).toContain(`${BusStatus.ioWrite} ${0x3f8}`);
    expect(asked).toContain(`${BusStatus.ioRead} ${0x60}`);
    expect(asked).toContain(`${BusStatus.memoryRead} ${0x51234}`);
    expect(asked).toContain(`${BusStatus.code} ${CODE}`);
  });

  it('is given to another master for as long as it asked, at any clock, and computes the same', () => {
    const plain = new Rig({ model });
    plain.load(PROGRAM);
    const end = plain.record().length;
    for (let at = 1; at < end; at += 3) {
      const rig = new Rig({ model });
      rig.load(PROGRAM);
      rig.happenings = [{ at, what: 'steal', clocks: 7 }];
      const clocks = rig.record();
      const held = clocks.filter((c) => c.held);
      expect(held.length).toBe(7);
      expect(held.at(-1)!.clock - held[0]!.clock).toBe(6);
      expect(rig.granted).toEqual([held[0]!.clock]);
      expect(held[0]!.clock - at).toBeLessThanOrEqual(4);
      expectLegalStates(clocks);
      expect(rig.registers()).toBe(plain.registers());
      expect(rig.sameMemory(plain)).toBe(true);
    }
  });

  it('transfers nothing of the CPU while another master has it', () => {
    const rig = new Rig({ model });
    for (let at = 20; at < 60; at++) {
      rig.fill();
      rig.load(PROGRAM);
      rig.happenings = [{ at, what: 'steal', clocks: 9 }];
      const clocks = rig.record();
      clocks.forEach((c, i) => {
        const transferred = (c.t === t3 || c.t === wait) && clocks[i + 1]?.t === t4;
        if (c.held) expect(transferred && c.status === BusStatus.passive && clocks[i - 1]?.held).toBeFalsy();
      });
    }
  });

  it('is not given away while LOCK# is low', () => {
    const rig = new Rig({ model });
    rig.load('nop\nlock xchg [8000h], ax\nnop\nnop\nnop\nint3');
    const span = rig.record().filter((c) => c.lock);
    expect(span.length).toBeGreaterThan(15);
    const [first, last] = [span[0]!.clock, span.at(-1)!.clock];
    expect(last - first + 1).toBe(span.length);
    for (let at = first + 1; at <= last; at++) {
      rig.fill();
      rig.load('nop\nlock xchg [8000h], ax\nnop\nnop\nnop\nint3');
      rig.happenings = [{ at, what: 'steal', clocks: 4 }];
      rig.record();
      expect(rig.granted[0]).toBeGreaterThan(last);
    }
  });
});

describe('addresses', () => {
  it('wrap at the end of a segment, and at one megabyte', () => {
    const rig = new Rig();
    rig.memory.ram[0x5ffff] = 0x34;
    rig.memory.ram[0x50000] = 0x12;
    rig.load('mov ax, [0FFFFh]');
    const reads = cyclesOf(rig.record()).filter((c) => c.status === BusStatus.memoryRead);
    expect(reads.slice(0, 2).map((c) => c.address)).toEqual([0x5ffff, 0x50000]);
    expect(rig.cpu.state.gpr[0]).toBe(0x1234);

    rig.memory.ram[0x0010] = 0x78;
    rig.load('mov al, [20h]', { ds: 0xffff });
    rig.finish();
    expect(rig.cpu.state.gpr[0]! & 0xff).toBe(0x78);
  });

  it('of instructions wrap in the code segment', () => {
    const rig = new Rig();
    rig.load([0xb8, 0x34, 0x12], { ip: 0xfffe });
    const fetches = cyclesOf(rig.record()).filter((c) => c.status === BusStatus.code);
    expect(fetches.slice(0, 2).map((c) => c.address)).toEqual([CODE + 0xfffe, CODE]);
    expect(rig.cpu.state.gpr[0]).toBe(0x1234);
  });

  it('of a pushed word wrap in the stack segment', () => {
    const rig = new Rig();
    rig.load('push ax', { sp: 1, ax: 0xabcd });
    const writes = cyclesOf(rig.record()).filter((c) => c.status === BusStatus.memoryWrite);
    expect(writes.slice(0, 2).map((c) => c.address)).toEqual([0x4ffff, 0x40000]);
  });
});
