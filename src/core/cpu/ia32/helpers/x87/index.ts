/** The x87 unit as the core's rows call it. */
export { fpuMemory, fpuRegister, fwait } from './execute.js';
export { fxrstor, fxsave } from './fxsave.js';
