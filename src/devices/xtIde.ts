/**
 * An ATA host adapter for an 8-bit bus: the XT-IDE adapter, revision 1. The drive's registers are at
 * 300h to 307h and 30Eh; its 16-bit data register is reached through a latch: reading 300h gives the low
 * byte and keeps the high one for 308h, writing 300h sends with it the high byte written to 308h before.
 *
 * No interrupt is connected: the adapter is polled, as its own BIOS does.
 * Left out: the adapter's ROM socket (firmware is the board's), 30Fh.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import { AtaChannel, type AtaUnit } from './ata.js';
import { bytePorts, portRange } from './portSplit.js';

export interface XtIdeOptions {
  readonly name: string;
  /** Base of the sixteen ports; default 300h. */
  readonly port?: number;
  readonly units: readonly (AtaUnit | null)[];
}

const ADAPTER = layout('XT-IDE', {
  /** High byte on its way from or to the drive. */
  latch: 'u8',
});

const PORTS = 16;
const Port = { data: 0, dataHigh: 8, control: 14 } as const;
const LAST_OF_COMMAND_BLOCK = 7;
const WORD = 2;

export class XtIde implements Device {
  readonly name: string;
  readonly state = ADAPTER.create();
  /** A device of its own, to be added as well. */
  readonly channel: AtaChannel;

  constructor(bus: Bus, options: XtIdeOptions) {
    const { name, port = 0x300, units } = options;
    this.name = name;
    this.channel = new AtaChannel(bus, { name: `${name}-cable`, irq: () => {}, units });
    const handler = bytePorts(
      (p) => this.#read(p - port),
      (p, value) => this.#write(p - port, value),
      portRange(port, PORTS),
    );
    bus.ports(port, PORTS, handler);
  }

  reset(): void {
    this.state.latch = 0;
  }

  #read(register: number): number {
    const { channel, state } = this;
    if (register === Port.dataHigh) return state.latch;
    if (register === Port.control) return channel.controlBlock.read(register, 1);
    if (register > LAST_OF_COMMAND_BLOCK) return 0xff;
    if (register !== Port.data) return channel.commandBlock.read(register, 1);
    const word = channel.commandBlock.read(Port.data, WORD);
    state.latch = word >> 8;
    return word & 0xff;
  }

  #write(register: number, value: number): void {
    const { channel, state } = this;
    if (register === Port.dataHigh) state.latch = value;
    else if (register === Port.control) channel.controlBlock.write(register, value, 1);
    else if (register === Port.data) channel.commandBlock.write(Port.data, (state.latch << 8) | value, WORD);
    else if (register <= LAST_OF_COMMAND_BLOCK) channel.commandBlock.write(register, value, 1);
  }
}
