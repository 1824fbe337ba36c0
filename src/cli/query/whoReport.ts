/** What `who` has found, for people and as JSON. */
import type { Frequency } from '../../core/time.js';
import { valueText } from '../../replay/debug/valueText.js';
import type { Frame } from '../../replay/guest/callStack.js';
import { addressText, hexText, numberJson } from '../../replay/guest/numbers.js';
import type { Author } from '../../replay/query/run/author.js';
import type { Place } from '../../replay/query/run/place.js';
import { block, instructionJson, instructionText } from '../commands/bisectReport.js';
import { eventText } from '../commands/events.js';
import { secondsText } from './findings.js';

interface WhoFrame {
  readonly first: boolean;
  readonly frequency: Frequency;
}

const REGISTERS_A_LINE = 6;

export function whoText(author: Author, place: Place, { first, frequency }: WhoFrame): string {
  const { clock, retired, registers, callStack, notes } = author;
  const verb = place.kind === 'value' ? 'changed' : 'written';
  const when = `clock ${clock}, ${secondsText(clock, frequency)}, instruction ${retired + 1}`;
  const names = Object.entries(registers).map(([name, value]) => `${name} ${hexText(value)}`);
  const lines = Array.from({ length: Math.ceil(names.length / REGISTERS_A_LINE) }, (_, i) =>
    names.slice(i * REGISTERS_A_LINE, (i + 1) * REGISTERS_A_LINE).join('  '),
  );
  const blocks = [
    [`${place.name}${whereText(place)}`, `${first ? 'first' : 'last'} ${verb}: ${when}`, ''],
    block('by', byLines(author)),
    block(
      'device',
      notes.map((note) => eventText(note).trim()),
    ),
    block('value', valueLines(author, place)),
    block('registers', lines),
    block('called from', callStack.slice(1).map(frameText)),
  ];
  return `${blocks.flat().join('\n')}\n`;
}

function whereText(place: Place): string {
  if (place.kind !== 'memory') return '';
  return ` (physical ${place.memory.map(({ address }) => hexText(address)).join(', ')})`;
}

function byLines({ by, instruction }: Author): string[] {
  const text = instruction ? instructionText(instruction) : 'an instruction that cannot be read';
  if (by === 'instruction') return [text];
  const who = by === 'interrupt' ? 'the processor, entering a handler' : 'a bus master';
  return [`${who}, instead of or behind`, text];
}

function valueLines({ before, after }: Author, place: Place): string[] {
  if (place.kind === 'sector') return [];
  if (before === undefined && after === undefined) return [];
  if (before !== undefined) return [`${valueText(before)} -> ${valueText(after)}`];
  const why =
    'what was there is not known: it is the memory of a device, and reading it could change the device';
  return [`${valueText(after)}; ${why}`];
}

function frameText({ pc, at, left, certainty }: Frame): string {
  const doubt = certainty === 'certain' ? '' : `${certainty}: `;
  const interrupt = left === 'interrupt' ? ', interrupted' : '';
  return `${doubt}${addressText(pc)}  ${at ?? 'without a name'}${interrupt}`;
}

export function whoJson(author: Author, place: Place): Readonly<Record<string, unknown>> {
  const { instruction, callStack, before, after, ...rest } = author;
  return {
    what: place.name,
    ...(place.kind === 'memory' && { physical: place.memory }),
    ...rest,
    before: numberJson(before),
    after: numberJson(after),
    instruction: instructionJson(instruction),
    callStack,
  };
}
