/**
 * Ports for tests and for hobby operating systems, by conventions that other emulators share: E9h is a
 * console (a byte written is a byte printed; reading gives E9h, which says it is there), 402h is the same
 * one for firmware such as SeaBIOS, and F4h ends the run with the value written as its exit code.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import { bytePorts, portRange } from './portSplit.js';

const CONSOLES = [0xe9, 0x402];
/** What reading a console gives. */
const PRESENT = 0xe9;
const EXIT = 0xf4;

/** The ports remember nothing. */
const DEBUG_PORTS = layout('debug ports', {});

export class DebugPorts implements Device {
  readonly name: string;
  readonly state = DEBUG_PORTS.create();

  constructor(bus: Bus, options: { readonly name: string }) {
    this.name = options.name;
    for (const port of CONSOLES) {
      const console = bytePorts(
        () => PRESENT,
        (_port, value) => bus.note('debug', port.toString(16), 'tx', value),
        portRange(port, 1),
      );
      bus.ports(port, 1, console);
    }
    bus.ports(EXIT, 1, {
      read: (_port, size) => 0xffffffff >>> (32 - 8 * size),
      write: (_port, value, size) => {
        bus.request({ kind: 'exit', code: (value & (0xffffffff >>> (32 - 8 * size))) >>> 0 });
      },
    });
  }

  reset(): void {}
}
