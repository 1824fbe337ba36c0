import { describe, expect, it } from 'vitest';
import { DebugPorts } from '../../src/devices/debugPorts.js';
import { EntropyPort } from '../../src/devices/entropyPort.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

describe('debug ports', () => {
  it('print on E9h, which reads as itself', () => {
    const bus = new FakeBus();
    new DebugPorts(bus, { name: 'debug' });
    for (const byte of [0x48, 0x69]) bus.out(0xe9, byte);
    expect(bus.notes.map((n) => [n.kind, n.device, n.what, n.a])).toEqual([
      ['debug', 'e9', 'tx', 0x48],
      ['debug', 'e9', 'tx', 0x69],
    ]);
    expect(bus.in(0xe9)).toBe(0xe9);
  });

  it('print on 402h too, where firmware looks for E9h', () => {
    const bus = new FakeBus();
    new DebugPorts(bus, { name: 'debug' });
    expect(bus.in(0x402)).toBe(0xe9);
    bus.out(0x402, 0x21);
    expect(bus.notes.map((n) => [n.kind, n.device, n.what, n.a])).toEqual([['debug', '402', 'tx', 0x21]]);
  });

  it('end the run on F4h with the value as code', () => {
    const bus = new FakeBus();
    new DebugPorts(bus, { name: 'debug' });
    bus.out(0xf4, 0x10);
    bus.out(0xf4, 0x80000001, 4);
    expect(bus.requests).toEqual([
      { kind: 'exit', code: 0x10 },
      { kind: 'exit', code: 0x80000001 },
    ]);
  });
});

describe('entropy port', () => {
  it('pulls what is asked for, numbered, lowest byte first', () => {
    const bus = new FakeBus();
    const pulls: [string, number, number][] = [];
    bus.door.provider = {
      pull: (channel, request, length) => {
        pulls.push([channel, request, length]);
        return Uint8Array.from({ length }, (_, i) => 0xf0 + i);
      },
    };
    new EntropyPort(bus, { name: 'entropy' });
    expect([bus.in(0xe8, 4), bus.in(0xe8, 2), bus.in(0xe8, 1)]).toEqual([0xf3f2f1f0, 0xf1f0, 0xf0]);
    expect(pulls).toEqual([
      ['entropy', 0, 4],
      ['entropy', 1, 2],
      ['entropy', 2, 1],
    ]);
  });
});

deviceLaws('debug ports', (bus) => new DebugPorts(bus, { name: 'debug' }), { runs: 20 });
deviceLaws('entropy port', (bus) => new EntropyPort(bus, { name: 'entropy' }), { runs: 20 });
