/**
 * The identity of a machine's form: what its state is made of and which channels lead into it. A trace
 * carries it, so that a program whose devices have changed says so at once instead of diverging.
 */
import type { Machine } from '../core/machine.js';
import { sha256 } from './trace/sha256.js';

function identityText(machine: Machine): string {
  const { inputs, sources } = machine.door.channels;
  const devices = machine.devices.map((d) => `${d.name}: ${d.state.layout.text}`);
  return [
    `cpu ${machine.cpu.name}: ${machine.cpu.state.layout.text}`,
    machine.schedule.state.layout.text,
    ...devices,
    `ram ${machine.memory.size}\n`,
    `inputs ${inputs.join(' ')}\n`,
    `sources ${sources.join(' ')}\n`,
  ].join('');
}

/** The first 16 hex digits of its SHA-256. */
export function identityOf(machine: Machine): string {
  return sha256(new TextEncoder().encode(identityText(machine))).slice(0, 16);
}
