/**
 * The VGA as a device: its ports, the window of its memory, and reset.
 *
 * After the IBM "PS/2 Hardware Interface Technical Reference, Video Subsystem" (1992), chapter on the
 * registers. Display memory and the DAC's table survive a reset, as RAM does.
 *
 * Left out: vertical interrupt (few boards wire it), input status 1 diagnostic bits 4 and 5 (read 0), the
 * sense comparator (input status 0 always reports a colour monitor), the effect of sequencer resets.
 */
import type { Bus, Device, PortHandler } from '../../core/device.js';
import type { CellColours, Screen } from '../screen.js';
import * as dac from './dac.js';
import { display, isBlank } from './display.js';
import { cellColours, type Picture, renderPicture } from './picture.js';
import { Planes } from './planes.js';
import {
  ATTRIBUTE_MASK,
  CRTC_MASK,
  Crtc,
  GRAPHICS_MASK,
  Graphics,
  isColour,
  SEQUENCER_MASK,
  Sequencer,
  VGA,
  type VgaState,
} from './registers.js';
import { type ScreenText, screenText } from './text.js';
import { Timing } from './timing.js';

export interface VgaOptions {
  readonly name: string;
}

/** Input status 0 with the sense switch of a colour monitor; no interrupt pending. */
const COLOUR_MONITOR = 0x10;
const FLOATING = 0xff;

export class Vga implements Device, Screen {
  readonly name: string;
  readonly state: VgaState = VGA.create();
  readonly #bus: Bus;
  readonly #timing: Timing;

  constructor(bus: Bus, options: VgaOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#timing = new Timing(bus, this.state);
    this.#claimPorts();
    this.#claimMemory();
  }

