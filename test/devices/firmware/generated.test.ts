/** Generated firmware modules are what their sources assemble to. If not: npx tsx scripts/build-firmware.ts */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FIRMWARE, generate } from '../../../scripts/firmware.js';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root));

describe('generated firmware', () => {
  test.each(FIRMWARE)('$output is up to date', (firmware) => {
    expect(read(firmware.output).toString()).toBe(generate(firmware, read));
  });
});
