/** The registers of an 8086 and its prefetch queue (iAPX 86/88 User's Manual, chapter 2). */
import {
  Flag,
  type I8086State,
  instructionPointer,
  isOpcodeLoaded,
  Reg,
  Seg,
} from '../../core/cpu/i8086/state.js';
import { bitNames, hex } from './plain.js';
import type { Row } from './registers.js';
import type { RegisterPage } from './view.js';

const ABSENT: Readonly<Partial<Record<RegisterPage, string>>> = {
  control: 'no control registers',
  debug: 'no debug registers',
  x87: 'no 8087 beside it',
  sse: 'no SSE registers',
};

export function i8086Page(s: I8086State, page: RegisterPage): Row[] {
  if (page === 'main') return mainPage(s);
  if (page === 'segments') return segments(s);
  return [{ name: page, value: 'none', note: `an 8086 has ${ABSENT[page]}` }];
}

function mainPage(s: I8086State): Row[] {
  const general = Object.entries(Reg).map(([name, n]): Row => ({ name, value: hex(s.gpr[n]!, 4) }));
  return [
    ...general,
    { name: 'ip', value: hex(instructionPointer(s), 4) },
    { name: 'flags', value: hex(s.flags, 4), note: bitNames(s.flags, Flag) },
    ...segments(s),
    { name: 'queue', value: queueText(s) },
  ];
}

function segments(s: I8086State): Row[] {
  return Object.entries(Seg)
    .filter(([name]) => name !== 'none')
    .map(([name, n]) => ({ name, value: hex(s.sreg[n]!, 4), note: `base ${hex(s.sreg[n]! * 16, 5)}` }));
}

/** The opcode that the loader has taken, and the bytes that wait. */
function queueText(s: I8086State): string {
  const waiting = Array.from(s.queue.subarray(0, s.queueCount), (byte) => hex(byte, 2)).join(' ');
  return `${isOpcodeLoaded(s) ? `[${hex(s.nextOpcode, 2)}] ` : ''}${waiting || 'empty'}`;
}
