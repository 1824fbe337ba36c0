/**
 * IBM Color/Graphics Monitor Adapter, after its description in the IBM Options and Adapters Technical
 * Reference: a 6845, 16 KiB of display memory at B8000h (seen twice, up to BFFFFh), and three registers.
 * What it shows is in cgaPicture.ts.
 *
 * Left out: the light pen (its switch reads open), "snow" and the wait states of accesses to display
 * memory, composite video.
 */
import type { Bus, Device } from '../../core/device.js';
import { layout, type StateOf } from '../../core/layout.js';
import { CRYSTAL, Rate } from '../../core/time.js';
import { bytePorts, portRange } from '../portSplit.js';
import type { CellColours, Screen } from '../screen.js';
import type { Picture } from '../vga/picture.js';
import type { ScreenText } from '../vga/text.js';
import { textOf } from './cells.js';
import { cgaCellColours, renderCga } from './cgaPicture.js';
import * as crtc from './crtc6845.js';
import { mapBytes } from './displayMemory.js';

export interface CgaOptions {
  readonly name: string;
}

const FIELDS = {
  ...crtc.CRTC_FIELDS,
  /** Ports 3D8h and 3D9h. */
  mode: 'u8',
  colour: 'u8',
  memory: ['u8', 0x4000],
} as const;
const CGA = layout('CGA', FIELDS);
export type CgaState = StateOf<typeof FIELDS>;

/** "Mode Control Register". */
export const Mode = {
  wide: 0x01,
  graphics: 0x02,
  blackAndWhite: 0x04,
  video: 0x08,
  fine: 0x10,
  blink: 0x20,
} as const;

const PORT = 0x3d0;
const PORTS = 16;
const Port = { mode: 8, colour: 9, status: 10 } as const;
/** "Status Register": not displaying, light pen switch open, vertical sync; bits 7-4 are not driven. */
const Status = { notDisplaying: 0x01, penOpen: 0x04, verticalSync: 0x08, floating: 0xf0 } as const;
/** Dots of a character clock: 8 in 80 columns, 16 otherwise, of the 14.31818 MHz dot clock. */
const NARROW = 8;

export class Cga implements Device, Screen {
  readonly name: string;
  readonly state: CgaState = CGA.create();
  readonly #bus: Bus;
  readonly #dots: Rate;

  constructor(bus: Bus, options: CgaOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#dots = new Rate(CRYSTAL, bus.frequency);
    const handler = bytePorts(
      (port) => this.#read(port - PORT),
      (port, value) => this.#write(port - PORT, value),
      portRange(PORT, PORTS),
    );
    bus.ports(PORT, PORTS, handler);
    mapBytes(bus, 0xb8000, 0x8000, this.state.memory);
  }

  /** Display memory survives; the 6845's registers are as undefined as ever. */
  reset(): void {
    const { state } = this;
    state.index = 0;
    state.crtc.fill(0);
    state.mode = 0;
    state.colour = 0;
  }

  screenText(): ScreenText | undefined {
    const { state } = this;
    if (state.mode & Mode.graphics) return undefined;
    return textOf(state, state.memory, !(state.mode & Mode.video));
  }

  picture(frame = 0): Picture {
    return renderCga(this.state, frame);
  }

  cellColours(attribute: number): CellColours {
    return cgaCellColours(this.state, attribute);
  }

  #beam(): crtc.Beam {
    const width = this.state.mode & Mode.wide ? NARROW : 2 * NARROW;
    return crtc.beam(this.state, Math.floor(this.#dots.ticks(this.#bus.now()) / width));
  }

  #status(): number {
    const { state } = this;
    const beam = this.#beam();
    const displaying = crtc.isDisplayed(state, beam) ? 0 : Status.notDisplaying;
    const sync = crtc.inVerticalSync(state, beam) ? Status.verticalSync : 0;
    return displaying | sync | Status.penOpen | Status.floating;
  }

  /** The 6845 is at every even and odd address below 3D8h. */
  #read(port: number): number {
    if (port < Port.mode) return port & 1 ? crtc.readData(this.state) : 0xff;
    return port === Port.status ? this.#status() : 0xff;
  }

  #write(port: number, value: number): void {
    const { state } = this;
    if (port >= Port.mode) this.#writeControl(port, value);
    else if (port & 1) crtc.writeData(state, value);
    else crtc.writeIndex(state, value);
  }

  #writeControl(port: number, value: number): void {
    const { state } = this;
    if (port === Port.colour) state.colour = value & 0x3f;
    if (port !== Port.mode) return;
    const changed = (state.mode ^ value) & (Mode.graphics | Mode.wide | Mode.fine);
    state.mode = value & 0x3f;
    if (changed && value & Mode.video) this.#noteMode();
  }

  #noteMode(): void {
    const { state } = this;
    this.#bus.note('screen', this.name, 'mode', crtc.columns(state), crtc.rows(state));
  }
}
