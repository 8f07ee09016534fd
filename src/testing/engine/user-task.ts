import type { Variables } from '../../client/job.ts';
import type { UserTaskRequest, UserTaskRequestIntent } from '../../engine/records/command.ts';
import type { UserTaskRow } from '../../engine/state/tables.ts';
import { documentOf } from './documents.ts';
import type { Session } from './session.ts';

/** A user task that the test does by hand. Each step resolves when all that follows from it has happened. */
export class TestUserTask {
  readonly key: string;
  readonly elementId: string;
  /** As it stood when the task was looked up; empty: nobody. */
  readonly assignee: string;
  readonly candidateGroups: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly dueDate: string;
  readonly followUpDate: string;
  readonly priority: number;
  readonly #session: Session;
  readonly #key: number;

  constructor(session: Session, task: UserTaskRow) {
    this.#session = session;
    this.#key = task.userTaskKey;
    this.key = String(task.userTaskKey);
    this.elementId = task.elementId;
    this.assignee = task.assignee;
    this.candidateGroups = task.candidateGroupsList;
    this.candidateUsers = task.candidateUsersList;
    this.dueDate = task.dueDate;
    this.followUpDate = task.followUpDate;
    this.priority = task.priority;
  }

  /** @throws RejectedCommandError if the task is gone or a listener denies it; so do the other steps */
  complete(variables: Variables = {}): Promise<void> {
    return this.#do('COMPLETE', { action: '', variables: documentOf(variables) });
  }

  /** @param assignee empty to unassign */
  assign(assignee: string): Promise<void> {
    return this.#do('ASSIGN', { action: '', assignee });
  }

  /** Assigns the task unless somebody else has it. */
  claim(assignee: string): Promise<void> {
    return this.#do('CLAIM', { action: '', assignee });
  }

  update(changes: NonNullable<UserTaskRequest['changes']>): Promise<void> {
    return this.#do('UPDATE', { action: '', changes });
  }

  async #do(intent: UserTaskRequestIntent, value: UserTaskRequest): Promise<void> {
    await this.#session.execute({ valueType: 'USER_TASK', intent, key: this.#key, value });
  }
}