  #claimPorts(): void {
    const readPort = (port: number) => this.#in(port);
    const writePort = (port: number, byte: number) => this.#out(port, byte);
    const handler: PortHandler = {
      read: (port, size) => joinBytes(port, size, readPort),
      write: (port, value, size) => splitBytes(port, value, size, writePort),
    };
    // 3BCh to 3BFh are a parallel port's and not decoded here.
    this.#bus.ports(0x3b0, 0x0c, handler);
    this.#bus.ports(0x3c0, 0x20, handler);
  }

  #claimMemory(): void {
    const planes = new Planes(this.state);
    const peek = (address: number) => planes.read(address);
    const poke = (address: number, byte: number) => planes.write(address, byte);
    this.#bus.memory.mapMmio(0xa0000, 0x20000, {
      read: (address, size) => joinBytes(address, size, peek),
      write: (address, value, size) => splitBytes(address, value, size, poke),
    });
  }

  reset(): void {
    const s = this.state;
    const { planes, dac: table } = s;
    s.bytes.fill(0, planes.length, table.byteOffset - s.bytes.byteOffset);
    s.subsystemEnable = 1;
    s.dacMask = 0xff;
  }

  /** Frames that the monitor has been sent, which is what blinking counts. */
  frame(): number {
    return this.#timing.beam().frame;
  }

  screenText(): ScreenText | undefined {
    return screenText(this);
  }

  picture(frame = 0): Picture {
    return renderPicture(this, frame);
  }

  cellColours(attribute: number): CellColours {
    return cellColours(this, attribute);
  }

  #in(port: number): number {
    const s = this.state;
    if (port === 0x3c3) return s.subsystemEnable;
    if (!s.subsystemEnable) return FLOATING;
    return port >= 0x3c0 && port <= 0x3cf ? this.#inCommon(port) : this.#inRelocated(port);
  }

  #inCommon(port: number): number {
    const s = this.state;
    switch (port) {
      case 0x3c0:
        return s.attributeIndex;
      case 0x3c1:
        return s.attribute[s.attributeIndex & 0x1f] ?? 0;
      case 0x3c2:
        return COLOUR_MONITOR;
      case 0x3c4:
        return s.sequencerIndex;
      case 0x3c5:
        return s.sequencer[s.sequencerIndex] ?? 0;
      case 0x3c6:
        return s.dacMask;
      case 0x3c7:
        return s.dacMode;
      case 0x3c8:
        return s.dacAddress;
      case 0x3c9:
        return dac.readData(s);
      case 0x3ca:
        return s.featureControl;
      case 0x3cc:
        return s.miscellaneous;
      case 0x3ce:
        return s.graphicsIndex;
      case 0x3cf:
        return s.graphics[s.graphicsIndex] ?? 0;
      default:
        return FLOATING;
    }
  }

  /** The CRT controller and input status 1 answer at 3Bxh or 3Dxh. */
  #inRelocated(port: number): number {
    const s = this.state;
    switch (port - relocation(s)) {
      case 4:
        return s.crtcIndex;
      case 5:
        return this.#readCrtc();
      case 0xa:
        s.attributeFlipFlop = 0;
        return this.#timing.status();
      default:
        return FLOATING;
    }
  }

  /** 22h and 24h, in no IBM manual but in its chip, show the latches and the attribute flip-flop. */
  #readCrtc(): number {
    const s = this.state;
    if (s.crtcIndex === 0x22) return (s.latches >>> (8 * s.graphics[Graphics.readMapSelect]!)) & 0xff;
    if (s.crtcIndex === 0x24) return s.attributeFlipFlop << 7;
    return s.crtc[s.crtcIndex] ?? 0;
  }

  #out(port: number, value: number): void {
    const s = this.state;
    if (port === 0x3c3) s.subsystemEnable = value & 1;
    else if (!s.subsystemEnable) return;
    else if (port >= 0x3c0 && port <= 0x3cf) this.#outCommon(port, value);
    else this.#outRelocated(port, value);
  }

  #outCommon(port: number, value: number): void {
    const s = this.state;
    switch (port) {
      case 0x3c0:
        this.#writeAttribute(value);
        break;
      case 0x3c2:
        s.miscellaneous = value & 0xef;
        break;
      case 0x3c4:
        s.sequencerIndex = value & 0x07;
        break;
      case 0x3c5:
        this.#writeSequencer(s.sequencerIndex, value);
        break;
      case 0x3c6:
        s.dacMask = value;
        break;
      case 0x3c7:
        dac.setReadAddress(s, value);
        break;
      case 0x3c8:
        dac.setWriteAddress(s, value);
        break;
      case 0x3c9:
        dac.writeData(s, value);
        break;
      case 0x3ce:
        s.graphicsIndex = value & 0x0f;
        break;
      case 0x3cf:
        if (s.graphicsIndex < 9) s.graphics[s.graphicsIndex] = value & GRAPHICS_MASK[s.graphicsIndex]!;
    }
  }

  #outRelocated(port: number, value: number): void {
    const s = this.state;
    switch (port - relocation(s)) {
      case 4:
        s.crtcIndex = value & 0x3f;
        break;
      case 5:
        this.#writeCrtc(s.crtcIndex, value);
        break;
      case 0xa:
        s.featureControl = value & 0x0b;
    }
  }

  /** Bit 7 of the retrace end register protects registers 0 to 7, except line compare bit 8 in 07h. */
  #writeCrtc(index: number, value: number): void {
    const { crtc } = this.state;
    if (index >= crtc.length) return;
    const isProtected = index <= Crtc.overflow && crtc[Crtc.verticalRetraceEnd]! & 0x80;
    const writable = !isProtected ? CRTC_MASK[index]! : index === Crtc.overflow ? 0x10 : 0;
    crtc[index] = (crtc[index]! & ~writable) | (value & writable);
  }

  #writeSequencer(index: number, value: number): void {
    const { sequencer } = this.state;
    if (index >= sequencer.length) return;
    sequencer[index] = value & SEQUENCER_MASK[index]!;
    if (index === Sequencer.reset || index === Sequencer.clockingMode) this.#noteMode();
  }

  /** Index and data take turns. The palette can be written only while it is cut off from the picture. */
  #writeAttribute(value: number): void {
    const s = this.state;
    s.attributeFlipFlop ^= 1;
    if (s.attributeFlipFlop) {
      s.attributeIndex = value & 0x3f;
      this.#noteMode();
      return;
    }
    const index = s.attributeIndex & 0x1f;
    if (index < 0x10 && (s.attributeIndex & 0x20) === 0) s.attribute[index] = value & 0x3f;
    else if (index >= 0x10 && index < s.attribute.length) {
      s.attribute[index] = value & ATTRIBUTE_MASK[index - 0x10]!;
    }
  }

  /**
   * Notes the picture's size and kind if they changed. Called where programs finish setting a mode: the
   * palette or the screen is switched on, or the sequencer leaves reset.
   */
  #noteMode(): void {
    const s = this.state;
    if (isBlank(s) || s.sequencer[Sequencer.reset] !== 3) return;
    const { width, height, coding } = display(s);
    const seen = ((coding === 'text' ? 0 : 1) << 31) | (width << 16) | height;
    if (seen >>> 0 === s.noted) return;
    s.noted = seen;
    this.#bus.note('screen', this.name, 'mode', width, height);
  }
}

function relocation(s: VgaState): number {
  return isColour(s) ? 0x3d0 : 0x3b0;
}

/** A wide access is one of each byte in turn, lowest address first. */
function joinBytes(address: number, size: number, read: (address: number) => number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value |= read(address + i) << (8 * i);
  return value >>> 0;
}

function splitBytes(
  address: number,
  value: number,
  size: number,
  write: (address: number, byte: number) => void,
): void {
  for (let i = 0; i < size; i++) write(address + i, (value >>> (8 * i)) & 0xff);
}
