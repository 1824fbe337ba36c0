/**
 * The colour tables that the video BIOS loads into the DAC, computed by the rules behind them: 64 or 256
 * colours of red, green and blue, 6 bits each.
 *
 * After the default DAC values in the IBM PS/2 and PC BIOS Interface Technical Reference.
 */

type Rgb = readonly [red: number, green: number, blue: number];

function table(length: number, colour: (index: number) => Rgb): Uint8Array {
  return Uint8Array.from(Array.from({ length }, (_, i) => colour(i)).flat());
}

const bit = (value: number, n: number) => (value >> n) & 1;

/** EGA's 64 colours: bits 0-2 are two thirds of blue, green, red; bits 3-5 one third. */
function ega(index: number): Rgb {
  const level = (n: number) => 0x2a * bit(index, n) + 0x15 * bit(index, n + 3);
  return [level(2), level(1), level(0)];
}

/** CGA's 16 colours, intensity in bit `intensityBit`; dark yellow is brown. */
function cga(index: number, intensityBit: number): Rgb {
  const intensity = bit(index, intensityBit);
  if ((index & 7) === 6 && !intensity) return [0x2a, 0x15, 0x00];
  const level = (n: number) => 0x2a * bit(index, n) + 0x15 * intensity;
  return [level(2), level(1), level(0)];
}

/** Text, 640x350 and 640x480. */
export const PALETTE_EGA = table(64, ega);
/** 200-line modes: the attribute controller puts intensity in bit 4. */
export const PALETTE_CGA = table(64, (i) => cga(i, 4));
/** Monochrome: video in bit 3, intensity in bit 4. */
export const PALETTE_MONO = table(64, (i) => {
  const level = [0x00, 0x2a, 0x00, 0x3f][(i >> 3) & 3]!;
  return [level, level, level];
});

const GREYS = [0, 5, 8, 11, 14, 17, 20, 24, 28, 32, 36, 40, 45, 50, 56, 63];
/** Highest level of the three brightnesses, and for each the lowest of the three saturations. */
const SHADES = [
  { high: 0x3f, lows: [0x00, 0x1f, 0x2d] },
  { high: 0x1c, lows: [0x00, 0x0e, 0x14] },
  { high: 0x10, lows: [0x00, 0x08, 0x0b] },
] as const;
const HUES = 24;

/** Mode 13h: 16 CGA colours, 16 greys, 24 hues in 3 saturations of 3 brightnesses, 8 blacks. */
export const PALETTE_256 = table(256, (i) => {
  if (i < 16) return cga(i, 3);
  if (i < 32) return [GREYS[i - 16]!, GREYS[i - 16]!, GREYS[i - 16]!];
  const group = Math.floor((i - 32) / HUES);
  const shade = SHADES[Math.floor(group / 3)];
  if (!shade) return [0, 0, 0];
  return hue((i - 32) % HUES, shade.lows[group % 3]!, shade.high);
});

/** Step of the colour wheel from blue over red and green; each component has a third of it. */
function hue(step: number, low: number, high: number): Rgb {
  return [level(step, 8), level(step, 16), level(step, 24)];

  /** Full within four steps of `peak`, none beyond eight, a ramp of quarters between. */
  function level(at: number, peak: number): number {
    const away = Math.abs(((at - peak + HUES + HUES / 2) % HUES) - HUES / 2);
    const quarters = Math.min(4, Math.max(0, 8 - away));
    return Math.ceil(low + ((high - low) * quarters) / 4 - 0.5);
  }
}
