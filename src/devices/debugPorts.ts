/**
 * Two ports for tests and for hobby operating systems, by conventions that other emulators share: E9h is
 * a console (a byte written is a byte printed; reading gives E9h, which says it is there), and F4h ends
 * the run with the value written as its exit code.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import { bytePorts, portRange } from './portSplit.js';

const CONSOLE = 0xe9;
const EXIT = 0xf4;

/** The ports remember nothing. */
const DEBUG_PORTS = layout('debug ports', {});

export class DebugPorts implements Device {
  readonly name: string;
  readonly state = DEBUG_PORTS.create();

  constructor(bus: Bus, options: { readonly name: string }) {
    this.name = options.name;
    const console = bytePorts(
      () => CONSOLE,
      (_port, value) => bus.note('debug', 'e9', 'tx', value),
      portRange(CONSOLE, 1),
    );
    bus.ports(CONSOLE, 1, console);
    bus.ports(EXIT, 1, {
      read: (_port, size) => 0xffffffff >>> (32 - 8 * size),
      write: (_port, value, size) => {
        bus.request({ kind: 'exit', code: (value & (0xffffffff >>> (32 - 8 * size))) >>> 0 });
      },
    });
  }

  reset(): void {}
}
