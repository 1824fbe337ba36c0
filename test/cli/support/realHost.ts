/** A host for commands run in the test's own process, that builds the real board. */
import { boards, firmware } from '../../../src/replay/machines/boards.js';
import { FakeHost } from './fakeHost.js';

export class RealHost extends FakeHost {
  override boardsBuilt = boards('interpreter');
  override firmware = firmware;
}
