/** Interrupt frames (SDM volume 3A, figures 6-4 and 20-4), error codes (6.13), RF (17.3.1.1), table 6-5. */
import { describe, expect, it } from 'vitest';
import {
  deliver,
  deliverWithEscalation,
  type Event,
  escalate,
  int,
} from '../../../../../src/core/cpu/ia32/helpers/interrupts.js';
import { Fault, Flag, Reg, Seg, Vector } from '../../../../../src/core/cpu/ia32/state.js';
import {
  cleanFault,
  type FakeContext,
  IDT,
  protectedContext,
  realContext,
  SELECTOR,
  TSS,
  virtualContext,
} from './fakeContext.js';

const external: Event = { kind: 'external' };
const { esp } = Reg;

describe('real mode', () => {
  it('pushes FLAGS, CS and IP and clears IF and TF', () => {
    const cpu = realContext();
    cpu.s.eflags = 0x302;
    cpu.writeSystem(0x21 * 4, 0x12345678, 4);
    int(cpu, 0x21, 0x102);
    expect([cpu.s.selector[Seg.cs], cpu.s.base[Seg.cs], cpu.s.eip]).toEqual([0x1234, 0x12340, 0x5678]);
    expect(cpu.words(0x30ffa, 3)).toEqual([0x102, 0x2000, 0x302]);
    expect([cpu.gpr(esp), cpu.s.eflags]).toEqual([0xffa, 2]);
  });

  it('raises #GP beyond the limit of the table, then #DF, then shuts down', () => {
    const cpu = realContext();
    cpu.s.idtLimit = 0x1f;
    expect(cleanFault(cpu, () => int(cpu, 0x21, 0x102))).toEqual([13, 0x10a]);
    expect(deliverWithEscalation(cpu, 0x21, external)).toBe('shutdown');
    cpu.s.idtLimit = 0x23;
    cpu.writeSystem(8 * 4, 0x80001111, 4);
    expect(deliverWithEscalation(cpu, 0x21, external)).toBe('delivered');
    expect(cpu.s.eip).toBe(0x1111);
  });
});

