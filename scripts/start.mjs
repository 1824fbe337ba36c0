/** `npm start`: installs and builds what is missing, then records the bundled guest until it fails. */
import { prepare, run } from './prepare.mjs';

prepare();
run(process.execPath, ['bin/rewind86.js', 'demo', ...process.argv.slice(2)]);
