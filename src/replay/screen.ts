/** The monitor of a machine: its text and its picture, if it has a VGA. */
import type { Machine } from '../core/machine.js';
import { type Picture, renderPicture } from '../devices/vga/picture.js';
import { type ScreenText, screenText } from '../devices/vga/text.js';
import { Vga } from '../devices/vga/vga.js';

function vgaOf(machine: Machine): Vga | undefined {
  return machine.devices.find((device) => device instanceof Vga);
}

/** Undefined without a VGA and in graphics modes. */
export function screenOf(machine: Machine): ScreenText | undefined {
  const vga = vgaOf(machine);
  return vga && screenText(vga);
}

/** The rows of the screen without the blanks at their ends; empty in graphics modes. */
export function screenLines(machine: Machine): string[] {
  return screenOf(machine)?.lines.map((line) => line.trimEnd()) ?? [];
}

export function pictureOf(machine: Machine): Picture | undefined {
  const vga = vgaOf(machine);
  return vga && renderPicture(vga);
}
