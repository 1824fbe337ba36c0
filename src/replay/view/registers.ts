/**
 * Pages of registers. A page makes rows of the CPU's state; it is made of the state before, too, and what differs has
 * changed. What registers point to is added last, for it depends on memory.
 */
import type { Ia32State } from '../../core/cpu/ia32/state.js';
import type { Debugger } from '../debug/debugger.js';
import { controlPage } from './controlRegisters.js';
import { debugPage } from './debugRegisters.js';
import { i8086Page } from './i8086Registers.js';
import { mainPage } from './mainRegisters.js';
import { plain } from './plain.js';
import { pointee } from './pointees.js';
import { processorOf } from './processor.js';
import { segmentPage } from './segmentRegisters.js';
import type { RegisterPage, RegisterView } from './view.js';
import { x87Page } from './x87Registers.js';

export interface Row {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

const PAGES: Readonly<Record<RegisterPage, (s: Ia32State) => Row[]>> = {
  main: mainPage,
  segments: segmentPage,
  control: controlPage,
  debug: debugPage,
  x87: x87Page,
  sse: () => [{ name: 'sse', value: 'none', note: 'these processors have no SSE registers' }],
};

export function registersOf(debug: Debugger, page: RegisterPage): RegisterView[] {
  const processor = processorOf(debug);
  if (!processor) return [];
  const [now, before] =
    processor.kind === 'ia32'
      ? rowsOf(PAGES[page], processor.now, processor.before)
      : rowsOf((s) => i8086Page(s, page), processor.now, processor.before);
  const old = new Map(before?.map(({ name, value }) => [name, value]));
  return now.map(({ name, value, note }) => {
    const points = page === 'main' ? pointee(debug, name) : undefined;
    const text = note ?? points;
    const changed = before !== undefined && old.get(name) !== value;
    return { name, value, changed, ...(text !== undefined && { note: plain(text) }) };
  });
}

function rowsOf<S>(page: (s: S) => Row[], now: S, before: S | undefined): [Row[], Row[] | undefined] {
  return [page(now), before && page(before)];
}
