/**
 * Who it was: an instruction, or what came between two, as it looks to somebody who stands before it. A timeline that
 * stands at a finding is asked for registers, callers, and the value before and after.
 */
import type { Note } from '../../../core/device.js';
import type { Range } from '../../../core/memory.js';
import { callStack, type Frame } from '../../guest/callStack.js';
import { instructionAt } from '../../guest/code.js';
import type { Disassembled } from '../../guest/disassemble.js';
import { GuestMemory } from '../../guest/guestMemory.js';
import type { Symbols } from '../../guest/symbols.js';
import type { Timeline } from '../../timeline/timeline.js';
import type { Place } from './place.js';
import type { Finding, MemoryAccess } from './question.js';
import { Witness } from './witness.js';

export interface Author {
  /** The boundary before it. */
  readonly clock: number;
  readonly retired: number;
  readonly by: MemoryAccess['by'];
  /** The next instruction, where it was not an instruction. */
  readonly instruction: Disassembled | undefined;
  readonly registers: Readonly<Record<string, number>>;
  readonly callStack: readonly Frame[];
  /** Of a bus master: the transfer, and the command to a disk before it. */
  readonly notes: readonly (Note & { readonly clock: number })[];
  readonly before: bigint | undefined;
  readonly after: bigint | undefined;
}

/** Clocks in which a disk has executed a command, almost always. */
const COMMAND_CLOCKS = 2 ** 26;

/** Of something found; moves the timeline. */
export function authorOf(timeline: Timeline, place: Place, finding: Finding, symbols: Symbols): Author {
  const by = 'by' in finding ? finding.by : 'instruction';
  timeline.seek(finding.behind!);
  timeline.stepBack();
  return lookFrom(timeline, place, by, symbols, writtenTo(place, finding));
}

/** What a device's memory was given cannot be read there; this is what the instruction wrote. */
function writtenTo(place: Place, finding: Finding): bigint | undefined {
  if (place.kind !== 'memory' || !('by' in finding) || finding.value === undefined) return undefined;
  const [range, ...others] = place.memory;
  const offset = range!.address - finding.address;
  if (others.length > 0 || offset < 0 || offset + range!.length > finding.length) return undefined;
  return BigInt.asUintN(8 * range!.length, BigInt(finding.value >>> 0) >> BigInt(8 * offset));
}

/** Where the timeline stands. `written`: what is known of the value behind it. */
export function lookFrom(
  timeline: Timeline,
  place: Place,
  by: Author['by'],
  symbols: Symbols,
  written?: bigint,
): Author {
  const { machine, clock, retired } = timeline;
  const witness = new Witness(machine);
  const before = valueAt(place, timeline);
  const registers = witness.mainRegisters();
  const frames = callStack(machine, symbols);
  const instruction = instructionAt(machine, witness.registers.pc(), symbols);
  const notes = by === 'bus master' ? transfersFrom(timeline) : [];
  timeline.seek(clock);
  timeline.step();
  const after = valueAt(place, timeline) ?? written;
  return { clock, retired, by, instruction, registers, callStack: frames, notes, before, after };
}

function valueAt(place: Place, { machine }: Timeline): bigint | undefined {
  if (place.kind === 'value') return place.expression.value();
  if (place.kind === 'sector') return undefined;
  return contents(place.memory, new GuestMemory(machine));
}

/** Little-endian, over all of it, up to 8 bytes. */
function contents(ranges: readonly Range[], memory: GuestMemory): bigint | undefined {
  const places = ranges.flatMap(({ address, length }) => Array.from({ length }, (_, i) => address + i));
  let value = 0n;
  for (const at of places.slice(0, 8).reverse()) {
    const byte = memory.read(at, 1, true);
    if (byte === undefined) return undefined;
    value = (value << 8n) | byte;
  }
  return value;
}

/** Transfers on the way to the next boundary, and the last command before them. */
function transfersFrom(timeline: Timeline): (Note & { readonly clock: number })[] {
  const { clock } = timeline;
  const notes: (Note & { readonly clock: number })[] = [];
  const unlisten = timeline.listen({
    note: (note, at) => {
      if (note.kind === 'dma' || note.kind === 'disk') notes.push({ ...note, clock: at });
    },
  });
  timeline.seek(Math.max(0, clock - COMMAND_CLOCKS));
  timeline.play(clock);
  const command = notes.findLast(({ kind }) => kind === 'disk');
  notes.length = 0;
  timeline.step();
  unlisten();
  return [...(command ? [command] : []), ...notes];
}