describe('protected mode', () => {
  const at = (cpl: 0 | 3, vector: number, access = 0x8e): FakeContext => {
    const cpu = protectedContext(cpl);
    cpu.idtGate(vector, SELECTOR.code0, 0x70000, access);
    cpu.s.eflags = Flag.IF | Flag.TF | Flag.NT | 2;
    return cpu;
  };

  it('goes inwards with SS, ESP, EFLAGS, CS, EIP and error code, RF set for a fault', () => {
    const cpu = at(3, 14);
    expect(deliverWithEscalation(cpu, 14, { kind: 'exception', error: 7, address: 0xc0000123 })).toBe(
      'delivered',
    );
    expect(cpu.s.cr2).toBe(0xc0000123);
    expect([cpu.s.selector[Seg.cs], cpu.s.eip, cpu.s.selector[Seg.ss], cpu.s.cpl]).toEqual([
      8, 0x70000, 0x10, 0,
    ]);
    expect(cpu.gpr(esp)).toBe(0x7fe8);
    expect(cpu.dwords(0x7fe8, 6)).toEqual([7, 0x4000, 0x1b, 0x14302, 0x9000, 0x23]);
    expect(cpu.s.eflags).toBe(2);
  });

  it('stays at the same level without SS and ESP; a trap gate leaves IF; no RF for an interrupt', () => {
    const cpu = at(0, 0x40, 0x8f);
    deliver(cpu, 0x40, external);
    expect(cpu.gpr(esp)).toBe(0x8ff4);
    expect(cpu.dwords(0x8ff4, 3)).toEqual([0x4000, 8, 0x4302]);
    expect(cpu.s.eflags).toBe(Flag.IF | 2);
  });

  it('keeps RF for an interrupt that comes before the resumed instruction, sets it amid a repeated one', () => {
    const before = at(0, 0x40);
    before.s.eflags = Flag.RF | 2;
    deliver(before, 0x40, external);
    expect(before.dwords(0x8ffc, 1)).toEqual([Flag.RF | 2]);
    expect(before.s.eflags).toBe(2);
    const amid = at(0, 0x40);
    amid.s.eflags = 2;
    deliver(amid, 0x40, { ...external, resume: true });
    expect(amid.dwords(0x8ffc, 1)).toEqual([Flag.RF | 2]);
  });

  it('a #DB trap sets no RF and clears DR7.GD', () => {
    const cpu = at(0, 1);
    cpu.s.eflags = 2;
    cpu.s.dr[7] = 0x2400;
    deliver(cpu, 1, { kind: 'exception' });
    expect(cpu.dwords(0x8ffc, 1)).toEqual([2]);
    expect(cpu.s.dr[7]).toBe(0x400);
  });

  it('pushes words through a 286 gate', () => {
    const cpu = at(3, 0x40, 0x86);
    deliver(cpu, 0x40, external);
    expect(cpu.s.eip).toBe(0);
    expect(cpu.words(0x7ff6, 5)).toEqual([0x4000, 0x1b, 0x4302, 0x9000, 0x23]);
  });

  it.each<[string, (cpu: FakeContext) => void, Event, [number, number]]>([
    ['INT n and the gate’s DPL', () => {}, { kind: 'software' }, [13, 0x202]],
    ['INT3 and the gate’s DPL', () => {}, { kind: 'int3' }, [13, 0x202]],
    ['a vector beyond the IDT', (cpu) => void (cpu.s.idtLimit = 0x206), external, [13, 0x203]],
    ['a call gate in the IDT', (cpu) => cpu.idtGate(0x40, 8, 0, 0x8c), external, [13, 0x203]],
    ['an absent gate', (cpu) => cpu.idtGate(0x40, 8, 0, 0x0e), external, [11, 0x203]],
    [
      'INT n through an absent gate',
      (cpu) => cpu.idtGate(0x40, 8, 0, 0x6e),
      { kind: 'software' },
      [11, 0x202],
    ],
    ['a null target', (cpu) => cpu.idtGate(0x40, 0, 0, 0x8e), external, [13, 1]],
    ['a data target', (cpu) => cpu.idtGate(0x40, 0x10, 0, 0x8e), external, [13, 0x11]],
    ['an absent target', (cpu) => cpu.describe(8, 0, 0xfffff, 0x401b), external, [11, 0x09]],
    ['an offset beyond the limit', (cpu) => cpu.describe(8, 0, 0xff, 0x409b), external, [13, 1]],
    ['no inner stack', (cpu) => void (cpu.s.limit[Seg.tr] = 3), external, [10, 0x29]],
    ['a full inner stack', (cpu) => cpu.writeSystem(TSS + 4, 8, 4), external, [12, 0x11]],
    ['a task gate to no TSS', (cpu) => cpu.idtGate(0x40, 0x10, 0, 0x85), external, [13, 0x11]],
  ])('reports %s', (_, prepare, event, fault) => {
    const cpu = at(3, 0x40);
    prepare(cpu);
    expect(cleanFault(cpu, () => deliver(cpu, 0x40, event))).toEqual(fault);
  });

  it('changes nothing if the inner stack raises #PF, and delivers that', () => {
    const cpu = at(3, 0x40);
    cpu.readOnly.add(7);
    expect(cleanFault(cpu, () => deliver(cpu, 0x40, external))).toEqual([14, 3]);
    expect(deliverWithEscalation(cpu, 0x40, external)).toBe('shutdown');
    expect(cpu.s.cr2 >>> 12).toBe(7);
  });

  it('shuts down instead of following #AC for ever', () => {
    const cpu = at(3, 17);
    cpu.idtGate(17, SELECTOR.code3, 0x70000, 0xee);
    cpu.write = () => {
      throw new Fault(Vector.AC, 0);
    };
    expect(deliverWithEscalation(cpu, 17, { kind: 'exception', error: 0 })).toBe('shutdown');
  });
});

