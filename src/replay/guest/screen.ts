/** The monitor of a machine: its text and its picture, if it has a display adapter. */
import type { Machine } from '../../core/machine.js';
import { isScreen, type Screen } from '../../devices/screen.js';
import type { Picture } from '../../devices/vga/picture.js';
import type { ScreenText } from '../../devices/vga/text.js';

/** Undefined without a display adapter and in graphics modes. */
export function screenOf(machine: Machine): ScreenText | undefined {
  return adapterOf(machine)?.screenText();
}

/** The rows of the screen without the blanks at their ends; empty in graphics modes. */
export function screenLines(machine: Machine): string[] {
  return screenOf(machine)?.lines.map((line) => line.trimEnd()) ?? [];
}

/** The display adapter, if there is one. */
export function adapterOf(machine: Machine): Screen | undefined {
  return machine.devices.find(isScreen);
}

export function pictureOf(machine: Machine): Picture | undefined {
  return adapterOf(machine)?.picture();
}
