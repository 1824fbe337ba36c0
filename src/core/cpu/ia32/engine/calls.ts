/**
 * What code in WebAssembly calls: loads and stores that the inline TLB does not serve, and the helpers, by
 * name. An exception becomes an exit that the run state describes; the evaluator calls the helpers too, and
 * has its exceptions thrown.
 */
import type { CpuPins } from '../../../cpu.js';
import type { Access } from '../access.js';
import type { Context, Helper, Size } from '../context.js';
import { HELPERS } from '../helpers/index.js';
import { TaskFault } from '../helpers/tasks.js';
import { fpuMemory, fpuRegister, fwait, fxrstor, fxsave } from '../helpers/x87/index.js';
import type { Mmu } from '../mmu.js';
import { Exit, type RunState, SAVED_CELLS, SAVED_REGISTERS } from '../space.js';
import { Fault, Flag } from '../state.js';

/** What is built after the calls, or belongs to the core alone. */
export interface CallWires {
  access(): Access;
  /** An observer wants to be asked before the next instruction. */
  urgent(): boolean;
}

export class Calls {
  /** The clock `left` counts down to, while an engine runs; else undefined. */
  deadline: number | undefined;
  /** The instruction delivered an interrupt or switched tasks itself: no single-step trap for it. */
  delivered = false;
  /** The recorded fault belongs to the task that was switched to: EIP and registers are already its own. */
  taskFault = false;
  /** A page with decoded code has been written, by whomever: blocks may not be what they were. */
  codeWritten = false;
  readonly #core: Context;
  readonly #run: RunState;
  readonly #mmu: Mmu;
  readonly #pins: CpuPins;
  readonly #wires: CallWires;

  constructor(core: Context, run: RunState, mmu: Mmu, pins: CpuPins, wires: CallWires) {
    this.#core = core;
    this.#run = run;
    this.#mmu = mmu;
    this.#pins = pins;
    this.#wires = wires;
  }

  get #access(): Access {
    return this.#wires.access();
  }

  slowLoad(rec: number, seg: number, off: number, size: number, write: boolean): number {
    try {
      const linear = this.#access.linear(seg, off, size, write);
      const user = this.#core.s.cpl === 3;
      if (this.#postpone(rec, linear, size, write, user)) return 0;
      if (write) this.#access.probeWrite(linear, size, user);
      return this.#access.read(linear, size, user) | 0;
    } catch (fault) {
      return this.#record(rec, fault);
    }
  }

  slowStore(rec: number, seg: number, off: number, value: number, size: number): void {
    try {
      const linear = this.#access.linear(seg, off, size, true);
      const user = this.#core.s.cpl === 3;
      if (this.#postpone(rec, linear, size, true, user)) return;
      this.#run.rec = rec;
      this.#access.write(linear, value, size, user);
    } catch (fault) {
      this.#record(rec, fault);
    }
  }

  /**
   * In a block, an access that needs an exact clock abandons its instruction, to be executed alone; so does
   * one for which the walk through the page tables, by its accessed and dirty bits, has changed code.
   */
  #postpone(rec: number, linear: number, size: number, write: boolean, user: boolean): boolean {
    this.#run.rec = rec;
    if (this.#run.precise) return false;
    this.codeWritten = false;
    if (!this.#access.needsPrecise(linear, size, write, user) && !this.codeWritten) return false;
    this.#run.exit = Exit.abort;
    return true;
  }

  #record(rec: number, fault: unknown): 0 {
    if (!(fault instanceof Fault)) throw fault;
    const run = this.#run;
    run.rec = rec;
    run.exit = Exit.fault;
    run.vector = fault.vector;
    run.hasError = fault.error === undefined ? 0 : 1;
    run.error = fault.error ?? 0;
    run.address = fault.address;
    return 0;
  }

  /** A helper as compiled code calls it: a Fault restores registers and flags, and becomes an exit. */
  bind(name: string): (...args: number[]) => number {
    const helper = this.helper(name);
    // Named, not collected: an array a call would be the most frequent garbage of all.
    return (a, b, c, d, e, f) => {
      try {
        const result = helper(this.#core, a! >>> 0, b! >>> 0, c! >>> 0, d! >>> 0, e! >>> 0, f! >>> 0);
        return ((result ?? 0) as number) | 0;
      } catch (fault) {
        this.taskFault = fault instanceof TaskFault;
        if (!this.taskFault) this.#restoreSaved();
        return this.#record(this.#run.rec, fault);
      }
    };
  }

  /** What compiled code kept before it called the helper. */
  #restoreSaved(): void {
    const { saved } = this.#run;
    this.#core.s.gpr.set(saved.subarray(0, SAVED_REGISTERS / 4));
    for (const [i, name] of SAVED_CELLS.entries()) this.#core.s[name] = saved[SAVED_REGISTERS / 4 + i]!;
  }

  helper(name: string): Helper {
    const own: Record<string, Helper> = {
      in: (_, port, size) => this.#portAccess(port!, size!, () => this.#core.portIn(port!, size as Size)),
      out: (_, port, value, size) =>
        this.#portAccess(port!, size!, () => this.#core.portOut(port!, value!, size as Size)),
      fpuMemory: this.#reporting(fpuMemory as Helper),
      fpuRegister: this.#reporting(fpuRegister as Helper),
      fwait: this.#reporting(fwait as Helper),
      fxsave: fxsave as Helper,
      fxrstor: this.#reporting(fxrstor as Helper),
    };
    const helper = own[name] ?? (HELPERS as Record<string, Helper>)[name];
    if (!helper) throw new Error(`rows call a helper ${name} that does not exist`);
    return name.startsWith('int') ? this.#delivering(helper) : helper;
  }

  #delivering(helper: Helper): Helper {
    return (cpu, ...args) => {
      this.delivered = true;
      return helper(cpu, ...args);
    };
  }

  /** An x87 instruction may raise FERR#. */
  #reporting(helper: Helper): Helper {
    return (cpu, ...args) => {
      const before = this.#core.s.fpError;
      const result = helper(cpu, ...args);
      if (this.#core.s.fpError && !before) this.#pins.coprocessorError?.();
      return result;
    };
  }

  #portAccess<T>(port: number, size: number, access: () => T): T {
    this.codeWritten = false;
    HELPERS.iopermission(this.#core, port, size);
    const { generation } = this.#mmu;
    const result = access();
    const changed = this.codeWritten || this.#mmu.generation !== generation;
    this.#run.attention = changed || this.#disturbed() ? 1 : 0;
    return result;
  }

  /** What was planned when the block was entered no longer holds: the machine must be looked at first. */
  #disturbed(): boolean {
    const { s } = this.#core;
    if (this.#wires.urgent() || this.#pins.attention()) return true;
    if (this.#pins.nextEvent() < (this.deadline ?? 0)) return true;
    return s.nmiPending !== 0 || (s.intr !== 0 && (s.eflags & Flag.IF) !== 0);
  }
}
