/** What a thread of `query` and `who` does: passes stretches of a run, and tells what it finds. */

import { boards } from '../../replay/machines/boards.js';
import { ready } from '../../replay/ready.js';
import { Answerer } from './answer.js';
import type { QueryAnswer, QueryTask } from './task.js';

let answerer: Answerer | undefined;

export default async function work(task: QueryTask): Promise<QueryAnswer> {
  await ready();
  answerer ??= new Answerer(boards(task.engine));
  return answerer.answer(task);
}
