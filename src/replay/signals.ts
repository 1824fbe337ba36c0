/**
 * Which notes are signals: events whose exact clocks a trace holds, so that replay stops at the first
 * that is early, late, missing or different. Interrupts from outside the CPU are; exceptions and INT n
 * are consequences of instructions, frequent, and only digested.
 */
import type { Note } from '../core/device.js';

/** The signal's name, or undefined for other notes. */
export function signalOf(note: Note): string | undefined {
  if (note.kind !== 'irq' || note.what !== 'deliver') return undefined;
  return `vector ${note.a.toString(16)}h`;
}
