/** What `bisect` has found, for people and as JSON. */
import type { Frequency } from '../../core/time.js';
import { changeText } from '../../replay/changes.js';
import { valueText } from '../../replay/debug/valueText.js';
import type { RunEvent } from '../../replay/events.js';
import type { Frame } from '../../replay/guest/callStack.js';
import type { Disassembled } from '../../replay/guest/disassemble.js';
import { addressText, hexText, numberJson } from '../../replay/guest/numbers.js';
import type { BisectAnswer } from '../../replay/query/bisect.js';
import type { Circumstances, Executed } from '../../replay/query/circumstances.js';
import { eventJson, eventText } from './events.js';

export interface ReportFrame {
  /** The expression or command. */
  readonly question: string;
  readonly first: boolean;
  /** Up to where it was looked for. */
  readonly end: number;
  readonly frequency: Frequency;
}

const COLUMN = 14;
const BYTES = 16;

export function bisectText(found: Circumstances, frame: ReportFrame): string {
  const blocks = [
    head(found, frame),
    block('made so by', culprit(found)),
    block('values', found.operands.map(operandText)),
    block('registers', [found.registers.map(registerText).join(', ')].filter(Boolean)),
    block('called from', found.callStack.slice(1).map(frameText)),
    block('interrupted', interruptionText(found)),
    block('on the way', found.trail.map(stepText)),
    block(
      'events',
      found.events.map((event) => `${event.clock > found.after ? 'later ' : ''}${happening(event)}`),
    ),
    block('input before', [found.input ? inputText(found.input) : 'none']),
  ];
  return `${blocks.flat().join('\n')}\n`;
}

/** A name, and what belongs to it in a column of its own. */
export function block(name: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => (i === 0 ? name : '').padEnd(COLUMN) + line);
}

function head({ after, retired }: Circumstances, { question, first, end, frequency }: ReportFrame): string[] {
  const { num, den } = frequency;
  const seconds = ((after * den) / num).toFixed(6);
  const how = first ? 'becomes true for the first time' : `becomes true, and is at clock ${end}`;
  return [question, `${how}: clock ${after}, ${seconds} s, instruction ${retired + 1}`, ''];
}

/** The instruction, and what else happened before the next one; either may have been it. */
function culprit({ instruction, before, after, events }: Circumstances): string[] {
  const meanwhile = events.filter(({ clock }) => clock > before && clock <= after).map(happening);
  if (instruction) return [instructionText(instruction), ...meanwhile.map((event) => `or ${event}`)];
  return meanwhile.length > 0 ? meanwhile : [`time passing from clock ${before} to ${after}`];
}

const happening = (event: RunEvent): string => eventText(event).trim();

export function instructionText({ address, bytes, text, at, about }: Disassembled): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const names = [at, about && `about ${about}`].filter(Boolean).join(', ');
  return `${addressText(address)}  ${hex.padEnd(BYTES)}  ${text.padEnd(28)}  ${names}`.trimEnd();
}

function stepText({ clock, instruction }: Executed): string {
  return `${clock}  ${instruction ? instructionText(instruction) : 'unreadable'}`;
}

function operandText({ name, before, after }: Circumstances['operands'][number]): string {
  const change = before === after ? valueText(after) : `${valueText(before)} -> ${valueText(after)}`;
  return `${name}: ${change}`;
}

function registerText({ name, before, after }: Circumstances['registers'][number]): string {
  return `${name} ${hexText(before)} -> ${hexText(after)}`;
}

function frameText({ pc, at, left, certainty }: Frame): string {
  const doubt = certainty === 'certain' ? '' : `${certainty}: `;
  const interrupt = left === 'interrupt' ? ', interrupted' : '';
  return `${doubt}${addressText(pc)}  ${at ?? 'without a name'}${interrupt}`;
}

function interruptionText({ interruption }: Circumstances): string[] {
  if (!interruption) return [];
  const { vector, clock, instruction, resumed } = interruption;
  return [
    `by interrupt ${hexText(vector)} at clock ${clock}, before`,
    instruction ? instructionText(instruction) : 'an unreadable instruction',
    `It went on at clock ${resumed}, ${resumed - clock} clocks later, with the registers of that time.`,
  ];
}

export function inputText({ clock, channel, data }: NonNullable<Circumstances['input']>): string {
  const change = changeText(channel, data);
  if (change !== undefined) return `clock ${clock} ${change}`;
  const hex = Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const text = String.fromCharCode(...data.subarray(0, 40));
  const shown = /^[\x20-\x7e]+$/.test(text) ? ` "${text}"` : '';
  return `clock ${clock} ${channel} ${hex}${shown}`;
}

// ---- JSON ----

type Json = Readonly<Record<string, unknown>>;

/** `asked`: the question. Numbers as numberJson has them. */
export function bisectJson(answer: Exclude<BisectAnswer, { kind: 'diverged' }>, asked: Json): Json {
  if (answer.kind !== 'change') return { ...asked, found: false, ...answer };
  const {
    kind: _,
    after,
    instruction,
    operands,
    trail,
    callStack,
    interruption,
    events,
    input,
    ...rest
  } = answer;
  return {
    ...asked,
    found: true,
    clock: after,
    ...rest,
    instruction: instructionJson(instruction),
    operands: operands.map(({ name, address, before: a, after: b }) => {
      return { name, address: numberJson(address), before: numberJson(a), after: numberJson(b) };
    }),
    trail: trail.map((step) => ({ clock: step.clock, instruction: instructionJson(step.instruction) })),
    callStack: callStack.map((frame) => ({ ...frame, at: frame.at ?? null })),
    interruption: interruption
      ? { ...interruption, instruction: instructionJson(interruption.instruction) }
      : null,
    events: events.map(eventJson),
    input: input ? { ...input, data: Buffer.from(input.data).toString('hex') } : null,
  };
}

export function instructionJson(instruction: Disassembled | undefined): Json | null {
  if (!instruction) return null;
  const { address, bytes, text, at, about } = instruction;
  return { address, bytes: Buffer.from(bytes).toString('hex'), text, at: at ?? null, about: about ?? null };
}
