import { useMemo } from 'react';
import { useDefinitions, useStatistics, useXml } from '../api/queries.ts';
import type { DefinitionOverview } from '../api/types.ts';
import { Link } from '../app/navigation.tsx';
import { Note, Problem } from '../components/Note.tsx';
import { Panel } from '../components/Panel.tsx';
import { Diagram } from '../diagram/Diagram.tsx';
import { definitionMarks, flowIds, marksText } from '../views/marks.ts';
import styles from './Definitions.module.css';

/** All deployed processes, and one of them as a diagram with the number of instances at each step. */
export function Definitions({ selected }: { readonly selected?: string }) {
  const { data, error } = useDefinitions();
  if (error !== null) return <Problem error={error} />;
  if (data === undefined) return <Note>Loading…</Note>;
  if (data.length === 0) {
    return (
      <Note title="No process is deployed">
        Deploy a model with <code>tutti deploy FILE.bpmn</code>.
      </Note>
    );
  }
  const shown = data.find(({ definition }) => definition.processDefinitionKey === selected) ?? data[0];
  return (
    <div className={styles.page}>
      <h1>Processes</h1>
      <div className={styles.columns}>
        <nav aria-label="Deployed processes" className={styles.list}>
          {data.map((overview) => (
            <Entry
              key={overview.definition.processDefinitionKey}
              overview={overview}
              current={overview === shown}
            />
          ))}
        </nav>
        {shown !== undefined && <Chosen overview={shown} />}
      </div>
    </div>
  );
}

function Entry({ overview, current }: { readonly overview: DefinitionOverview; readonly current: boolean }) {
  const { definition, active, completed, withIncident } = overview;
  return (
    <Link
      to={`/definitions/${definition.processDefinitionKey}`}
      className={styles.entry ?? ''}
      aria-current={current ? 'page' : undefined}
    >
      <span className={styles.name}>
        {definition.name ?? definition.processDefinitionId} <small>v{definition.version}</small>
      </span>
      <span className={styles.counts}>
        {active} active · {completed} completed
        {withIncident > 0 && <b> · {withIncident} with incident</b>}
      </span>
    </Link>
  );
}

function Chosen({ overview }: { readonly overview: DefinitionOverview }) {
  const { definition, active, completed, canceled, withIncident } = overview;
  const key = definition.processDefinitionKey;
  const xml = useXml(key);
  const statistics = useStatistics(key);
  const marks = useMemo(
    () => (xml.data === undefined ? [] : definitionMarks(statistics.data ?? [], flowIds(xml.data))),
    [xml.data, statistics.data],
  );
  const filter = `process=${encodeURIComponent(definition.processDefinitionId)}`;
  return (
    <div className={styles.chosen}>
      <Panel title={`${definition.name ?? definition.processDefinitionId}, version ${definition.version}`}>
        <Problem error={xml.error} />
        {xml.data !== undefined && <Diagram xml={xml.data} marks={marks} label={marksText(marks, [])} tall />}
      </Panel>
      <dl className={styles.facts}>
        <div>
          <dt>Active</dt>
          <dd>
            <Link to={`/instances?${filter}&state=ACTIVE`}>{active}</Link>
          </dd>
        </div>
        <div>
          <dt>With incident</dt>
          <dd>
            <Link to={`/instances?${filter}&incidents=true`}>{withIncident}</Link>
          </dd>
        </div>
        <div>
          <dt>Completed</dt>
          <dd>
            <Link to={`/instances?${filter}&state=COMPLETED`}>{completed}</Link>
          </dd>
        </div>
        <div>
          <dt>Canceled</dt>
          <dd>
            <Link to={`/instances?${filter}&state=TERMINATED`}>{canceled}</Link>
          </dd>
        </div>
        <div className={styles.wide}>
          <dt>Process id</dt>
          <dd>
            <code>{definition.processDefinitionId}</code>
          </dd>
        </div>
        <div className={styles.wide}>
          <dt>File</dt>
          <dd>
            <code>{definition.resourceName}</code>
          </dd>
        </div>
      </dl>
    </div>
  );
}
