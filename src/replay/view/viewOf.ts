/**
 * The view of the place where a debugger stands. It is a function of that place and of what is wanted: the machine is
 * left as it was, whatever state the guest is in, and looking twice shows the same. Not to be called while a move is
 * under way. Of a machine that a recorder runs on, it is what can be seen without going back.
 */
import type { Debugger } from '../debug/debugger.js';
import { busLinesOf } from './bus.js';
import { codeOf } from './code.js';
import { devicesOf } from './devices.js';
import { flagsOf } from './flags.js';
import { memoryOf } from './memory.js';
import { pagesOf } from './pages.js';
import { pastOf } from './past.js';
import { plain } from './plain.js';
import { positionOf } from './position.js';
import { registersOf } from './registers.js';
import { screenOf } from './screen.js';
import { serialOf } from './serial.js';
import { framesOf, stackOf } from './stack.js';
import type { View, Wanted } from './view.js';
import { breakpointsOf, watchesOf } from './watches.js';

export function viewOf(debug: Debugger, wanted: Wanted): View {
  // What goes back and comes again goes first: it may leave checkpoints, which the position shows.
  pastOf(debug);
  const bus = wanted.bus && !debug.timeline.lent && busLinesOf(debug, wanted.bus.rows);
  return {
    position: positionOf(debug),
    ...processorPanels(debug, wanted),
    ...machinePanels(debug, wanted),
    ...(bus && { bus }),
    ...(wanted.watches && { watches: watchesOf(debug, wanted.watches) }),
    breakpoints: breakpointsOf(debug),
    marks: [...debug.marks].map(([name, clock]) => ({ name: plain(name), clock })),
  };
}

function processorPanels(debug: Debugger, { code, registers, stack, pages }: Wanted): Partial<View> {
  return {
    ...(code && { code: codeOf(debug, code) }),
    ...(registers && { registers: registersOf(debug, registers), flags: flagsOf(debug) }),
    ...(stack && { stack: stackOf(debug, stack.rows), frames: framesOf(debug) }),
    ...(pages && { pages: pagesOf(debug, pages.of) }),
  };
}

function machinePanels(debug: Debugger, { memory, devices, screen, serial }: Wanted): Partial<View> {
  return {
    ...(memory && { memory: memoryOf(debug, memory) }),
    ...(devices && { devices: devicesOf(debug, devices.name) }),
    ...(screen && { screen: screenOf(debug, screen) }),
    ...(serial && { serial: serialOf(debug, serial.rows) }),
  };
}
