/** The name and version that traces carry. */
import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

export const VERSION = version;
export const PROGRAM = `rewind86 ${version}`;
