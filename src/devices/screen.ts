/** A device that drives a monitor: how those who look at the screen see it. */
import type { Device } from '../core/device.js';
import type { Picture } from './vga/picture.js';
import type { ScreenText } from './vga/text.js';

/** 24-bit RGB. */
export interface CellColours {
  readonly foreground: number;
  readonly background: number;
}

export interface Screen {
  /** Undefined in graphics modes. */
  screenText(): ScreenText | undefined;
  /** `frame` counts blinking; frame 0, the default, shows everything that blinks. */
  picture(frame?: number): Picture;
  /** How the monitor shows a text cell of this attribute byte. */
  cellColours(attribute: number): CellColours;
}

export function isScreen(device: Device): device is Device & Screen {
  return 'screenText' in device && 'picture' in device;
}
