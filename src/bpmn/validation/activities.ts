export const TASKS: readonly string[] = [
  'bpmn:Task',
  'bpmn:ServiceTask',
  'bpmn:SendTask',
  'bpmn:ReceiveTask',
  'bpmn:UserTask',
  'bpmn:ManualTask',
  'bpmn:ScriptTask',
  'bpmn:BusinessRuleTask',
];
export const OTHER_ACTIVITIES: readonly string[] = [
  'bpmn:SubProcess',
  'bpmn:AdHocSubProcess',
  'bpmn:CallActivity',
];
/** Types that BPMN's schema derives from Activity; transactions too, which are refused by themselves. */
export const ACTIVITIES: ReadonlySet<string> = new Set([...TASKS, ...OTHER_ACTIVITIES, 'bpmn:Transaction']);
