/**
 * The keys of a 104-key US keyboard: name, USB HID usage (HID Usage Tables, page 07h), and make codes in
 * the three scan code sets (Microsoft "Keyboard Scan Code Specification", rev. 1.3a; set 3 from the IBM
 * PS/2 Hardware Interface Technical Reference, "Keyboards (101- and 102-Key)"). Codes of E0xxh are the
 * byte E0h and another. Print screen and pause have sequences of their own.
 *
 * Keys travel to a machine as pairs of bytes, usage and 1 (down) or 0 (up).
 */

export interface Key {
  readonly name: string;
  /** HID usage. */
  readonly usage: number;
  readonly set1: number;
  readonly set2: number;
  readonly set3: number;
}

/** `name usage set1 set2 set3`, in hex. */
const TABLE = `
a 04 1e 1c 1c|b 05 30 32 32|c 06 2e 21 21|d 07 20 23 23|e 08 12 24 24|f 09 21 2b 2b|g 0a 22 34 34
h 0b 23 33 33|i 0c 17 43 43|j 0d 24 3b 3b|k 0e 25 42 42|l 0f 26 4b 4b|m 10 32 3a 3a|n 11 31 31 31
o 12 18 44 44|p 13 19 4d 4d|q 14 10 15 15|r 15 13 2d 2d|s 16 1f 1b 1b|t 17 14 2c 2c|u 18 16 3c 3c
v 19 2f 2a 2a|w 1a 11 1d 1d|x 1b 2d 22 22|y 1c 15 35 35|z 1d 2c 1a 1a
1 1e 02 16 16|2 1f 03 1e 1e|3 20 04 26 26|4 21 05 25 25|5 22 06 2e 2e|6 23 07 36 36|7 24 08 3d 3d
8 25 09 3e 3e|9 26 0a 46 46|0 27 0b 45 45
enter 28 1c 5a 5a|esc 29 01 76 08|backspace 2a 0e 66 66|tab 2b 0f 0d 0d|space 2c 39 29 29
minus 2d 0c 4e 4e|equal 2e 0d 55 55|leftbracket 2f 1a 54 54|rightbracket 30 1b 5b 5b
backslash 31 2b 5d 5c|semicolon 33 27 4c 4c|quote 34 28 52 52|grave 35 29 0e 0e
comma 36 33 41 41|period 37 34 49 49|slash 38 35 4a 4a|capslock 39 3a 58 14
f1 3a 3b 05 07|f2 3b 3c 06 0f|f3 3c 3d 04 17|f4 3d 3e 0c 1f|f5 3e 3f 03 27|f6 3f 40 0b 2f
f7 40 41 83 37|f8 41 42 0a 3f|f9 42 43 01 47|f10 43 44 09 4f|f11 44 57 78 56|f12 45 58 07 5e
printscreen 46 e037 e07c 57|scrolllock 47 46 7e 5f|pause 48 e11d e114 62
insert 49 e052 e070 67|home 4a e047 e06c 6e|pageup 4b e049 e07d 6f|delete 4c e053 e071 64
end 4d e04f e069 65|pagedown 4e e051 e07a 6d|right 4f e04d e074 6a|left 50 e04b e06b 61
down 51 e050 e072 60|up 52 e048 e075 63|numlock 53 45 77 76
kpslash 54 e035 e04a 77|kpasterisk 55 37 7c 7e|kpminus 56 4a 7b 84|kpplus 57 4e 79 7c
kpenter 58 e01c e05a 79|kp1 59 4f 69 69|kp2 5a 50 72 72|kp3 5b 51 7a 7a|kp4 5c 4b 6b 6b
kp5 5d 4c 73 73|kp6 5e 4d 74 74|kp7 5f 47 6c 6c|kp8 60 48 75 75|kp9 61 49 7d 7d|kp0 62 52 70 70
kpperiod 63 53 71 71|less 64 56 61 13|menu 65 e05d e02f 8d
ctrl e0 1d 14 11|shift e1 2a 12 12|alt e2 38 11 19|win e3 e05b e01f 8b
rightctrl e4 e01d e014 58|rightshift e5 36 59 59|rightalt e6 e038 e011 39|rightwin e7 e05c e027 8c
`;

