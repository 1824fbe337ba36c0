/**
 * The chip's working registers to and from its state. They are plain fields while it runs, because these are
 * faster than a layout's accessors; general and segment registers live in the state's own arrays.
 */
import type { Chip } from './chip.js';
import { FLAGS_STORED, type I8086State } from './state.js';

const NUMBERS = [
  'flags',
  'pc',
  'ind',
  'opr',
  'tmpa',
  'tmpb',
  'tmpc',
  'latch',
  'phase',
  'next',
  'opcode',
  'nextOpcode',
  'modrm',
  'override',
  'segment',
  'queueCount',
  't',
  'ioType',
  'cycleType',
  'ioSegment',
  'fetchBytes',
  'ioData',
  'ioAddress',
  'waits',
  'stealAsked',
  'stealLeft',
] as const;

const BITS = [
  'loaded',
  'prefixed',
  'hasPrefixes',
  'f1',
  'repne',
  'word',
  'slowWake',
  'lock',
  'trapping',
  'shadow',
  'stiShadow',
  'intr',
  'nmi',
  'queueFilled',
  'prefetching',
  'flushing',
  'afterT4',
  'ioWord',
  'ready',
] as const;

export function storeState(chip: Chip, state: I8086State): void {
  for (const name of NUMBERS) state[name] = chip[name];
  for (const name of BITS) state[name] = chip[name] ? 1 : 0;
  const seen = chip.queueTick === chip.tick - 1;
  state.queueOp = seen ? chip.queueOp : 0;
  state.queueByte = seen ? chip.queueByte : 0;
  state.queue.fill(0);
  // The bytes that a fetch has brought lie behind those that count.
  const held = chip.queueCount + chip.fetchBytes;
  for (let i = 0; i < held; i++) state.queue[i] = chip.queue[(chip.queueHead + i) & 7]!;
  state.clock = chip.now;
  state.retired = chip.retired;
}

export function loadState(chip: Chip, state: I8086State): void {
  for (const name of NUMBERS) chip[name] = state[name];
  for (const name of BITS) chip[name] = state[name] !== 0;
  chip.flags &= FLAGS_STORED;
  chip.base = state.clock;
  chip.tick = 0;
  chip.retiredBase = state.retired;
  chip.retiredTicks = 0;
  chip.queueHead = 0;
  chip.queue.set(state.queue);
  chip.queueOp = state.queueOp;
  chip.queueByte = state.queueByte;
  chip.queueTick = -1;
  chip.refreshHorizon();
}
