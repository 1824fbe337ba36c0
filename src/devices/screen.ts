/** A device that drives a monitor: how those who look at the screen see it. */
import type { Device } from '../core/device.js';
import type { Picture } from './vga/picture.js';
import type { ScreenText } from './vga/text.js';

export interface Screen {
  /** Undefined in graphics modes. */
  screenText(): ScreenText | undefined;
  /** `frame` counts blinking; frame 0, the default, shows everything that blinks. */
  picture(frame?: number): Picture;
}

export function isScreen(device: Device): device is Device & Screen {
  return 'screenText' in device && 'picture' in device;
}
