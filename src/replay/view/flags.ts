/** The flags, each by its name. */
import type { Debugger } from '../debug/debugger.js';
import { FLAG_BITS, IA32_FLAG_BITS } from '../guest/registers.js';
import { processorOf } from './processor.js';
import type { FlagView } from './view.js';

export function flagsOf(debug: Debugger): FlagView[] {
  const processor = processorOf(debug);
  if (!processor) return [];
  const [bits, now, before] =
    processor.kind === 'ia32'
      ? [{ ...FLAG_BITS, ...IA32_FLAG_BITS }, processor.now.eflags, processor.before?.eflags]
      : [FLAG_BITS, processor.now.flags, processor.before?.flags];
  return Object.entries(bits).map(([name, bit]) => {
    const set = ((now >>> bit) & 1) !== 0;
    return { name, set, changed: before !== undefined && ((before >>> bit) & 1) !== Number(set) };
  });
}
