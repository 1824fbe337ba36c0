/**
 * IBM Monochrome Display and Printer Adapter, the display's half, after its description in the IBM Options
 * and Adapters Technical Reference: a 6845, 4 KiB of display memory at B0000h (seen up to B7FFFh), characters
 * of 9 by 14 dots at 16.257 MHz.
 *
 * Left out: the printer port (3BCh to 3BEh).
 */
import type { Bus, Device } from '../../core/device.js';
import { layout, type StateOf } from '../../core/layout.js';
import { Rate } from '../../core/time.js';
import { bytePorts, portRange } from '../portSplit.js';
import type { CellColours, Screen } from '../screen.js';
import type { Picture } from '../vga/picture.js';
import type { ScreenText } from '../vga/text.js';
import { textOf } from './cells.js';
import * as crtc from './crtc6845.js';
import { mapBytes } from './displayMemory.js';
import { mdaCellColours, renderMda } from './mdaPicture.js';

export interface MdaOptions {
  readonly name: string;
}

const FIELDS = {
  ...crtc.CRTC_FIELDS,
  /** Port 3B8h. */
  mode: 'u8',
  memory: ['u8', 0x1000],
} as const;
const MDA = layout('MDA', FIELDS);
export type MdaState = StateOf<typeof FIELDS>;

/** "CRT Control Port 1". */
export const Control = { video: 0x08, blink: 0x20 } as const;

const DOT_CLOCK = { num: 16_257_000, den: 1 };
const PORT = 0x3b0;
/** Up to 3BBh; the printer port follows. */
const PORTS = 12;
const Port = { mode: 8, status: 10 } as const;
/** "CRT Status Port": horizontal drive, dots on the screen; the other bits are not driven. */
const Status = { horizontalDrive: 0x01, video: 0x08, floating: 0xf6 } as const;
export const CELL_WIDTH = 9;

export class Mda implements Device, Screen {
  readonly name: string;
  readonly state: MdaState = MDA.create();
  readonly #bus: Bus;
  readonly #dots: Rate;

  constructor(bus: Bus, options: MdaOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#dots = new Rate(DOT_CLOCK, bus.frequency);
    const handler = bytePorts(
      (port) => this.#read(port - PORT),
      (port, value) => this.#write(port - PORT, value),
      portRange(PORT, PORTS),
    );
    bus.ports(PORT, PORTS, handler);
    mapBytes(bus, 0xb0000, 0x8000, this.state.memory);
  }

  reset(): void {
    const { state } = this;
    state.index = 0;
    state.crtc.fill(0);
    state.mode = 0;
  }

  screenText(): ScreenText {
    const { state } = this;
    return textOf(state, state.memory, !(state.mode & Control.video));
  }

  picture(frame = 0): Picture {
    return renderMda(this.state, frame);
  }

  cellColours(attribute: number): CellColours {
    return mdaCellColours(this.state, attribute);
  }

  /** Dots on the screen are told as the display being enabled: which dots are lit is not looked at. */
  #status(): number {
    const { state } = this;
    const characters = Math.floor(this.#dots.ticks(this.#bus.now()) / CELL_WIDTH);
    const beam = crtc.beam(state, characters);
    const drive = crtc.inHorizontalSync(state, beam) ? Status.horizontalDrive : 0;
    return Status.floating | drive | (crtc.isDisplayed(state, beam) ? Status.video : 0);
  }

  #read(port: number): number {
    if (port < Port.mode) return port & 1 ? crtc.readData(this.state) : 0xff;
    return port === Port.status ? this.#status() : 0xff;
  }

  #write(port: number, value: number): void {
    const { state } = this;
    if (port === Port.mode) state.mode = value & 0x29;
    else if (port > Port.mode) return;
    else if (port & 1) crtc.writeData(state, value);
    else crtc.writeIndex(state, value);
  }
}
