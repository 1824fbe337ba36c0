/** What a machine shows at a place, as plain data for programs in other languages. RAM is not part of it. */
import type { Machine } from '../../core/machine.js';
import { FLAG_BITS, IA32_FLAG_BITS, registersOf } from './registers.js';
import { screenOf } from './screen.js';

export interface StateDump {
  readonly clock: number;
  /** Instructions since power-on. */
  readonly retired: number;
  /** Guest seconds since power-on. */
  readonly seconds: number;
  readonly registers: Readonly<Record<string, number>>;
  readonly flags: Readonly<Record<string, number>>;
  /** The rows of the text screen; null in graphics modes and without a screen. */
  readonly screen: readonly string[] | null;
  /** The end of what was sent on the serial console, a character a byte. */
  readonly serial: string;
}

const SERIAL_TAIL = 65536;

/** `sent`: all that was sent so far. */
export function stateDump(machine: Machine, sent: string): StateDump {
  const { cpu, frequency } = machine;
  const { all, main, pc } = registersOf(cpu);
  const values = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (all.has(name) ? [[name, all.get(name)!()]] : [])));
  return {
    clock: cpu.clock,
    retired: cpu.retired,
    seconds: (cpu.clock * frequency.den) / frequency.num,
    registers: { ...values(main), pc: pc() },
    flags: values([...Object.keys(FLAG_BITS), ...Object.keys(IA32_FLAG_BITS)]),
    screen: screenOf(machine)?.lines ?? null,
    serial: sent.slice(-SERIAL_TAIL),
  };
}