describe('virtual-8086 mode', () => {
  it('pushes the data segments and makes them null', () => {
    const cpu = virtualContext(0);
    cpu.idtGate(0x40, SELECTOR.code0, 0x70000, 0x8e);
    deliver(cpu, 0x40, external);
    const flags = Flag.VM | Flag.IF | 2;
    expect(cpu.dwords(0x7fdc, 9)).toEqual([
      0x100,
      0x4000,
      flags,
      0x1000,
      0x5000,
      0x6100,
      0x6000,
      0x6204,
      0x6205,
    ]);
    expect([cpu.s.cpl, cpu.s.selector[Seg.cs], cpu.s.eflags, cpu.gpr(esp)]).toEqual([0, 8, 2, 0x7fdc]);
    for (const seg of [Seg.es, Seg.ds, Seg.fs, Seg.gs]) {
      expect([cpu.s.selector[seg], cpu.s.access[seg]]).toEqual([0, 0]);
    }
  });

  it('needs a nonconforming ring 0 target', () => {
    const cpu = virtualContext(3);
    cpu.idtGate(0x40, SELECTOR.code3, 0x70000, 0xee);
    expect(cleanFault(cpu, () => int(cpu, 0x40, 0x102))).toEqual([13, 0x18]);
  });

  it('lets INT n through with IOPL 3 only, INT3 always', () => {
    const cpu = virtualContext(0);
    for (const vector of [3, 0x40]) cpu.idtGate(vector, SELECTOR.code0, 0x70000, 0xee);
    expect(cleanFault(cpu, () => int(cpu, 0x40, 0x102))).toEqual([13, 0]);
    deliver(cpu, 3, { kind: 'int3', nextIp: 0x101 });
    expect(cpu.s.cpl).toBe(0);
    const trusted = virtualContext(3);
    trusted.idtGate(0x40, SELECTOR.code0, 0x70000, 0xee);
    int(trusted, 0x40, 0x102);
    expect(trusted.dwords(0x7fdc, 1)).toEqual([0x102]);
  });

  it('with CR4.VME takes a clear bit of the redirection map to the program’s own table', () => {
    const cpu = virtualContext(0);
    cpu.s.cr4 = 1;
    cpu.s.eflags = (cpu.s.eflags & ~Flag.IF) | Flag.VIF | Flag.TF;
    cpu.s.limit[Seg.tr] = 0x200;
    cpu.writeSystem(TSS + 0x66, 0x90, 2);
    cpu.writeSystem(TSS + 0x70 + 8, 0x02, 1);
    cpu.writeSystem(0x40 * 4, 0x43000011, 4);
    int(cpu, 0x40, 0x102);
    expect([cpu.s.selector[Seg.cs], cpu.s.eip, cpu.s.cpl]).toEqual([0x4300, 0x11, 3]);
    expect(cpu.words(0x50ffa, 3)).toEqual([0x102, 0x4000, 0x3302]);
    expect(cpu.s.eflags).toBe(Flag.VM | 2);
    expect(cleanFault(cpu, () => int(cpu, 0x41, 0x102))).toEqual([13, 0]);
  });
});

describe('escalation', () => {
  const benign = 6;
  const contributory = [0, 10, 11, 12, 13];

  it('follows table 6-5', () => {
    for (const c of contributory) {
      expect(escalate(benign, 'exception', c)).toBe(c);
      expect(escalate(c, 'exception', benign)).toBe(benign);
      expect(escalate(c, 'exception', 14)).toBe(14);
      expect(escalate(14, 'exception', c)).toBe(8);
      expect(escalate(8, 'exception', c)).toBe('shutdown');
      expect(escalate(c, 'external', c)).toBe(c);
      expect(escalate(c, 'software', c)).toBe(c);
      for (const second of contributory) expect(escalate(c, 'exception', second)).toBe(8);
    }
    expect(escalate(14, 'exception', 14)).toBe(8);
    expect(escalate(8, 'exception', 14)).toBe('shutdown');
    expect(escalate(14, 'exception', benign)).toBe(benign);
    expect(escalate(benign, 'exception', 14)).toBe(14);
  });

  it('delivers #DF with error code 0 when #GP’s gate is bad', () => {
    const cpu = protectedContext(0);
    cpu.idtGate(8, SELECTOR.code0, 0x8888, 0x8e);
    expect(deliverWithEscalation(cpu, 13, { kind: 'exception', error: 0x33 })).toBe('delivered');
    expect(cpu.s.eip).toBe(0x8888);
    expect(cpu.dwords(0x8ff0, 2)).toEqual([0, 0x4000]);
  });

  it('delivers the second fault when the first is benign, with EXT', () => {
    const cpu = protectedContext(0);
    cpu.idtGate(11, SELECTOR.code0, 0x1111, 0x8e);
    cpu.idtGate(6, SELECTOR.code0, 0, 0x0e);
    deliverWithEscalation(cpu, 6, { kind: 'exception' });
    expect(cpu.s.eip).toBe(0x1111);
    expect(cpu.dwords(0x8ff0, 1)).toEqual([6 * 8 + 2 + 1]);
  });

  it('shuts down without an IDT', () => {
    const cpu = protectedContext(0);
    cpu.s.idtLimit = 0;
    cpu.s.idtBase = IDT;
    expect(deliverWithEscalation(cpu, 3, { kind: 'int3', nextIp: 0 })).toBe('shutdown');
  });
});
