import { deleteCompensationsOfScope } from '../behaviors/compensation.ts';
import { terminateChildren } from '../behaviors/scopes.ts';
import { closeAll } from './lifecycle.ts';
import type { ElementProcessor } from './processor.ts';
import { scopeChildCompleted, scopeChildTerminated } from './sub-process.ts';
import { completeAndLeave, markActivated } from './transitions.ts';

/**
 * The scope around one activated element of an ad-hoc subprocess and all that follows it. It is entered together with
 * that element (`activateInAdHoc`), and ends when nothing runs in it any more.
 */
export const adHocInnerInstance: ElementProcessor = {
  activated: markActivated,
  completed: completeAndLeave,
  terminate(w, at) {
    closeAll(w, at);
    deleteCompensationsOfScope(w, at.row.key);
    return terminateChildren(w, at.row);
  },
  childCompleted: scopeChildCompleted,
  childTerminated: scopeChildTerminated,
};
