/** The CPU's state where a debugger stands, and one instruction before: both as the layout that the core declares. */
import { I8086Cpu } from '../../core/cpu/i8086/cpu.js';
import { I8086, type I8086State } from '../../core/cpu/i8086/state.js';
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { IA32, type Ia32State } from '../../core/cpu/ia32/state.js';
import type { Debugger } from '../debug/debugger.js';
import { pastOf } from './past.js';

/** `before` is undefined where nothing is known of it. */
interface Both<S> {
  readonly now: S;
  readonly before: S | undefined;
}

export type Processor =
  | ({ readonly kind: 'ia32' } & Both<Ia32State>)
  | ({ readonly kind: 'i8086' } & Both<I8086State>);

export function processorOf(debug: Debugger): Processor | undefined {
  const { cpu } = debug.machine;
  cpu.settle();
  const saved = pastOf(debug)?.machine.cpu;
  if (cpu instanceof Ia32) return { kind: 'ia32', now: cpu.s, before: saved && withBytes(IA32, saved) };
  if (cpu instanceof I8086Cpu)
    return { kind: 'i8086', now: cpu.state, before: saved && withBytes(I8086, saved) };
  return undefined;
}

function withBytes<S extends { readonly bytes: Uint8Array }>(layout: { create(): S }, bytes: Uint8Array): S {
  const state = layout.create();
  state.bytes.set(bytes);
  return state;
}
