/**
 * An ia32 core on bare memory: no devices, ports read all ones, interrupts acknowledged with a
 * fixed vector, FERR# wired to INTR.
 */
import { type EngineName, Ia32 } from '../../../../../src/core/cpu/ia32/cpu.js';
import { Space } from '../../../../../src/core/cpu/ia32/space.js';
import type { ModelName } from '../../../../../src/core/cpu/ia32/state.js';
import type { CpuPins } from '../../../../../src/core/cpu.js';
import { PhysicalMemory } from '../../../../../src/core/memory.js';

export interface Bench {
  readonly cpu: Ia32;
  readonly memory: PhysicalMemory;
  /** Next scheduled event and what the ports do; may be changed. */
  readonly wires: {
    nextEvent: number;
    vector: number;
    reads: (port: number, size: number) => number;
    writes: (port: number, value: number, size: number) => void;
    delivered: number[];
  };
}

export function bench(
  engine: EngineName,
  model: ModelName = 'i686',
  ramSize = 1 << 20,
  heat?: number,
): Bench {
  const space = new Space(ramSize);
  const memory = new PhysicalMemory(space.ram);
  const wires: Bench['wires'] = {
    nextEvent: Number.POSITIVE_INFINITY,
    vector: 0x20,
    reads: (_, size) => (size === 4 ? 0xffffffff : (1 << (8 * size)) - 1),
    writes: () => {},
    delivered: [],
  };
  const pins: CpuPins = {
    io: {
      read: (port, size) => wires.reads(port, size),
      write: (port, value, size) => wires.writes(port, value, size),
    },
    acknowledge: () => wires.vector,
    nextEvent: () => wires.nextEvent,
    attention: () => false,
    delivered: (vector) => wires.delivered.push(vector),
    coprocessorError: () => core.interrupt(true),
  };
  const core = new Ia32(space, memory, pins, { model, engine, ...(heat && { heat }) });
  return { cpu: core, memory, wires };
}
