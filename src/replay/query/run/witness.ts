/**
 * Tells what the machine is about in the midst of an instruction, for those who hear of what it does: which
 * instruction that is, and what memory holds. Looking changes nothing.
 */
import { Ia32 } from '../../../core/cpu/ia32/cpu.js';
import type { Machine } from '../../../core/machine.js';
import { PageKind } from '../../../core/memory.js';
import { type Code, codeAt } from '../../guest/code.js';
import { GuestMemory } from '../../guest/guestMemory.js';
import { type Registers, registersOf } from '../../guest/registers.js';

export class Witness {
  readonly machine: Machine;
  readonly registers: Registers;
  readonly memory: GuestMemory;
  readonly #ia32: Ia32 | undefined;

  constructor(machine: Machine) {
    this.machine = machine;
    this.registers = registersOf(machine.cpu);
    this.memory = new GuestMemory(machine);
    this.#ia32 = machine.cpu instanceof Ia32 ? machine.cpu : undefined;
  }

  /** Does this core know which instruction it is executing? An 8086 has fetched others when it goes to its bus. */
  get knowsInstruction(): boolean {
    return this.#ia32 !== undefined;
  }

  get clock(): number {
    return this.machine.cpu.clock;
  }

  /** The instruction under way; undefined if the core does not know. */
  executing(): Code | undefined {
    return this.#ia32 && codeAt(this.machine, this.#ia32.executing);
  }

  /** The instruction at a boundary. */
  here(): Code {
    return codeAt(this.machine, this.registers.pc());
  }

  mainRegisters(): Record<string, number> {
    const { all, main } = this.registers;
    return Object.fromEntries(main.map((name) => [name, all.get(name)!()]));
  }

  /** What up to 4 bytes of RAM hold; undefined of anything else. */
  contents(address: number, length: number): number | undefined {
    const { memory } = this.machine;
    return memory.kind[address >>> 12] === PageKind.ram && length <= 4 && length !== 3
      ? memory.read(address, length)
      : undefined;
  }
}
