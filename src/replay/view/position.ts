/** Where the debugger stands, in the run and in the guest. */
import { Phase } from '../../core/cpu/i8086/state.js';
import { Cr0, Flag } from '../../core/cpu/ia32/state.js';
import type { Outcome } from '../../core/device.js';
import type { Debugger } from '../debug/debugger.js';
import { describeDivergence } from '../divergence.js';
import { hex, plain } from './plain.js';
import { processorOf } from './processor.js';
import type { PositionView } from './view.js';

export function positionOf(debug: Debugger): PositionView {
  const { clock, retired, end, pc, machine, timeline } = debug;
  const { num, den } = machine.frequency;
  const at = debug.symbols.show(pc);
  const { outcome } = machine;
  const { divergence, checkpoints } = timeline;
  return {
    clock,
    retired,
    end,
    seconds: (clock * den) / num,
    pc,
    ...(at !== undefined && { at: plain(at) }),
    ...processorFacts(debug),
    ...(outcome && { outcome: outcomeText(outcome) }),
    ...(divergence && { divergence: plain(describeDivergence(divergence)) }),
    checkpoints,
  };
}

function processorFacts(debug: Debugger): Pick<PositionView, 'mode' | 'halted' | 'logical'> {
  const processor = processorOf(debug);
  const { all } = debug.registers;
  const [cs, eip] = [all.get('cs')!(), (all.get('eip') ?? all.get('ip')!)()];
  const short = `${hex(cs, 4)}:${hex(eip, 4)}`;
  if (processor?.kind !== 'ia32') {
    return { mode: '8086', halted: processor?.now.phase === Phase.halted, logical: short };
  }
  const { cr0, eflags, cpl, halted } = processor.now;
  const stopped = { halted: halted !== 0 };
  if (!(cr0 & Cr0.PE)) return { ...stopped, mode: 'real', logical: short };
  if (eflags & Flag.VM) return { ...stopped, mode: 'v86', logical: short };
  const mode = `protected ${debug.bitness}, ring ${cpl}`;
  return { ...stopped, mode, logical: `${hex(cs, 4)}:${hex(eip)}` };
}

function outcomeText(outcome: Outcome): string {
  return outcome.kind === 'exit' ? `exit ${outcome.code}` : outcome.kind;
}