export const KEYS: readonly Key[] = TABLE.trim()
  .split(/[|\n]/)
  .map((row) => {
    const [name, ...codes] = row.split(' ');
    const [usage, set1, set2, set3] = codes.map((code) => Number.parseInt(code, 16));
    return { name: name!, usage: usage!, set1: set1!, set2: set2!, set3: set3! };
  });

const BY_NAME = new Map(KEYS.map((key) => [key.name, key]));
const BY_USAGE = new Map(KEYS.map((key) => [key.usage, key]));

export function keyNamed(name: string): Key | undefined {
  return BY_NAME.get(name);
}

export function keyOfUsage(usage: number): Key | undefined {
  return BY_USAGE.get(usage);
}

const PRINT_SCREEN = 0x46;
const PAUSE = 0x48;

/** Pause: the whole sequence goes out on the press, nothing on the release. */
const PAUSE_BYTES = {
  1: [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5],
  2: [0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77],
} as const;
/** Print screen pretends a shift key around its own code. */
const PRINT_SCREEN_BYTES = {
  1: { down: [0xe0, 0x2a, 0xe0, 0x37], up: [0xe0, 0xb7, 0xe0, 0xaa] },
  2: { down: [0xe0, 0x12, 0xe0, 0x7c], up: [0xe0, 0xf0, 0x7c, 0xe0, 0xf0, 0x12] },
} as const;

/** What the keyboard sends in scan code set 1, 2 or 3 when a key goes down or up. */
export function scanCodes(key: Key, down: boolean, set: 1 | 2 | 3): readonly number[] {
  if (set === 3) return down ? [key.set3] : [0xf0, key.set3];
  if (key.usage === PAUSE) return down ? PAUSE_BYTES[set] : [];
  if (key.usage === PRINT_SCREEN) return PRINT_SCREEN_BYTES[set][down ? 'down' : 'up'];
  const code = set === 1 ? key.set1 : key.set2;
  const prefix = code > 0xff ? [code >> 8] : [];
  if (down) return [...prefix, code & 0xff];
  return set === 1 ? [...prefix, (code & 0xff) | 0x80] : [...prefix, 0xf0, code & 0xff];
}

/** A chord such as `ctrl-alt-delete`, `enter` or `a`: pressed in order, released in reverse. */
export function chordToKeys(chord: string): Uint8Array {
  const usages = chord.split('-').map((name) => {
    const key = keyNamed(name.toLowerCase());
    if (!key) throw new RangeError(`no key is called "${name}"`);
    return key.usage;
  });
  const down = usages.flatMap((usage) => [usage, 1]);
  const up = usages.reverse().flatMap((usage) => [usage, 0]);
  return Uint8Array.from([...down, ...up]);
}

/** Characters of the US layout that are not letters or digits: key, and whether shift is held. */
const PLAIN = {
  ' ': 'space',
  '\n': 'enter',
  '\r': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x1b': 'esc',
  '-': 'minus',
  '=': 'equal',
  '[': 'leftbracket',
  ']': 'rightbracket',
  '\\': 'backslash',
  ';': 'semicolon',
  "'": 'quote',
  '`': 'grave',
  ',': 'comma',
  '.': 'period',
  '/': 'slash',
} as const;
const SHIFTED = '~`!1@2#3$4%5^6&7*8(9)0_-+={[}]|\\:;"\'<,>.?/';

/** The keys that type a text on a US keyboard. Throws on a character that the layout does not have. */
export function textToKeys(text: string): Uint8Array {
  return Uint8Array.from([...text].flatMap((character) => [...chordToKeys(chordOf(character))]));
}

function chordOf(character: string): string {
  if (/^[a-z0-9]$/.test(character)) return character;
  if (/^[A-Z]$/.test(character)) return `shift-${character.toLowerCase()}`;
  if (character in PLAIN) return PLAIN[character as keyof typeof PLAIN];
  const at = SHIFTED.indexOf(character);
  if (at < 0 || at % 2) throw new RangeError(`the US keyboard cannot type ${JSON.stringify(character)}`);
  return `shift-${chordOf(SHIFTED[at + 1]!)}`;
}
